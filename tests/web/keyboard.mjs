// The main task with the keyboard alone, without JavaScript, in each language.
import { base, check, checkEqual, inPages, languages } from "./lib.mjs";

const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    return {
      id: element.id, tag: element.tagName, href: element.href ?? "", card: element.closest(".best") !== null,
      filters: element.closest(".filters") !== null,
      ring: getComputedStyle(element).outlineStyle !== "none",
    };
  });

// Presses Tab until the predicate holds; null after too many.
async function tabTo(page, language, predicate, key = "Tab") {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press(key);
    const element = await focused(page);
    check(`${language}: the focus is seen`, element.ring, JSON.stringify(element));
    if (predicate(element)) return element;
  }
  return null;
}

async function run(page, language) {
  await page.goto(`/${language}/`);
  await page.keyboard.press("Tab");
  checkEqual(`${language}: the first stop skips to the main part`, (await focused(page)).href, `${base}/${language}/#main`);
  check(`${language}: and is seen`, (await page.locator(".skip").boundingBox()).y >= 0);

  await tabTo(page, language, (e) => e.id === "amount");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("200");
  await tabTo(page, language, (e) => e.id === "to");
  // By its arrows, since a test cannot type through an input method.
  for (let presses = 0; presses < 300 && (await page.inputValue("#to")) !== "SN"; presses++)
    await page.keyboard.press("ArrowDown");
  await tabTo(page, language, (e) => e.tag === "BUTTON");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/FR-SN**");
  checkEqual(`${language}: the form is sent`, page.url(), `${base}/${language}/FR-SN?amount=200`);

  check(`${language}: the details are reached`, (await tabTo(page, language, (e) => e.tag === "SUMMARY" && e.card)) !== null);
  await page.keyboard.press("Enter");
  check(`${language}: and open`, await page.locator(".best .details").isVisible());
  // Where they are folded, what unfolds them is reached first.
  const fold = page.locator(".filters summary");
  const folded = await fold.isVisible();
  checkEqual(`${language}: the filters are folded on a phone`, folded, page.viewportSize().width < 960);
  if (folded) {
    await tabTo(page, language, (e) => e.tag === "SUMMARY" && e.filters, "Shift+Tab");
    await page.keyboard.press("Enter");
  }
  const way = folded ? "Tab" : "Shift+Tab";
  check(`${language}: the filter is reached`, (await tabTo(page, language, (e) => e.href.endsWith("pay_out=cash"), way)) !== null);
  await page.keyboard.press("Enter");
  await page.waitForURL("**pay_out=cash**");
  checkEqual(`${language}: and chosen`, await page.locator("[aria-labelledby='filter-pay_out'] [aria-current][href$='pay_out=cash']").count(), 1);
}

export default async function keyboard(browser) {
  // One page at a time: only the page in front has the keyboard.
  await inPages(browser, { javaScriptEnabled: false, viewport: { width: 1280, height: 900 } }, languages, run, 1);
  await inPages(browser, { javaScriptEnabled: false, viewport: { width: 360, height: 640 } }, ["en", "ar"], run, 1);
}
