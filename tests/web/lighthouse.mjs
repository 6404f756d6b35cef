// Lighthouse with its mobile settings on the home page and a corridor: accessibility, best practices and search engines are
// asserted; performance is told, since its timings are those of a busy machine.
import lighthouse from "lighthouse";
import { base, check, debugPort, openBrowser } from "./lib.mjs";

const least = { accessibility: 98, "best-practices": 98, seo: 98 };

async function one(path) {
  const { lhr } = await lighthouse(base + path, {
    port: debugPort, output: "json", logLevel: "silent", onlyCategories: ["performance", ...Object.keys(least)],
  });
  const scores = Object.fromEntries(Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round(score * 100)]));

  console.log(`# lighthouse ${path}: ${JSON.stringify(scores)}`);
  for (const [name, score] of Object.entries(least)) {
    const faults = lhr.categories[name].auditRefs
      .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
      .map(({ id }) => `${id}: ${lhr.audits[id].title}`);
    check(`lighthouse ${path}: ${name} is ${scores[name]}`, scores[name] >= score, faults.join("; "));
  }
}

export default async function run() {
  // A browser of its own: what it does to the network would be felt by the others' pages.
  const browser = await openBrowser(`--remote-debugging-port=${debugPort}`);

  try {
    await one("/en/");
    await one("/fr/FR-SN?amount=200");
  } finally {
    await browser.close();
  }
}
