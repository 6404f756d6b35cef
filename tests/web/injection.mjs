// Whatever stands in an address is shown as it was typed and never executed. The policy is taken off, so that only the
// escaping is left to hold.
import { parse } from "node-html-parser";
import { base, check, checkEqual, withPage } from "./lib.mjs";
import { bare, corpus, whatHappens } from "./corpus.mjs";

const others = ["from", "to", "currency", "receive_currency", "basis", "pay_in", "pay_out", "max_speed", "x"];

const entities = (text) => text.replace(/&#39;/g, "'").replace(/&quot;/g, "\"").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

async function fetched(address) {
  return bare(await (await fetch(base + address)).text());
}

async function one(payload, documents) {
  const value = encodeURIComponent(payload);
  const all = others.map((name) => `${name}=${value}`).join("&");
  const addresses = {
    amount: `/en/FR-SN?amount=${value}`,
    everything: `/ar/FR-SN?amount=200&${all}`,
    country: `/fr/compare?from=FR&to=${value}&amount=${value}`,
    path: `/en/${value}`,
    operator: `/en/operators/${value}`,
  };
  const pages = Object.fromEntries(await Promise.all(
    Object.entries(addresses).map(async ([where, address]) => [where, await fetched(address)])));

  for (const [where, html] of Object.entries(pages)) documents.push([`${where}=${payload}`, html]);
  const field = /<input type='text' inputmode[^>]* value='([^']*)'/.exec(pages.amount);
  checkEqual(`${payload}: as typed`, entities(field?.[1] ?? ""), payload);
  for (const where of ["everything", "country"]) {
    const summary = parse(pages[where]).querySelector(".summary");
    check(`${payload}: said back (${where})`, entities(summary?.rawText ?? "").includes(payload), summary?.rawText);
  }
}

export default async function injection(browser) {
  const documents = [];

  check("the corpus is large", corpus.length >= 300, corpus.length);
  for (const payload of corpus) await one(payload, documents);
  await withPage(browser, { bypassCSP: true }, async (page) => {
    // First that the trap springs at all.
    const trap = await whatHappens(page, [["trap", "<p><img src=x onerror=alert(1)></p>"], ["trap", "<script>alert(1)</script>"]]);
    check("what happens is seen", trap.filter((what) => what.startsWith("alert")).length === 2, trap.join("; "));
    const seen = await whatHappens(page, documents);
    checkEqual("nothing happens", seen.slice(0, 5).join("; "), "");
  });
  console.log(`# injection: ${corpus.length} texts, ${documents.length} pages`);
}
