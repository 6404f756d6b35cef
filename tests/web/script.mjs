// With the script the answer changes in place while one types; nothing needs it, and the policy allows no other.
import { base, check, checkEqual, plain, withPage } from "./lib.mjs";

const address = "/en/FR-SN?amount=200";
const compare = async (query) => (await fetch(`${base}/v1/compare?from=FR&to=SN&${query}`)).json();
const headline = (page) => page.locator(".best .headline strong").innerText();

async function typing(page) {
  const asked = [];

  page.on("request", (request) => asked.push(request.url()));
  await page.goto(address);
  await page.locator(".best summary").click();
  asked.length = 0;
  // Each key would be a question; only the last is put, when the fingers rest. (By events, which no busy machine pulls apart.)
  await page.locator("#amount").evaluate((field) => {
    field.focus();
    for (const value of ["", "1", "12", "123", "1234", "1234.", "1234.5"]) {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  await page.waitForURL("**/FR-SN?amount=1234.5");
  const answer = await compare("amount=1234.5");
  checkEqual("typing: the answer", plain(await headline(page), "en"), answer.offers[0].receives);
  checkEqual("typing: one question", asked.filter((url) => url.includes("/compare?")).length, 1);
  checkEqual("typing: the field keeps the focus", await page.evaluate(() => document.activeElement.id), "amount");
  checkEqual("typing: and what was typed", await page.inputValue("#amount"), "1234.5");
  check("typing: no page was loaded", asked.every((url) => !url.endsWith(".css")), asked.join(" "));
  checkEqual("typing: open details stay open", await page.locator(".best details[open]").count(),
    answer.offers[0].operator.name === (await compare("amount=200")).offers[0].operator.name ? 1 : 0);
  const said = await page.locator("#said").innerText();
  check("typing: said to those who do not see", said.includes(answer.offers[0].operator.name) && said.includes("arrives"), said);
  check("typing: politely", (await page.getAttribute("#said", "role")) === "status");
  checkEqual("typing: every card is of the new question", await page.locator(".card").count(), answer.offers.length);
  check("typing: links to other languages follow",
    (await page.getAttribute(".languages a[hreflang=fr]", "href")).endsWith("FR-SN?amount=1234.5"));
  check("typing: what is printed follows", (await page.locator(".paper").textContent()).includes("FR-SN?amount=1234.5"));
}

// A slow network: an answer that comes while one types on, or after a choice, takes nothing back.
async function slowly(page) {
  await page.goto(address);
  await page.route("**/en/**", async (route) => {
    await new Promise((done) => setTimeout(done, 900));
    await route.continue();
  });
  const asked = page.waitForRequest("**/compare?amount=3&**");
  await page.locator("#amount").fill("3");
  await asked;
  await page.waitForTimeout(700);
  await page.locator("#amount").pressSequentially("50", { delay: 40 });
  await page.keyboard.press("Tab");
  await page.waitForURL("**amount=350");
  checkEqual("slow: what was typed stays", await page.inputValue("#amount"), "350");
  await page.locator("#amount").fill("360");
  await page.locator(".filters a[href$='pay_out=cash']").click();
  await page.waitForURL("**amount=360&pay_out=cash");
  checkEqual("slow: a choice keeps what is being typed", await page.inputValue("#amount"), "360");
  await page.locator(".filters a[href$='max_speed=same_day']").click();
  await page.locator("#amount").fill("370");
  await page.waitForURL("**amount=370&pay_out=cash&max_speed=same_day");
  // What a finger is on stays until it is lifted.
  const answer = page.waitForResponse("**amount=380**");
  await page.locator("#amount").fill("380");
  await page.locator(".filters a[href$='pay_in=cash']").hover();
  await page.mouse.down();
  await answer;
  await page.waitForTimeout(300);
  await page.mouse.up();
  await page.waitForURL(/amount=380&.*pay_in=cash/);
  await page.unroute("**/en/**");
}

// Holds what is asked of an address until it is let go.
async function held(page, address) {
  let letGo;
  const gate = new Promise((done) => (letGo = done));
  await page.route(address, async (route) => {
    await gate;
    await route.continue();
  });
  return { asked: page.waitForRequest(address), letGo: () => (letGo(), page.unroute(address, { behavior: "wait" })) };
}

// While an answer is on its way, the last one is not taken for it; what has the focus in it keeps it.
async function awaiting(page) {
  await page.goto(address);
  const answer = await held(page, "**/compare?**");
  await page.locator("#amount").fill("220");
  await answer.asked;
  await page.waitForFunction(() => getComputedStyle(document.querySelector(".answer")).opacity === "0.5");
  await page.locator(".rest summary").nth(1).focus();
  const name = await page.evaluate(() => document.activeElement.textContent);
  await answer.letGo();
  await page.waitForURL("**amount=220");
  checkEqual("awaited: the focus stays on the same details", await page.evaluate(() => document.activeElement.textContent), name);
  checkEqual("awaited: the answer stands at once", await page.locator(".answer").evaluate((part) => getComputedStyle(part).opacity), "1");
  // A button under a finger waits for it as a link does.
  const next = page.waitForResponse("**amount=230**");
  await page.evaluate(() => (window.print = () => document.body.toggleAttribute("data-printed", true)));
  await page.locator("#amount").fill("230");
  await page.locator("[data-print]").hover();
  await page.mouse.down();
  await next;
  await page.waitForTimeout(300);
  await page.mouse.up();
  await page.locator("[data-printed]").waitFor();
  await page.waitForURL("**amount=230");
}

// On a slow network one types before the script is there, and opens something before the answer comes.
async function early(page) {
  const script = await held(page, "**/assets/site.*");
  await page.goto(address, { waitUntil: "commit" });
  await page.locator("#amount").fill("240");
  await script.letGo();
  await page.waitForURL("**amount=240");
  const answer = await held(page, "**/compare?**");
  await page.locator("#amount").fill("250");
  await answer.asked;
  await page.locator(".languages summary").click();
  await answer.letGo();
  await page.waitForURL("**amount=250");
  check("early: the list of languages stays open", await page.locator(".languages [open]").count() === 1);
  check("early: and leads to the new question", (await page.getAttribute(".languages a[hreflang=fr]", "href")).endsWith("amount=250"));
}

// To and fro, faster than the answers come: what is shown is what the address says.
async function toAndFro(page) {
  await page.goto(address);
  await page.locator(".filters a[href$='pay_out=cash']").click();
  await page.waitForURL("**pay_out=cash");
  const cash = (await compare("amount=200&pay_out=cash")).offers;
  const first = await held(page, `**${address}`);
  await page.evaluate(() => history.back());
  await first.asked;
  const second = page.waitForResponse("**pay_out=cash");
  await page.evaluate(() => history.forward());
  await second;
  await first.letGo();
  await page.locator(".layout:not([data-stale])").waitFor();
  check("to and fro: the address", page.url().endsWith("pay_out=cash"), page.url());
  checkEqual("to and fro: its answer", plain(await headline(page), "en"), cash[0].receives);
  checkEqual("to and fro: all of it", await page.locator(".card").count(), cash.length);
}

// Coming back from another page, browsers put back what had been chosen: beside an answer to something else.
async function returning(page) {
  await page.goto(address);
  await page.locator("#basis").evaluate((field) => (field.value = "receive"));
  await page.goto("/en/operators");
  await page.goBack();
  checkEqual("returned: the form is of the answer", await page.inputValue("#basis"), "");
  await page.goto("/en/");
  await page.selectOption("#to", "MA");
  await page.goto("/en/operators");
  await page.goBack();
  checkEqual("returned: where there is no answer, what was chosen stays", await page.inputValue("#to"), "MA");
}

// A way to another part of the page is none to another page.
async function within(page) {
  await page.goto(address);
  await page.locator(".best summary").click();
  await page.locator("#amount").evaluate((field) => (field.value = "20"));
  await page.locator(".best a[href='#words']").click();
  checkEqual("within: the part is where one is led", await page.evaluate(() => document.querySelector(":target")?.id), "words");
  await page.goBack();
  await page.waitForTimeout(300);
  checkEqual("within: nothing is loaded anew", await page.inputValue("#amount"), "20");
}

async function mistakes(page) {
  await page.goto(address);
  const before = await headline(page);
  await page.locator("#amount").fill("12a");
  await page.locator("#amount-error").waitFor();
  checkEqual("mistake: at the field", await page.getAttribute("#amount", "aria-describedby"), "amount-error");
  checkEqual("mistake: the last answer stays", await headline(page), before);
  checkEqual("mistake: and steps back", await page.locator(".layout[data-stale]").count(), 1);
  checkEqual("mistake: said", await page.locator("#said").textContent(), await page.locator("#amount-error").textContent());
  checkEqual("mistake: the address stays", page.url(), base + address);
  await page.locator("#amount").fill("120");
  await page.waitForURL("**amount=120");
  checkEqual("mended: no error", await page.locator(".error, [aria-invalid], [data-stale]").count(), 0);
}

async function choosing(page) {
  await page.goto(address);
  await page.locator(".filters a[href$='pay_out=cash']").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("**pay_out=cash");
  const cash = await compare("amount=200&pay_out=cash");
  check("filter: said", (await page.locator("#said").innerText()).includes(cash.offers[0].operator.name));
  checkEqual("filter: the offers", await page.locator(".card").count(), cash.offers.length);
  checkEqual("filter: keeps the focus",
    await page.evaluate(() => document.activeElement.getAttribute("aria-current")), "true");
  await page.locator("#amount").fill("300");
  await page.waitForURL("**amount=300&pay_out=cash");
  await page.selectOption("#basis", "receive");
  await page.waitForURL("**basis=receive**");
  await page.goBack();
  await page.waitForURL(base + address);
  const all = await compare("amount=200");
  await page.locator(`.card >> nth=${all.offers.length - 1}`).waitFor();
  checkEqual("back: the field as well", await page.inputValue("#amount"), "200");
  await page.selectOption("#to", "MA");
  await page.waitForURL("**/FR-MA?amount=200");
  checkEqual("another country: the title", (await page.title()).includes("Morocco"), true);
  check("another country: the heading", (await page.locator("h1").innerText()).includes("Morocco"));
  check("another country: the currency", (await page.locator("#basis").innerText()).includes("MAD"));
  checkEqual("another country: what browsers share", await page.getAttribute("[rel=canonical]", "href"), `${base}/en/FR-MA`);
  check("another country: what they follow", (await page.getAttribute("head [type*=atom]", "href")) === "/en/FR-MA/feed.atom");
}

// On a phone the choices are folded: choosing folds them again, and the focus goes to what says the choice.
async function folding(page) {
  await page.addInitScript(() => delete Element.prototype.checkVisibility); // which older phones do not have
  await page.goto(address);
  await page.evaluate(() => (window.stays = true));
  await page.locator(".filters summary").click();
  await page.locator("#amount").fill("210");
  await page.waitForURL("**amount=210");
  check("unfolded: stays so while one types", await page.locator(".filters [open]").count() === 1);
  await page.locator(".filters a[href$='pay_out=cash']").click();
  await page.waitForURL("**pay_out=cash");
  checkEqual("chosen: folded again", await page.locator(".filters [open]").count(), 0);
  checkEqual("chosen: said on the fold", await page.locator(".filters summary b").innerText(), "They get it in cash");
  check("chosen: which has the focus", await page.evaluate(() => document.activeElement.matches(".filters summary")));
  await page.locator(".undo a").click();
  await page.waitForURL(`${base}/en/FR-SN?amount=210`);
  checkEqual("undone: in place too", await page.locator(".filters summary b").count(), 0);
  await page.locator(".filters summary").click();
  await page.locator(".filters a[href$='pay_out=card']").click();
  await page.waitForURL("**pay_out=card");
  await page.locator(".filters summary").click();
  await page.locator(".filters a[href*='pay_in=credit_card']").click();
  await page.waitForURL("**pay_in=credit_card");
  check("nothing is left: why is said", (await page.locator("#said").textContent()).includes("No offer fits this choice."));
  check("folding: on an older phone as well without loading a page", await page.evaluate(() => window.stays));
}

async function home(page) {
  await page.goto("/en/");
  await page.selectOption("#from", "GB");
  checkEqual("home: the currency follows the country", await page.inputValue("#currency"), "GBP");
  await page.selectOption("#currency", "EUR");
  await page.selectOption("#from", "US");
  checkEqual("home: until one is chosen", await page.inputValue("#currency"), "EUR");
  check("home: the usual countries stand first", (await page.locator("#from optgroup").count()) === 2);
}

// Where the clipboard cannot be had, nothing is said to be copied: the address is there to be taken.
async function sharing(page) {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "share", { value: undefined });
    Object.defineProperty(navigator, "clipboard", { value: undefined });
  });
  await page.goto(address);
  await page.locator("[data-share]").click();
  checkEqual("no clipboard: nothing is said", await page.locator("#said").textContent(), "");
  checkEqual("no clipboard: the address is chosen", await page.evaluate(() => getSelection().toString() ||
    document.activeElement.value?.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)),
    await page.inputValue("#address"));
}

async function away(page, context) {
  await page.goto(address);
  await context.setOffline(true);
  const failed = page.waitForEvent("requestfailed");
  await page.locator("#amount").fill("250");
  await failed;
  await page.locator(".layout[data-stale]").waitFor();
  checkEqual("no network: the last answer stays, and steps back", page.url(), base + address);
  checkEqual("no network: and what was typed", await page.inputValue("#amount"), "250");
  await context.setOffline(false);
  await page.waitForURL("**amount=250");
  checkEqual("network again: what was typed is answered", await page.locator("[data-stale]").count(), 0);
  await page.route("**/compare?**", (route) => route.fulfill({ status: 503, contentType: "text/html", body: "<h1>Not now</h1>" }));
  const refused = page.waitForResponse("**/compare?amount=260**");
  await page.locator("#amount").fill("260");
  await refused;
  await page.unroute("**/compare?**");
  await page.locator("#amount").fill("270");
  await page.waitForURL("**amount=270");
  checkEqual("back again: the answer", await page.locator("[data-stale]").count(), 0);
  await context.setOffline(true);
  await page.locator("#amount").press("Enter");
  // waitForURL gives up where the way there fails, as it has to here.
  const ledOn = () => page.url().startsWith("chrome-error:");
  for (let i = 0; i < 300 && !ledOn(); i++) await page.waitForTimeout(50);
  check("no network: who asks outright is told by the browser", ledOn());
  await context.setOffline(false);
}

export default async function script(browser) {
  const faults = [];
  // Playwright sees some requests of a page with a service worker, and not others; offline.mjs has answers that go through it.
  const alone = { serviceWorkers: "block" };

  await withPage(browser, { ...alone, viewport: { width: 1280, height: 900 } }, async (page, context) => {
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && !/400|net::|Failed to load/.test(message.text()) && faults.push(message.text()));
    await typing(page);
    await slowly(page);
    await awaiting(page);
    await early(page);
    await toAndFro(page);
    await returning(page);
    await within(page);
    await mistakes(page);
    await choosing(page);
    await home(page);
    await page.goto(address);
    check("the buttons that need it are there", await page.locator("[data-print]").isVisible());
    await sharing(page);
    await away(page, context);
  });
  await withPage(browser, { ...alone, viewport: { width: 360, height: 640 } }, folding);
  checkEqual("no fault, and nothing against the policy", faults.join("; "), "");
  await withPage(browser, { javaScriptEnabled: false }, async (page) => {
    await page.goto(address);
    check("without it they are not", !(await page.locator("[data-print]").isVisible()));
    check("but the address to share is", (await page.inputValue("#address")).endsWith("/en/FR-SN?amount=200"));
  });
}
