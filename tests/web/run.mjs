// Runs the browser tests one after the other: run.mjs [NAME...]
import { check, figuresReady, openBrowser, summary } from "./lib.mjs";

const parts = ["markup", "openapi", "task", "keyboard", "script", "fields", "figures", "history", "injection", "community", "privacy", "offline",
  "access", "budget", "lighthouse"];
const chosen = process.argv.length > 2 ? process.argv.slice(2) : parts;
const browser = await openBrowser();

try {
  await figuresReady();
  for (const part of chosen) {
    const start = Date.now();
    console.log(`# ${part}`);
    const { default: run } = await import(`./${part}.mjs`);
    // One that ends early is one failure, told with its place; the others have their turn.
    await run(browser).catch((error) => check(`${part} ended early`, false, error.stack));
    console.log(`# ${part}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
} finally {
  await browser.close();
}
summary();
