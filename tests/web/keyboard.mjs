// The main task with the keyboard alone, without JavaScript.
import { base, check, checkEqual, withPage } from "./lib.mjs";

const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    return { id: element.id, tag: element.tagName, text: element.textContent.trim(), href: element.href ?? "" };
  });

// Presses Tab until the predicate holds; null after too many.
async function tabTo(page, predicate) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    const element = await focused(page);
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    check("the focus is seen", ring !== "none", JSON.stringify(element));
    if (predicate(element)) return element;
  }
  return null;
}

async function run(page) {
  await page.goto("/en/");
  await page.keyboard.press("Tab");
  checkEqual("the first stop skips to the main part", (await focused(page)).href, `${base}/en/#main`);
  check("and is seen", (await page.locator(".skip").boundingBox()).y >= 0);

  await tabTo(page, (e) => e.id === "amount");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("200");
  await tabTo(page, (e) => e.id === "to");
  await page.keyboard.type("Seneg");
  await tabTo(page, (e) => e.tag === "BUTTON");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/FR-SN**");
  checkEqual("the form is sent", page.url(), `${base}/en/FR-SN?amount=200`);

  check("the details are reached", (await tabTo(page, (e) => e.tag === "SUMMARY")) !== null);
  await page.keyboard.press("Enter");
  check("and open", await page.locator(".best .details").isVisible());
  check("the filter is reached", (await tabTo(page, (e) => e.text === "Cash")) !== null);
  await page.keyboard.press("Enter");
  await page.waitForURL("**pay_out=cash**");
  checkEqual("and chosen", await page.locator(".filters [aria-current]").first().innerText(), "Cash");
}

export default async function keyboard(browser) {
  await withPage(browser, { javaScriptEnabled: false, viewport: { width: 1280, height: 900 } }, run);
}
