// axe finds nothing on any kind of page (WCAG 2.0 to 2.2, A and AA), narrow and wide, light and dark, and nothing is
// wider than a screen of 320 px (which is also 1280 px at 400 %).
import axe from "axe-core";
import { check, checkEqual, languages, pages, withPage } from "./lib.mjs";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

// All cards are alike, so a few stand for all.
const openDetails = (page) =>
  page.evaluate(() => [...document.querySelectorAll("details")].slice(0, 3).forEach((d) => (d.open = true)));

// In the dark only the colours differ.
async function faults(page, colorScheme) {
  const runOnly = colorScheme === "light" ? tags : { type: "rule", values: ["color-contrast"] };
  const options = { runOnly, resultTypes: ["violations"] };
  const { violations } = await page.evaluate((how) => window.axe.run(how), options);

  return violations.map((v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].target} ${v.nodes[0].failureSummary}`);
}

async function one(page, language, kind) {
  await page.goto(`/${language}/${kind.path}`);
  await openDetails(page);
  await page.evaluate(axe.source);
  for (const width of [360, 1280])
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      const found = await faults(page, colorScheme);
      checkEqual(`axe: ${language} ${kind.name} ${width} ${colorScheme}`, found.join("; "), "");
    }
}

export default async function access(browser) {
  await withPage(browser, {}, async (page) => {
    for (const language of languages) for (const kind of pages) await one(page, language, kind);
  });

  await withPage(browser, { viewport: { width: 320, height: 640 } }, async (page) => {
    for (const language of languages)
      for (const kind of pages) {
        await page.goto(`/${language}/${kind.path}`);
        await openDetails(page);
        const over = await page.evaluate(() =>
          [...document.querySelectorAll("body *")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest(".hidden"))
            .map((e) => `${e.tagName}.${e.className}`));
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        check(`320 px: ${language} ${kind.name}`, !wide && over.length === 0, over.slice(0, 3).join());
      }
  });
}
