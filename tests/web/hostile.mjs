// Operators with every name of the corpus, as a feed or a survey might bring them: on cards, in lists, in details and on their
// own pages they are shown as written, and nothing is executed. Changes its database, so it has one of its own.
import { execFileSync } from "node:child_process";
import { parse } from "node-html-parser";
import { base, checkEqual, languages, openBrowser, summary, withPage } from "./lib.mjs";
import { bare, corpus, whatHappens } from "./corpus.mjs";

const root = new URL("../../", import.meta.url).pathname;
const sql = (text) => execFileSync(`${root}deploy/dev/cluster.sh`, ["psql", "-At", "-v", "ON_ERROR_STOP=1", "-f", "-"],
  { input: text, encoding: "utf8" }).split("\n").filter((line) => line !== "");
const get = async (path) => (await fetch(base + path)).text();
const entities = (text) => text.replace(/&#39;/g, "'").replace(/&quot;/g, "\"").replace(/&lt;/g, "<").replace(/&gt;/g, ">")
  .replace(/&amp;/g, "&");

// Gives the operators the names, and waits for a list of them that has all: the names it lacks in the end. Each worker learns
// of a change in its own time.
async function rename(ids, names) {
  const values = ids.map((id, i) => `($id$${id}$id$, $name$${names[i % names.length]}$name$)`).join(",");
  const used = [...new Set(ids.map((_, i) => names[i % names.length]))];
  let missing = used;
  sql(`BEGIN; UPDATE corridor.operator o SET name = v.name FROM (VALUES ${values}) v (id, name) WHERE o.id = v.id;
    INSERT INTO corridor.change_log (corridor) VALUES ('*'); COMMIT;`);
  for (let tries = 0; tries < 300 && missing.length > 0; tries++) {
    await new Promise((done) => setTimeout(done, 200));
    const shown = new Set(parse(await get("/en/operators")).querySelectorAll(".firms bdi").map((name) => entities(name.rawText)));
    missing = used.filter((name) => !shown.has(name));
  }
  return missing;
}

async function round(page, ids, names, corridors) {
  const missing = await rename(ids, names);
  const documents = [["the list", bare(await get("/en/operators"))]];

  checkEqual("every name is in the list as it is", missing.slice(0, 3).join(" and "), "");
  for (const [i, id] of corridors.entries())
    documents.push([id, bare(await get(`/${languages[i % languages.length]}/${id}?amount=${200 + Math.floor(Math.random() * 1000) / 100}`))]);
  for (const [i, id] of ids.entries()) documents.push([id, bare(await get(`/${languages[i % languages.length]}/operators/${id}`))]);
  const seen = await whatHappens(page, documents);
  checkEqual("nothing happens", seen.slice(0, 5).join("; "), "");
  return documents.length;
}

const browser = await openBrowser();
try {
  const ids = sql("SELECT DISTINCT o.id FROM corridor.operator o JOIN corridor.service s ON s.operator = o.id ORDER BY o.id;");
  const { corridors } = await (await fetch(`${base}/v1/corridors?per_page=200`)).json();
  let pages = 0;
  await withPage(browser, { bypassCSP: true }, async (page) => {
    for (let at = 0; at < corpus.length; at += ids.length)
      pages += await round(page, ids, corpus.slice(at, at + ids.length), corridors.map((corridor) => corridor.id));
  });
  console.log(`# hostile: ${corpus.length} names, ${ids.length} operators, ${pages} pages`);
} finally {
  await browser.close();
}
summary();
