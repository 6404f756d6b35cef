// What the browser tests share: the server's address, the browser, counting, and the page kinds.
import { chromium } from "playwright-core";

export const base = `http://127.0.0.1:${process.env.CORRIDOR_PORT ?? 8080}`;
export const languages = ["en", "fr", "es", "pt", "ar", "zh", "vi", "tr"];
export const direction = (language) => (language === "ar" ? "rtl" : "ltr");

// One address for each kind of page, below /{language}/ or whole, and the status it has. One that is laid out like another
// in all but its words says so.
export const pages = [
  { name: "home", path: "", status: 200 },
  { name: "home-error", path: "compare?amount=200&from=FR", status: 400 },
  { name: "corridor", path: "FR-SN?amount=200", status: 200 },
  { name: "corridor-receive", path: "FR-MA?amount=2000&basis=receive", status: 200 },
  { name: "corridor-filtered", path: "FR-SN?amount=200&pay_out=cash&pay_in=cash", status: 200 },
  { name: "corridor-no-match", path: "FR-SN?amount=200&pay_out=other", status: 200 },
  { name: "corridor-error", path: "FR-SN?amount=abc", status: 400 },
  { name: "corridor-too-much", path: "FR-SN?amount=999999", status: 200 },
  { name: "corridor-empty", path: "FR-JP?amount=200", status: 200 },
  { name: "operators", path: "operators", status: 200 },
  { name: "operator", path: "operators/demo-atlasso", status: 200 },
  { name: "methodology", path: "methodology", status: 200 },
  { name: "data", path: "data", status: 200, alike: "methodology" },
  { name: "about", path: "about", status: 200, alike: "methodology" },
  { name: "privacy", path: "privacy", status: 200, alike: "methodology" },
  { name: "accessibility", path: "accessibility", status: 200, alike: "methodology" },
  { name: "contact", path: "contact", status: 200 },
  { name: "developers", path: "developers", status: 200 },
  { name: "observatory", path: "observatory", status: 200 },
  { name: "observatory-sender", path: "observatory?map=sender", status: 200, alike: "observatory" },
  { name: "report", path: "reports/FR-SN", status: 200 },
  { name: "articles", path: "articles/", status: 200 },
  { name: "article", path: "articles/real-cost", status: 200 },
  { name: "community", path: "FR-SN/community", status: 200 },
  { name: "embed", path: "/embed/FR-SN?lang={language}", status: 200, frameable: true },
  { name: "embed-error", path: "/embed/FR-SN?lang={language}&amount=abc", status: 400, frameable: true },
  { name: "embed-missing", path: "/embed/FR-XX?lang={language}", status: 404, frameable: true, alike: "embed-error" },
  { name: "missing-operator", path: "operators/none", status: 404 },
  { name: "missing", path: "FR-XX", status: 404 },
];

export const addressOf = (language, { path }) =>
  path.startsWith("/") ? path.replace("{language}", language) : `/${language}/${path}`;

// The quarter's figures are worked out in the background after the start; until then the observatory says that it waits.
export async function figuresReady() {
  for (let tries = 0; tries < 240; tries++) {
    const { complete } = await (await fetch(`${base}/v1/observatory`)).json();
    if (complete) return;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error("the observatory's figures are not complete after two minutes");
}

export const debugPort = Number(process.env.CORRIDOR_PORT ?? 8080) + 7; // Lighthouse's way to its browser

export async function openBrowser(...more) {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--disable-auto-reload", // which goes back to a page by itself once there is a network again
      ...more,
    ],
  });
}

// A fresh context and page, closed after use.
export async function withPage(browser, options, use) {
  const context = await browser.newContext({ baseURL: base, ...options });
  try {
    return await use(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

let passed = 0;
let failed = 0;

export function check(what, ok, detail = "") {
  if (ok) {
    passed++;
  } else {
    failed++;
    console.log(`not ok - ${what}${detail === "" ? "" : `: ${detail}`}`);
  }
}

export function checkEqual(what, seen, expected) {
  check(what, seen === expected, `${JSON.stringify(seen)} instead of ${JSON.stringify(expected)}`);
}

// Prints the last line; the process's exit status follows.
export function summary() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

const pointed = new Set(["en", "zh"]); // 1,234.5; all others but Arabic write 1.234,5 or 1 234,5

// Every figure of a text as the language writes them, as plain decimals: "129 485 F CFA (2,2 %)" → ["129485", "2.2"].
export function figuresIn(text, language) {
  const western = text.replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u200e\u200f\u061c]/g, "");
  return (western.replaceAll("-%", "-").match(/-?[0-9](?:[0-9]|[.,\u066b\u066c\u00a0\u202f ](?=[0-9]))*/g) ?? []).map((figure) => {
    if (language === "ar") return figure.replaceAll("\u066c", "").replace("\u066b", ".");
    if (pointed.has(language)) return figure.replaceAll(",", "");
    return figure.replace(/[.\u00a0\u202f ]/g, "").replace(",", ".");
  });
}

// The first of them.
export const plain = (text, language) => figuresIn(text, language)[0] ?? "";

// A few pages in use at a time, of one browser: run(page, item) for each item.
export async function inPages(browser, options, items, run, count = 3) {
  const queue = [...items];

  await withPage(browser, options, async (first, context) => {
    const pages = [first];
    while (pages.length < count) pages.push(await context.newPage());
    await Promise.all(pages.map(async (page) => {
      for (let item; (item = queue.shift()) !== undefined;) await run(page, item);
    }));
  });
}
