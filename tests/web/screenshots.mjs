// Writes build/screenshots/: every kind of page in three languages, narrow and wide, light, and the corridor dark,
// with its details open, and on paper. For people to look at.
import { mkdir } from "node:fs/promises";
import { addressOf, figuresReady, openBrowser, pages, withPage } from "./lib.mjs";

// Three of the eight: ours, the longest words, the other direction.
const languages = ["en", "fr", "ar"];
const folder = new URL("../../build/screenshots/", import.meta.url).pathname;

async function shoot(browser, name, options, path, prepare = async () => {}) {
  await withPage(browser, options, async (page) => {
    await page.goto(path);
    await prepare(page);
    await page.screenshot({ path: `${folder}${name}.png`, fullPage: true });
  });
}

const openFirst = (page) => page.evaluate(() => (document.querySelector(".card details").open = true));
const paper = (page) => page.emulateMedia({ media: "print" });

await mkdir(folder, { recursive: true });
await figuresReady();
const browser = await openBrowser();
try {
  // The inside of a sheet of A4 with usual margins.
  for (const language of languages)
    await shoot(browser, `${language}-paper`, { viewport: { width: 718, height: 1047 } }, `/${language}/FR-SN?amount=200`, paper);
  for (const width of [360, 1280]) {
    const viewport = { width, height: width === 360 ? 640 : 900 };
    for (const language of languages) {
      for (const kind of pages)
        await shoot(browser, `${language}-${kind.name}-${width}`, { viewport }, addressOf(language, kind));
      const corridor = `/${language}/FR-SN?amount=200`;
      await shoot(browser, `${language}-dark-${width}`, { viewport, colorScheme: "dark" }, corridor);
      await shoot(browser, `${language}-details-${width}`, { viewport }, corridor, openFirst);
    }
  }
} finally {
  await browser.close();
}
console.log(`screenshots are in ${folder}`);
