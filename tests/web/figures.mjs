// Figures on the page equal /v1/compare, parsed back from the text, for random questions in random languages. By plain
// HTTP and a parser: a browser adds nothing to it but time.
import { parse } from "node-html-parser";
import { base, check, checkEqual, figuresIn, languages, plain } from "./lib.mjs";

const questions = Number(process.env.CORRIDOR_QUESTIONS ?? 1000);
const seed = Number(process.env.CORRIDOR_SEED ?? 20300101);

// mulberry32 (public domain): small and enough to choose questions.
function random(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// "1.1250" to so many decimals, half up, as the page rounds.
function rounded(text, decimals) {
  const negative = text.startsWith("-");
  const [whole, part = ""] = text.replace("-", "").split(".");
  const digits = BigInt(whole + part.padEnd(6, "0"));
  const unit = 10n ** BigInt(6 - decimals);
  const units = ((digits + unit / 2n) / unit).toString().padStart(decimals + 1, "0");
  const value = `${units.slice(0, -decimals)}.${units.slice(-decimals)}`;
  return negative && /[1-9]/.test(value) ? `-${value}` : value;
}

async function corridors() {
  const all = [];
  for (let page = 1; ; page++) {
    const list = await (await fetch(`${base}/v1/corridors?page=${page}&per_page=200`)).json();
    all.push(...list.corridors.map((corridor) => corridor.id));
    if (page >= list.pages) return all;
  }
}

// Every card of the page as texts.
function cards(html) {
  const text = (element, selector) => element.querySelector(selector)?.text ?? "";
  return parse(html).querySelectorAll(".card").map((card) => ({
    operator: text(card, "h3"),
    headline: text(card, ".headline strong"),
    cost: text(card, ".cost"),
    behind: text(card, ".behind"),
    first: text(card, ".first"),
    sums: card.querySelectorAll(".sum dd").map((dd) => dd.text),
  }));
}

function compareCard(what, language, basis, offer, card) {
  const figure = (text) => plain(text, language);
  const receive = basis === "receive";

  checkEqual(`${what}: operator`, card.operator, offer.operator.name);
  checkEqual(`${what}: headline`, figure(card.headline), receive ? offer.pays : offer.receives);
  // "2.26 of your 200 (1.1 %)"; the order of the three differs between languages and bases.
  const inCost = figuresIn(card.cost, language);
  const cost = offer.total_cost.replace("-", "");
  const share = rounded(offer.cost_share_pct.replace("-", ""), 1);
  check(`${what}: cost`, inCost.includes(cost), `${cost} is not in ${card.cost}`);
  check(`${what}: share`, inCost.includes(share), `${share} is not in ${card.cost}`);
  check(`${what}: paid`, inCost.includes(offer.pays) || inCost.includes(offer.pays.replace(/\.0+$/, "")), card.cost);

  const sums = card.sums.flatMap((text) => figuresIn(text, language));
  for (const [name, value] of [
    ["pays", offer.pays], ["fee", offer.fee], ["principal", offer.principal], ["receives", offer.receives],
    ["margin", rounded(offer.margin_pct, 2)], ["total cost", offer.total_cost],
    ["total cost %", rounded(offer.total_cost_pct, 2)], ["share", rounded(offer.cost_share_pct, 2)],
    ["quote", offer.quote.replace("q", "")],
  ])
    check(`${what}: ${name}`, sums.includes(value), `${value} is not in ${sums.join(" | ")}`);
  if (offer.first_transfer)
    checkEqual(`${what}: first transfer`, figure(card.first),
      receive ? offer.first_transfer.pays : offer.first_transfer.receives);
  else checkEqual(`${what}: no first transfer`, card.first, "");
}

// The range told under the chart of all offers is that of the cards.
function compareRange(what, language, html, offers) {
  const told = parse(html).querySelector("#spread desc")?.text;

  checkEqual(`${what}: a chart of all offers`, told !== undefined, offers.length >= 3);
  if (told === undefined) return;
  const shares = offers.map((offer) => Number(offer.cost_share_pct)).sort((a, b) => a - b);
  const figures = figuresIn(told, language);
  for (const share of [shares[0], shares.at(-1)].map((value) => rounded(value.toFixed(4), 1)))
    check(`${what}: range under the chart`, figures.includes(share), `${share} is not in ${told}`);
}

async function one(next, ids) {
  const pick = (list) => list[Math.floor(next() * list.length)];
  const id = pick(ids);
  const language = pick(languages);
  const basis = pick(["all_in", "all_in", "principal", "receive"]);
  const query = new URLSearchParams({ amount: String(Math.round(10 ** (1 + 3 * next()))), basis });

  if (next() < 0.3) query.set("pay_out", pick(["cash", "bank_account", "mobile_wallet", "cash,mobile_wallet"]));
  if (next() < 0.2) query.set("pay_in", pick(["cash", "debit_card", "bank_account"]));
  if (next() < 0.2) query.set("max_speed", pick(["less_than_one_hour", "same_day", "next_day"]));

  const [from, to] = id.split("-");
  const address = `${base}/${language}/${id}?${query}`;
  const answer = await (await fetch(`${base}/v1/compare?from=${from}&to=${to}&${query}`)).json();
  const html = await (await fetch(address)).text();
  const seen = cards(html);

  checkEqual(`${address}: offers`, seen.length, answer.offers.length);
  for (let i = 0; i < Math.min(seen.length, answer.offers.length); i++)
    compareCard(`${address} #${i + 1}`, language, basis, answer.offers[i], seen[i]);
  compareRange(address, language, html, answer.offers);
  // The difference to the best, reckoned from the headlines.
  if (basis !== "principal")
    for (let i = 1; i < seen.length; i++) {
      const [best, this_] = [seen[0], seen[i]].map((card) => Number(plain(card.headline, language)));
      const behind = this_ === best ? 0 : Number(plain(seen[i].behind, language));
      check(`${address} #${i + 1}: behind`, Math.abs(Math.abs(this_ - best) - behind) < 0.0005, seen[i].behind);
    }
  return seen.length;
}

export default async function figures() {
  const next = random(seed);
  const ids = await corridors();
  let offers = 0;

  console.log(`# figures: CORRIDOR_SEED=${seed}, ${ids.length} corridors`);
  for (let question = 0; question < questions; question++) offers += await one(next, ids);
  console.log(`# figures: ${questions} questions, ${offers} offers compared`);
  check("there was something to compare", offers > questions);
}
