// Writes build/screenshots/: every kind of page in three languages, narrow and wide, light; some dark; and what a page is
// after something was done on it: details open, a note sent, no network, a frame on another site, paper. For people to look
// at. `make screenshots PAGES="home report"` writes only those whose names begin so.
import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import { addressOf, base, figuresReady, openBrowser, pages, withPage } from "./lib.mjs";
import { startProxy, startServer } from "./server.mjs";

// Three of the eight: ours, the longest words, the other direction.
const languages = ["en", "fr", "ar"];
const folder = new URL("../../build/screenshots/", import.meta.url).pathname;
const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.some((beginning) => name.startsWith(beginning));
const views = [360, 1280].map((width) => ({ width, height: width === 360 ? 640 : 900 }));
const inDark = ["home", "corridor", "observatory", "report", "community", "operator"];
const corridor = (language) => `/${language}/FR-SN?amount=200`;

// A card far from the screen is laid out when it comes near; the picture is of all of them.
const layOut = (page) =>
  page.evaluate(() => document.querySelectorAll(".rest > ol > li").forEach((card) => (card.style.contentVisibility = "visible")));

async function shoot(browser, name, options, path, prepare = async () => {}) {
  await withPage(browser, options, async (page) => {
    await page.goto(path);
    await prepare(page);
    await layOut(page);
    await page.screenshot({ path: `${folder}${name}.png`, fullPage: true });
  });
}

// ---- A page after something was done on it: name, address, what is done

const openFirst = (page) => page.evaluate(() => (document.querySelector(".card details").open = true));
const openFilters = (page) => page.evaluate(() => (document.querySelector(".filters details").open = true));
const openAll = (page) => page.evaluate(() => document.querySelectorAll("main details").forEach((one) => (one.open = true)));

async function sendNothing(page) {
  await page.evaluate(() => document.querySelectorAll("[required]").forEach((field) => field.removeAttribute("required")));
  await page.locator("form[method=post] button").click();
}

// The second page on is kept by the service worker; the page is then shown again without a network.
async function goOffline(page) {
  await page.goto(page.url());
  await page.waitForFunction(async (address) => {
    const kept = (await (await caches.open("pages")).keys()).map(({ url }) => url);
    const { active } = await navigator.serviceWorker.ready; // which waits for the style sheet too
    return kept.includes(address) && active.state === "activated";
  }, page.url());
  await page.context().setOffline(true);
  await page.reload();
}

const states = [
  { name: "details", path: corridor, prepare: openFirst },
  { name: "filters", path: corridor, prepare: openFilters },
  { name: "languages", path: corridor, prepare: (page) => page.locator(".languages summary").click() },
  { name: "observatory-tables", path: (language) => `/${language}/observatory`, prepare: openAll },
  { name: "community-error", path: (language) => `/${language}/FR-SN/community`, prepare: sendNothing },
  { name: "offline", path: corridor, prepare: goOffline },
];

// ---- A note sent: to a server of its own by a visitor of its own, since one visitor may send five a day

async function sent(browser) {
  const server = await startServer({ CORRIDOR_PROXY_FROM: "127.0.0.1" });
  try {
    for (const language of languages) {
      const proxy = await startProxy(server.port, `203.0.113.${languages.indexOf(language) + 1}`);
      await withPage(browser, { baseURL: `http://127.0.0.1:${proxy.address().port}`, viewport: views[0] }, async (page) => {
        await page.goto(`/${language}/FR-SN/community`);
        await page.locator("[name=since]").evaluate((field) => (field.value -= 60));
        await page.locator("#text").fill(`The shop in Ziguinchor pays at once.\nAsk for Awa, +221 77 123 45 67. ${Date.now()}`);
        await page.locator("#name").fill("Moussa");
        await page.locator("form[method=post] button").click();
        for (const viewport of views) {
          await page.setViewportSize(viewport);
          await page.screenshot({ path: `${folder}${language}-community-sent-${viewport.width}.png`, fullPage: true });
        }
      });
      proxy.close();
    }
  } finally {
    await server.end();
  }
}

// ---- Another site with our frame in it

const hall = createServer((request, answer) => {
  answer.setHeader("content-type", "text/html");
  answer.end(`<!doctype html><title>A town hall</title><h1>A town hall</h1>
    <iframe src="${base}/embed/FR-SN?lang=${request.url.slice(1)}" width="320" height="360" frameborder="0" title="Corridor"></iframe>`);
});

const framed = (browser, name, language, viewport) =>
  shoot(browser, name, { viewport, baseURL: `http://127.0.0.1:${hall.address().port}` }, `/${language}`);

// ---- Paper: as printers get it, and a picture of the inside of a sheet of A4 with usual margins

const sheets = [
  { name: "paper", path: corridor },
  { name: "report-paper", path: (language) => `/${language}/reports/FR-SN` },
];

async function print(browser, language, { name, path }) {
  await withPage(browser, { viewport: { width: 718, height: 1047 } }, async (page) => {
    await page.goto(path(language));
    await page.pdf({ path: `${folder}${language}-${name}.pdf`, format: "A4", margin: { top: "1cm", right: "1cm", bottom: "1cm", left: "1cm" } });
    await page.emulateMedia({ media: "print" });
    await page.screenshot({ path: `${folder}${language}-${name}.png`, fullPage: true });
  });
}

// Everything that is wanted, as functions that take the browser.
function* jobs() {
  for (const language of languages) {
    for (const sheet of sheets.filter(({ name }) => isWanted(name))) yield (browser) => print(browser, language, sheet);
    for (const viewport of views) {
      const named = (name) => `${language}-${name}-${viewport.width}`;
      for (const kind of pages.filter(({ name }) => isWanted(name))) {
        const address = addressOf(language, kind);
        yield (browser) => shoot(browser, named(kind.name), { viewport }, address);
        if (inDark.includes(kind.name))
          yield (browser) => shoot(browser, named(`${kind.name}-dark`), { viewport, colorScheme: "dark" }, address);
      }
      for (const { name, path, prepare } of states.filter((state) => isWanted(state.name)))
        yield (browser) => shoot(browser, named(name), { viewport }, path(language), prepare);
      if (isWanted("framed")) yield (browser) => framed(browser, named("framed"), language, viewport);
    }
  }
  if (isWanted("community-sent")) yield sent;
}

await mkdir(folder, { recursive: true });
await figuresReady();
await new Promise((done) => hall.listen(0, "127.0.0.1", done));
const browser = await openBrowser();
try {
  const waiting = jobs();
  await Promise.all([1, 2, 3].map(async () => {
    for (const job of waiting) await job(browser);
  }));
} finally {
  hall.close();
  await browser.close();
}
console.log(`screenshots are in ${folder}`);
