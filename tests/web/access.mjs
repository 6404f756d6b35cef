// axe finds nothing on any kind of page in any language (WCAG 2.0 to 2.2, A and AA), narrow and wide, light and dark, without
// JavaScript, and with it where a page has any; the whole page, every row of it, is no wider than a screen of 320 px (1280 px
// at 400 %) or 360 px, no text stands on another, figures beside each other stay apart, nothing is cut, and short
// code is not broken, nor any word of a table at 360 px.
import axe from "axe-core";
import { addressOf, check, checkEqual, inPages, languages, openBrowser, pages, withPage } from "./lib.mjs";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const kinds = languages.flatMap((language) => pages.filter((kind) => !kind.alike).map((kind) => ({ language, kind })));
const scripted = kinds.filter(({ kind }) => ["home", "corridor", "corridor-error"].includes(kind.name));

// Open, the list of languages covers what is under it: it is on one kind of page.
const openAll = (page, kind) =>
  page.evaluate((list) => document.querySelectorAll(`main details${list}`).forEach((one) => (one.open = true)),
    kind.name === "home" ? ", .languages details" : "");

// To axe all cards are alike, and all rows of a list: a few stand for all. (Not so for what is too wide.)
const trim = (page) =>
  page.evaluate(() => {
    for (const list of [".rest ol > li", ".firms > li", "tbody > tr", "select optgroup:last-child option"])
      [...document.querySelectorAll(list)].slice(3).forEach((item) => item.remove());
  });

// In the dark only the colours differ.
async function faults(page, colorScheme) {
  const runOnly = colorScheme === "light" ? tags : { type: "rule", values: ["color-contrast"] };
  const options = { runOnly, resultTypes: ["violations"] };
  const { violations } = await page.evaluate((how) => window.axe.run(how), options);

  return violations.map((v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].target} ${v.nodes[0].failureSummary}`);
}

// What leaves the screen, what covers other words, and what does not stand beside what it belongs to.
const misplaced = () => {
  const over = [...document.querySelectorAll("body *")]
    .filter((e) => {
      const box = e.getBoundingClientRect();
      return (box.right > innerWidth + 0.5 || box.left < -0.5) && !e.closest(".hidden, .skip, .wide > *"); // which are scrolled
    })
    .map((e) => `${e.tagName}.${e.getAttribute("class")} is off the screen`);
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() === "" || node.parentElement.closest(".hidden, .skip, option, title, desc, .languages ul")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const { left, right, top, bottom } of range.getClientRects())
      if (right - left > 1) texts.push({ node, left: left + 1, right: right - 1, middle: (top + bottom) / 2, top, bottom });
  }
  texts.sort((a, b) => a.top - b.top);
  texts.forEach((text, i) => {
    for (let j = i + 1; j < texts.length && texts[j].top < text.middle; j++) {
      const other = texts[j];
      if (other.node !== text.node && text.left < other.right && other.left < text.right && other.middle < text.bottom)
        over.push(`"${text.node.data.trim()}" stands on "${other.node.data.trim()}"`);
    }
  });
  for (const term of document.querySelectorAll(".sum dt"))
    if (Math.abs(term.getBoundingClientRect().top - term.nextElementSibling.getBoundingClientRect().top) > 1)
      over.push(`"${term.innerText}" has its figure elsewhere`);
  const room = (one, other) => {
    const [a, b] = [one, other].map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getBoundingClientRect();
    });
    return Math.max(a.left - b.right, b.left - a.right);
  };
  for (const cell of document.querySelectorAll("td + td"))
    if (room(cell.previousElementSibling, cell) < 15.5)
      over.push(`"${cell.previousElementSibling.innerText}" almost touches "${cell.innerText}"`);
  const pen = document.createElement("canvas").getContext("2d");
  for (const select of document.querySelectorAll("select")) {
    const style = getComputedStyle(select);
    const words = select.selectedOptions[0].text;
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    if (pen.measureText(words).width > select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight))
      over.push(`"${words}" is chosen and cut`);
  }
  for (const e of document.querySelectorAll("body *"))
    if (e.scrollWidth > e.clientWidth + 1 && /hidden|clip/.test(getComputedStyle(e).overflowX) && !e.closest("svg, .hidden, #address"))
      over.push(`${e.tagName}.${e.className} cuts what it holds`);
  for (const code of document.querySelectorAll(".whole")) {
    const range = document.createRange();
    range.selectNodeContents(code);
    const lines = [...range.getClientRects()];
    const block = code.closest("p, li, td, dd");
    if (new Set(lines.map(({ top }) => Math.round(top))).size > 1 && lines.reduce((sum, { width }) => sum + width, 0) < block.clientWidth)
      over.push(`"${code.innerText}" is broken`);
  }
  if (document.documentElement.scrollWidth > innerWidth) over.push("the page is wider than the screen");
  return over.slice(0, 3);
};

// What a phone of the usual width has room for: no word of a table is broken, but where it says that it may be, no table is
// wider than its place, and a quarter stands on one line, but in Vietnamese, whose words for it are long.
const torn = () => {
  const found = [];
  const range = document.createRange();
  const isBroken = () => new Set([...range.getClientRects()].filter(({ width }) => width > 0.5).map(({ top }) => Math.round(top))).size > 1;
  for (const cell of document.querySelectorAll("th, td")) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
      for (const { 0: word, index } of walker.currentNode.data.matchAll(/[\p{Script=Latin}\p{Script=Arabic}\p{Mn}\u00ad’]+/gu)) {
        range.setStart(walker.currentNode, index);
        range.setEnd(walker.currentNode, index + word.length);
        if (!word.includes("\u00ad") && isBroken()) found.push(`"${word}" is broken`);
      }
  }
  for (const table of document.querySelectorAll("table"))
    if (table.scrollWidth > table.parentElement.clientWidth) found.push(`a table is ${table.scrollWidth - table.parentElement.clientWidth} px too wide`);
  for (const quarter of document.querySelectorAll(":not(:lang(vi)) > .quarters tbody th")) {
    range.selectNodeContents(quarter);
    if (isBroken()) found.push(`"${quarter.innerText}" is on two lines`);
  }
  return found.slice(0, 3);
};

async function open(page, { language, kind }) {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(addressOf(language, kind));
  await openAll(page, kind);
}

async function measure(page, { language, kind }) {
  for (const width of [320, 360]) {
    await page.setViewportSize({ width, height: 800 });
    checkEqual(`${width} px: ${language} ${kind.name}`, (await page.evaluate(misplaced)).join("; "), "");
  }
  checkEqual(`the usual phone: ${language} ${kind.name}`, (await page.evaluate(torn)).join("; "), "");
}

async function examine(page, item, what) {
  await trim(page);
  await page.evaluate(axe.source);
  for (const width of [360, 1280])
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      const found = await faults(page, colorScheme);
      checkEqual(`axe${what}: ${item.language} ${item.kind.name} ${width} ${colorScheme}`, found.join("; "), "");
    }
}

// The dearest countries stand out from the ground by at least 3 to 1 (WCAG 1.4.11), by day and by night.
const shades = () => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[0-9.]+/g).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  return [".at5", ".at8", ".above"].map((kind) => {
    const shade = light(getComputedStyle(document.querySelector(`.world ${kind}`)).fill);
    return Math.max(shade, ground) / Math.min(shade, ground);
  });
};

async function map(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.goto("/en/observatory");
    const [least, more, most] = await page.evaluate(shades);
    check(`the map, ${colorScheme}: the dearer, the clearer`, least < more && more < most && most >= 3, [least, more, most].join());
  }
}

// Where the reader's own colours are forced, a list to choose from still looks like one, and a legend has its colours.
async function forced(page) {
  const swatches = () => [".kept", ".fee", ".rate"].map((part) => getComputedStyle(document.querySelector(`.legend ${part}`), "::before").backgroundColor);
  await page.goto("/en/FR-SN?amount=200");
  const ours = (await page.evaluate(swatches)).join();
  await page.emulateMedia({ forcedColors: "active" });
  checkEqual("forced colours: the legend's", (await page.evaluate(swatches)).join(), ours);
  checkEqual("forced colours: lists have their arrow", await page.evaluate(() => getComputedStyle(document.getElementById("to")).appearance), "auto");
}

// Letters twice as large, as a reader sets them for every page of a browser, on a phone: nothing goes over the edge.
async function large() {
  const browser = await openBrowser("--blink-settings=defaultFontSize=32,defaultFixedFontSize=26");
  const paths = ["", "FR-SN?amount=200", "FR-SN?amount=999999", "operators/demo-atlasso", "reports/FR-SN", "articles/real-cost"];

  try {
    await withPage(browser, { viewport: { width: 360, height: 800 } }, async (page) => {
      for (const language of ["en", "ar", "vi"])
        for (const path of paths) {
          await page.goto(`/${language}/${path}`);
          checkEqual(`large letters: ${language}/${path}`, await page.evaluate(() =>
            document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
        }
    });
  } finally {
    await browser.close();
  }
}

export default async function access(browser) {
  // axe itself is a script, so here the page's own is kept away instead.
  await inPages(browser, {}, kinds, async (page, item) => {
    await page.route("**/assets/site.*", (route) => route.abort());
    await open(page, item);
    await measure(page, item);
    await examine(page, item, "");
  });
  await withPage(browser, {}, map);
  await withPage(browser, {}, forced);
  await large();
  await inPages(browser, {}, scripted, async (page, item) => {
    await open(page, item);
    await examine(page, item, " with the script");
  });
  check("something was examined", kinds.length > 100);
}
