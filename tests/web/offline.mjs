// Without a network: from the second page on the last pages stay readable, and say from when they are.
import { createServer } from "node:http";
import { base, check, checkEqual, languages, withPage } from "./lib.mjs";

const keys = (page) => page.evaluate(async () => (await (await caches.open("pages")).keys()).map(({ url }) => url));

// What is kept, once it is as expected; Playwright's own waiting does not wait for a promise.
async function keptOnce(page, expected) {
  for (let tries = 0; tries < 100; tries++) {
    if (expected(await keys(page))) return true;
    await page.waitForTimeout(50);
  }
  return false;
}

const kept = (page, path) => keptOnce(page, (urls) => urls.includes(base + path) && urls.some((url) => url.includes("/assets/style.")));

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

// What is answered in place is kept as well, as the page whose address it has then.
async function inPlace(page, context) {
  const corridor = "/en/FR-SN?amount=210";

  await page.goto("/en/FR-SN?amount=200");
  await page.locator("#amount").fill("210");
  await page.waitForURL(base + corridor);
  const answer = await page.locator(".best .headline strong").innerText();
  await kept(page, corridor);
  await context.setOffline(true);
  await page.goto("about:blank");
  await page.goto(corridor);
  checkEqual("offline: what was answered in place", await page.locator(".best .headline strong").innerText(), answer);
  await page.evaluate(() => (window.stays = true));
  await page.locator("#amount").press("Enter");
  await page.waitForFunction(() => !window.stays && document.readyState === "complete");
  checkEqual("offline: asked again, it is still there", await page.locator(".best .headline strong").innerText(), answer);
  await context.setOffline(false);
  for (const amount of ["2", "22", "220"]) {
    await page.locator("#amount").fill(amount);
    await page.waitForURL(`${base}/en/FR-SN?amount=${amount}`);
  }
  checkEqual("offline: a new answer is of now", await page.locator("p.demonstration").count(), 0);
  const typed = (urls) => urls.filter((url) => /amount=22?0?$/.test(url)).map((url) => new URL(url).search).join(" ");
  await keptOnce(page, (urls) => typed(urls) === "?amount=220");
  checkEqual("offline: of what was typed, the last is kept", typed(await keys(page)), "?amount=220");
}

// A server between, which changes what it is asked and answers, or breaks off half way.
async function changed(change, use) {
  const server = createServer(async (asked, answer) => {
    const response = await fetch(base + change.address(asked.url), { redirect: "manual" });
    const body = Buffer.from(await response.arrayBuffer());
    const type = response.headers.get("content-type");
    const sent = type?.startsWith("text/html") ? Buffer.from(change.page(body.toString())) : body;
    const location = response.headers.get("location");
    answer.writeHead(response.status, { "content-type": type ?? "text/plain", "content-length": sent.length, date: response.headers.get("date"),
      "cache-control": response.headers.get("cache-control") ?? "no-cache", ...(location && { location }) });
    if (!change.broken(asked.url)) return answer.end(sent);
    answer.write(sent.subarray(0, sent.length / 2), () => answer.destroy());
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  try {
    await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

// The program is renewed while a page is open: its style and script have other addresses then.
async function renewed(page, context) {
  let now = "";
  const change = {
    address: (url) => url.replace("/assets/new-", "/assets/"),
    page: (html) => html.replaceAll("'/assets/", `'/assets/${now}`),
    broken: () => false,
  };
  const style = () => page.getAttribute("[rel=stylesheet]", "href");

  await changed(change, async (origin) => {
    const first = `${origin}/en/FR-SN?amount=200`;
    const typed = `${origin}/en/FR-SN?amount=210`;
    await page.goto(`${origin}/en/`);
    await page.goto(first);
    await keptOnce(page, (urls) => urls.includes(first));
    now = "new-";
    await page.locator("#amount").fill("210");
    await page.waitForURL(typed);
    check("renewed: nothing is loaded while one types", !(await style()).includes("new-"));
    await keptOnce(page, (urls) => urls.includes(typed) && urls.some((url) => url.includes("/assets/new-style")));
    await context.setOffline(true);
    await page.goto("about:blank");
    await page.goto(typed);
    check("renewed: offline with its own style", await page.evaluate(() => document.styleSheets[0]?.cssRules.length > 100));
    await page.goto(first);
    check("renewed: and one from before with its own", await page.evaluate(() => document.styleSheets[0]?.cssRules.length > 100));
    check("renewed: which is the old one", !(await style()).includes("new-"));
    await context.setOffline(false);
    await page.locator(".filters a[href$='pay_out=cash']").click();
    await page.waitForURL("**pay_out=cash");
    await page.locator("[rel=stylesheet][href*='/new-']").waitFor({ state: "attached" });
    check("renewed: with a choice, the whole page is new", (await style()).includes("new-"));
  });
}

// What breaks off on the way takes the place of nothing that is kept.
async function brokenOff(page, context) {
  let broken = false;
  const change = { address: (url) => url, page: (html) => html, broken: (url) => broken && url.includes("FR-SN") };

  await changed(change, async (origin) => {
    const corridor = `${origin}/en/FR-SN?amount=200`;
    await page.goto(`${origin}/en/`);
    await page.goto(corridor);
    await keptOnce(page, (urls) => urls.includes(corridor) && urls.some((url) => url.includes("/assets/style.")));
    const cards = await page.locator(".card").count();
    broken = true;
    await page.goto(corridor, { waitUntil: "commit" }); // nothing of what breaks off is ever loaded
    await page.goto(`${origin}/en/FR-MA?amount=200`);
    await keptOnce(page, (urls) => urls.includes(`${origin}/en/FR-MA?amount=200`));
    await context.setOffline(true);
    await page.goto("about:blank");
    await page.goto(corridor).catch(() => {});
    checkEqual("broken off: the page that was kept is still there", await page.locator(".card").count(), cards);
    await context.setOffline(false);
  });
}

// At most so many pages, the newest.
async function bounded(page) {
  const addresses = Array.from({ length: 14 }, (_, i) => `/en/FR-SN?amount=${300 + i}`);
  for (const address of addresses) await page.goto(address);
  await keptOnce(page, (urls) => urls.includes(base + addresses.at(-1)) && !urls.includes(base + addresses[1]));
  const pages = (await keys(page)).filter((url) => !url.includes("/assets/"));
  check("offline: at most twelve pages are kept", pages.length === 12, pages.length);
  check("offline: not the oldest", !pages.includes(base + addresses[0]));
}

// Nothing but pages, and the assets of a few releases.
async function pagesOnly(page, context) {
  await page.goto("/v1/compare?from=FR&to=SN&amount=200");
  await page.goto("/embed/FR-SN?lang=en"); // which has no place to say its age
  await page.goto("/en/articles/");
  await kept(page, "/en/articles/");
  checkEqual("offline: only pages are kept", (await keys(page)).filter((url) => /\/(v1|embed)\//.test(url)).join(" "), "");
  await context.setOffline(true);
  await page.goto("about:blank");
  await page.goto("/en/articles/");
  check("offline: any page says from when it is", (await page.locator("p.demonstration").innerText()).startsWith("You are offline. This page is from"));
  await context.setOffline(false);
  await page.evaluate(async () => {
    const cache = await caches.open("pages");
    for (let i = 10; i < 30; i++) await cache.put(`/assets/style.0000000000${i}.css`, new Response(""));
    for (const { url } of await cache.keys()) if (url.includes("/assets/site.")) await cache.delete(url);
  });
  await page.goto("/en/FR-SN?amount=299");
  await page.evaluate(() => fetch(document.querySelector("script[src]").src, { cache: "reload" }));
  check("offline: the assets of old releases go", await keptOnce(page, (urls) => {
    const assets = urls.filter((url) => url.includes("/assets/"));
    return assets.length === 12 && assets.some((url) => url.includes("/assets/site."));
  }), (await keys(page)).join(" "));
}

// A telephone that is full.
async function noRoom(page, context) {
  const session = await context.newCDPSession(page);

  await page.evaluate(async () => (await caches.keys()).map((name) => caches.delete(name)));
  await session.send("Storage.overrideQuotaForOrigin", { origin: base, quotaSize: 1 });
  const response = await page.goto("/en/FR-SN?amount=298").catch((error) => error.message);
  check("no room: the page is shown", response.status?.() === 200, response);
  const asset = await page.evaluate(() => fetch(document.querySelector("[rel=stylesheet]").href, { cache: "reload" })
    .then(({ status }) => status, (error) => error.message));
  checkEqual("no room: and its style", asset, 200);
  checkEqual("no room: nothing is kept", (await keys(page)).join(" "), "");
}

export default async function offline(browser) {
  for (const language of languages)
    await withPage(browser, {}, async (page, context) => {
      await away(page, context, language);
      if (language === "en") await inPlace(page, context);
      if (language === "en") await bounded(page);
      if (language === "en") await pagesOnly(page, context);
      if (language === "en") await noRoom(page, context);
    });
  await withPage(browser, {}, renewed);
  await withPage(browser, {}, brokenOff);
}
