// The main task without JavaScript, in each language: home → France, Senegal, 200 → the best offer read → its details →
// filter "cash" → its address, on paper → another language; also at 400 %. Links and fields are found by what they do, and must have words of their own.
import { base, check, checkEqual, languages, plain, withPage } from "./lib.mjs";

// "1234.5" as somebody types it in the language.
const typed = {
  en: "1,234.5", fr: "1 234,5", es: "1.234,5", pt: "1.234,5", ar: "١٬٢٣٤٫٥", zh: "1,234.5", vi: "1.234,5", tr: "1.234,5",
};

async function compare(query) {
  return (await fetch(`${base}/v1/compare?from=FR&to=SN&amount=200${query}`)).json();
}

// What a reader reads, to be sure that it is not English in another language.
const words = (page) => page.locator("h1, h2, button, label, .filters a, .cost, summary").allInnerTexts();

// Words, in a drawing too, that are smaller than 8 points.
const small = () => [...document.querySelectorAll("body *")].filter((e) => {
  const drawing = e.closest("svg");
  const drawn = drawing === null ? 1 : drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
  return e.checkVisibility() && !e.closest(".hidden, option, title, desc") &&
    [...e.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()) &&
    drawn * parseFloat(getComputedStyle(e).fontSize) < 7.99 * 96 / 72;
}).map((e) => `${e.tagName}.${e.getAttribute("class")}`).slice(0, 3).join();

// One sheet of A4 with a printer's usual margins, and nothing too small; the page stays as it is printed.
async function oneSheet(page, what) {
  const margin = { top: "1cm", right: "1cm", bottom: "1cm", left: "1cm" };
  const sheets = (await page.pdf({ format: "A4", margin })).toString("latin1").match(/\/Type\s*\/Page\b/g) ?? [];
  check(`${what}: sheets of paper`, sheets.length === 1, sheets.length);
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 718, height: 1047 });
  checkEqual(`${what}: nothing is too small`, await page.evaluate(small), "");
}

async function asBefore(page, viewport) {
  await page.emulateMedia({ media: null });
  await page.setViewportSize(viewport);
}

// Every offer on it, with the address and the day, and by which way those that are not compared are paid.
async function onPaper(page, language, what, { offers, not_compared: others }) {
  const viewport = page.viewportSize();
  await oneSheet(page, what);
  const head = await page.locator(".paper").innerText();
  const year = new Intl.DateTimeFormat(language === "ar" ? "ar-u-nu-arab" : language, { year: "numeric" }).format(new Date()).match(/\p{Nd}+/u)[0];
  check(`${what}: its address and the day`, head.includes(`/${language}/FR-SN?amount=200`) && head.split(" · ").at(-1).includes(year), head);
  checkEqual(`${what}: offers on it`, await page.locator(".card:visible").count(), offers.length);
  const leading = await page.locator("#basis").evaluate((field) =>
    parseFloat(getComputedStyle(field).lineHeight) / parseFloat(getComputedStyle(field).fontSize));
  check(`${what}: no letter of what was asked is cut`, leading >= 1.5, leading); // a select cuts what its line has no room for
  checkEqual(`${what}: ways of those not compared`, await page.locator(".excluded small:visible").count(), others.length);
  await asBefore(page, viewport);
}

// A corridor's report, whose headings begin where their figures do.
async function reportOnPaper(page, language) {
  const viewport = page.viewportSize();
  await page.goto(`/${language}/reports/FR-SN`);
  await oneSheet(page, `${language}, report`);
  const apart = await page.evaluate(() => {
    const start = (cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      const { left, right } = range.getBoundingClientRect();
      return document.dir === "rtl" ? -right : left;
    };
    return Math.max(...[...document.querySelectorAll(".evenly")].flatMap(({ rows }) => [2, 3].map((column) =>
      Math.abs(start(rows[0].cells[column]) - Math.min(...[...rows].slice(1).map((row) => start(row.cells[column])))))));
  });
  check(`${language}, report: headings stand at their figures`, apart < 16, apart);
  await asBefore(page, viewport);
}

async function task(page, context, language, zoomed) {
  const requests = [];

  page.on("request", (request) => requests.push(request.url()));

  // Home.
  await page.goto(`/${language}/`);
  await page.selectOption("#from", "FR");
  await page.selectOption("#to", "SN");
  await page.fill("#amount", language === "ar" ? "٢٠٠" : "200");
  const compareButton = await page.locator(".question button").boundingBox();
  check(`${language}: what compares is on the first screen`, zoomed || compareButton.y + compareButton.height <= 640, compareButton.y);
  await page.locator(".question button").click();
  checkEqual(`${language}: where the form leads`, page.url(), `${base}/${language}/FR-SN?amount=200`);

  // The best offer, big and first.
  const answer = await compare("");
  const headline = page.locator(".best .headline strong");
  checkEqual(`${language}: what arrives`, plain(await headline.innerText(), language), answer.offers[0].receives);
  checkEqual(`${language}: from whom`, await page.locator(".best h3").innerText(), answer.offers[0].operator.name);
  const box = await headline.boundingBox();
  check(`${language}: the answer is on the first screen`, zoomed || box.y + box.height < 640, box.y);
  const cost = await page.locator(".best .cost").boundingBox();
  check(`${language}: and what it costs`, zoomed || cost.y + cost.height <= 640, cost.y);
  check(`${language}: it is marked as a demonstration`, (await page.locator(".demonstration").count()) === 1);
  checkEqual(`${language}: every card is marked`, await page.locator(".card .mark").count(), answer.offers.length);

  // What the amount is, whole: a field cuts what is too long for it.
  const cut = await page.locator("#basis").evaluate((field) => {
    const ruler = document.createElement("canvas").getContext("2d");
    const style = getComputedStyle(field);
    ruler.font = style.font;
    return ruler.measureText(field.selectedOptions[0].text).width -
      (field.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd)); // the arrow stands within
  });
  check(`${language}: what the amount is can be read`, zoomed || cut <= 0, cut);

  // The others are near: the filters between them and the question are folded.
  const second = await page.locator(".rest .card").first().boundingBox();
  check(`${language}: the second offer is on the second screen`, zoomed || second.y < 1000, second.y);

  // Its details open in place.
  const details = page.locator(".best .details");
  check(`${language}: details are closed at first`, !(await details.isVisible()));
  await page.locator(".best summary").click();
  check(`${language}: details open`, await details.isVisible());
  check(`${language}: and what a margin is where it stands`, (await details.locator(".why").innerText()).length > 10);
  check(`${language}: details tell the source`, (await details.innerText()).includes(String(answer.offers[0].quote)));

  if (!zoomed) await onPaper(page, language, language, answer);

  // Filter.
  check(`${language}: the filters are folded`, !(await page.locator(".filters ul").first().isVisible()));
  const fold = page.locator(".filters summary");
  check(`${language}: into one line`, zoomed || (await fold.boundingBox()).height < 44);
  await fold.click();
  await page.locator(".filters a[href$='pay_out=cash']").click();
  const cash = await compare("&pay_out=cash");
  checkEqual(`${language}: filtered address`, page.url(), `${base}/${language}/FR-SN?amount=200&pay_out=cash`);
  checkEqual(`${language}: filtered offers`, await page.locator(".card").count(), cash.offers.length);
  const filteredCost = await page.locator(".best .cost").boundingBox();
  check(`${language}: what it costs stays on the first screen`, zoomed || filteredCost.y + filteredCost.height <= 640, filteredCost.y);
  checkEqual(`${language}: filtered best`,
    plain(await page.locator(".best .headline strong").innerText(), language), cash.offers[0].receives);
  check(`${language}: what is chosen stands on the fold`, await page.locator(".filters summary b").isVisible());
  checkEqual(`${language}: and what undoes it under it`,
    new URL(await page.locator(".undo a").getAttribute("href"), page.url()).href, `${base}/${language}/FR-SN?amount=200`);
  const said = await words(page);

  // Its address to share, and on paper.
  checkEqual(`${language}: the address to share`, await page.inputValue("#address"),
    `${base}/${language}/FR-SN?amount=200&pay_out=cash`);
  if (!zoomed) await onPaper(page, language, `${language}, filtered`, cash);

  if (!zoomed) {
    const address = page.url();
    await reportOnPaper(page, language);
    await page.goto(address);
  }

  // The form keeps the filter when the amount changes, the other language keeps the question.
  await page.fill("#amount", typed[language]);
  await page.locator(".question button").click();
  checkEqual(`${language}: filter kept`, page.url(), `${base}/${language}/FR-SN?amount=1234.5&pay_out=cash`);
  checkEqual(`${language}: amount as the reader writes it`, plain(await page.inputValue("#amount"), language), "1234.5");
  const other = language === "fr" ? "en" : "fr";
  await page.locator(".languages summary").click();
  await page.locator(`.languages a[hreflang=${other}]`).click();
  checkEqual(`${language}: question kept`, page.url(), `${base}/${other}/FR-SN?amount=1234.5&pay_out=cash`);

  // Nothing is kept, nobody else is told.
  checkEqual(`${language}: cookies`, (await context.cookies()).length, 0);
  const elsewhere = requests.filter((url) => !url.startsWith(`${base}/`) && !url.startsWith("data:"));
  checkEqual(`${language}: requests to others`, elsewhere.join(" "), "");
  return said;
}

export default async function run(browser) {
  const phone = { javaScriptEnabled: false, viewport: { width: 360, height: 640 } };
  let english;

  for (const language of languages) {
    const said = await withPage(browser, phone, (page, context) => task(page, context, language, false));
    // A screen of 1280 x 1024 at 400 %.
    await withPage(browser, { ...phone, viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
      (page, context) => task(page, context, language, true));
    english ??= new Set(said.filter((text) => /[a-z]{4}/.test(text)));
    if (language !== "en") checkEqual(`${language}: nothing is English`, said.filter((text) => english.has(text)).join("; "), "");
  }
}
