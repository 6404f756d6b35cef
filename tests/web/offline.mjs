// Without a network: from the second page on the last pages stay readable, and say from when they are.
import { base, check, checkEqual, languages, withPage } from "./lib.mjs";

const kept = (page, path) => page.waitForFunction(async (address) => {
  const cache = await caches.open("pages");
  const addresses = (await cache.keys()).map(({ url }) => url);
  return addresses.includes(address) && addresses.some((url) => url.includes("/assets/style."));
}, base + path);

async function away(page, context, language) {
  const corridor = `/${language}/FR-SN?amount=200`;
  const english = "You are offline. This page is from";

  await page.goto(`/${language}/`);
  checkEqual(`offline ${language}: nothing is kept of a first page`,
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length + (await caches.keys()).length), 0);
  await page.goto(corridor);
  const answer = await page.locator(".best .headline strong").innerText();
  await kept(page, corridor);
  await context.setOffline(true);
  await page.goto("about:blank");
  await page.goto(corridor);
  checkEqual(`offline ${language}: the answer`, await page.locator(".best .headline strong").innerText(), answer);
  const told = await page.locator("p.demonstration[role=status]").innerText();
  const day = (await page.locator("p.paper").textContent()).split(" · ").at(-1); // as the server writes it
  check(`offline ${language}: it says from when it is, as every date is written`, told.includes(day), `${told} without ${day}`);
  checkEqual(`offline ${language}: in its language`, told.startsWith(english), language === "en");
  check(`offline ${language}: with its style`, await page.evaluate(() => document.styleSheets[0]?.cssRules.length > 100));
  const other = await page.goto(`/${language}/FR-MA?amount=200`).catch((error) => error.message);
  check(`offline ${language}: a page never seen is not made up`, /ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(other), other);
  await context.setOffline(false);
  await page.goto(corridor);
  checkEqual(`offline ${language}: back again, nothing is said`, await page.locator("p.demonstration[role=status]").count(), 0);
}

// At most so many pages, the newest.
async function bounded(page) {
  const addresses = Array.from({ length: 14 }, (_, i) => `/en/FR-SN?amount=${300 + i}`);
  for (const address of addresses) await page.goto(address);
  await page.waitForFunction(async (last) => (await (await caches.open("pages")).match(last)) !== undefined, addresses.at(-1));
  const pages = await page.evaluate(async () =>
    (await (await caches.open("pages")).keys()).map(({ url }) => url).filter((url) => !url.includes("/assets/")));
  check("offline: at most twelve pages are kept", pages.length === 12, pages.length);
  check("offline: not the oldest", !pages.includes(base + addresses[0]));
}

export default async function offline(browser) {
  for (const language of languages)
    await withPage(browser, {}, async (page, context) => {
      await away(page, context, language);
      if (language === "en") await bounded(page);
    });
}
