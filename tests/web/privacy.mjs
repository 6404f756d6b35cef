// Nothing of a visitor is kept: no cookie, nobody else is asked, and whatever a browser tells (its address, its name, what it
// asks for, what it wrote last) is in no line of a log that has a line for every request, and in no table. The visitor comes
// through a proxy, so that its address is one that stands nowhere else.
import { execFileSync } from "node:child_process";
import { addressOf, check, checkEqual, pages, withPage } from "./lib.mjs";
import { startProxy, startServer } from "./server.mjs";

const root = new URL("../../", import.meta.url).pathname;
const sql = (text) => execFileSync(`${root}deploy/dev/cluster.sh`, ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-"],
  { input: text, encoding: "utf8", maxBuffer: 1 << 26 }).trim();

const visitor = {
  address: "203.0.113.77",
  agent: "Marked-Browser/7.31",
  referrer: "https://marked-referrer.example/inbox",
  amount: "191.37",
  query: "marked_campaign",
  words: `Marked words ${`${Date.now()}`.replace(/[0-9]/g, (digit) => "bcdfghjklm"[digit])}`, // not a telephone number
};
const marks = Object.values(visitor).filter((mark) => mark !== visitor.words);
// Where and what this visitor asked for.
const asked = [...marks, "FR-SN", "FRASEN", "demo-atlasso", "Marked words"];

// A line for a request holds these words of ours and nothing else.
const requestLine = /^\S+ info request method=(?:GET|POST|HEAD|-) route=(?:[a-z0-9/{}._-]+|-) status=\d+ bytes=\d+ us=\d+ protocol=(?:HTTP\/[0-9.]+|-)(?: cut)?$/;

async function visit(page, context, base) {
  const requests = [];

  page.on("request", (request) => requests.push(request.url()));
  for (const kind of pages) await page.goto(`${addressOf("fr", kind)}${kind.path.includes("?") ? "&" : "?"}${visitor.query}=1`);
  await page.goto(`/fr/FR-SN?amount=${visitor.amount}&${visitor.query}=1`);
  await page.goto(`/v1/text?q=FR%20SN%20${visitor.amount}`);
  await (await fetch(`${base}/fr/FR-SN`, { headers: { referer: visitor.referrer, "x-forwarded-for": visitor.address } })).text();
  await page.goto("/fr/FR-SN/community");
  await page.locator("[name=since]").evaluate((field) => (field.value -= 60));
  await page.locator("#text").fill(visitor.words);
  await page.locator("form[method=post] button").click();
  checkEqual("private: the note is taken", await page.locator("main").innerText().then((said) => said.includes(visitor.words) ? "" : said), "");
  checkEqual("private: cookies", JSON.stringify(await context.cookies()), "[]");
  checkEqual("private: kept in the browser", await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  checkEqual("private: other hosts", requests.filter((url) => !url.startsWith(`${base}/`)).join(" "), "");
  return requests.length;
}

function logged(said, requests) {
  const lines = said.split("\n").filter((line) => line.includes(" request "));

  check("private: every page has its line", lines.length >= pages.length, `${lines.length} of ${requests}`);
  checkEqual("private: with our own words only", lines.filter((line) => !requestLine.test(line)).slice(0, 3).join("; "), "");
  for (const mark of asked) check(`private: no line of the log has ${mark}`, !said.includes(mark));
}

// Every row of every table, as text.
function stored() {
  const tables = sql(`SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
    ORDER BY 1`).split("\n");
  const holding = (mark) => sql(tables.map((table) =>
    `SELECT '${table}' WHERE EXISTS (SELECT FROM ${table} t WHERE strpos(t::text, '${mark}') > 0);`).join("\n"));

  check("private: there are tables", tables.length > 20, tables.length);
  checkEqual("private: the note waits where it should", holding(visitor.words), "corridor.community_note");
  const found = sql(tables.map((table) => `SELECT '${table}: ' || t::text FROM ${table} t
    WHERE t::text ~ '${marks.filter((mark) => mark !== visitor.amount).join("|").replaceAll(".", "\\.")}' LIMIT 1;`).join("\n"));
  checkEqual("private: no table has anything of the visitor", found, "");
  checkEqual("private: all that a note keeps", sql(`SELECT string_agg(column_name, ' ' ORDER BY ordinal_position)
    FROM information_schema.columns WHERE table_schema = 'corridor' AND table_name = 'community_note'`),
  "id corridor language first_name body recorded_on");
  checkEqual("private: no column is of a type for addresses", sql(`SELECT table_name || '.' || column_name
    FROM information_schema.columns WHERE table_schema = 'corridor' AND udt_name IN ('inet', 'cidr', 'macaddr', 'macaddr8')`), "");
}

export default async function privacy(browser) {
  const server = await startServer({ CORRIDOR_PROXY_FROM: "127.0.0.1", CORRIDOR_REQUEST_LOG: "all" });
  const proxy = await startProxy(server.port, visitor.address);
  const base = `http://127.0.0.1:${proxy.address().port}`;
  let requests;
  try {
    const options = { baseURL: base, userAgent: visitor.agent, extraHTTPHeaders: { Cookie: `${visitor.query}=1` } };
    requests = await withPage(browser, options, (page, context) => visit(page, context, base));
  } finally {
    proxy.close();
    checkEqual("private: the server ends", await server.end(), 0);
  }
  logged(server.said(), requests);
  stored();
}
