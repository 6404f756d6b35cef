// Every kind of page: its status, its fields against misuse, and HTML that html-validate finds nothing in.
import { HtmlValidate } from "html-validate";
import { addressOf, base, check, checkEqual, direction, languages, pages } from "./lib.mjs";

const validator = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    "attr-quotes": "off", // ours are single, Markdown's double
    "doctype-style": "off", // lower case is as good (HTML, 13.1.1)
    "long-title": "off", // a limit of search results, not of HTML
  },
});

const policy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const ofFrames =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";
const ofScript = "; script-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'";

// Words of two elements that stand beside each other run together where nothing is read between them: on paper, in what is
// copied, in what a screen reader says.
const inline = "small|span|b|strong|bdi|a|em|code";
const together = new RegExp(`[\\p{L}\\p{M}\\p{N}.%)]((?:</(?:${inline})>)*(?:<(?:${inline})(?:\\s[^>]*)?>)+|(?:</(?:${inline})>)+)[\\p{L}\\p{N}]`, "gu");
const apart = (tags) => !/<\/?(?:small|span|b)\b/.test(tags); // the others may stand within a word or a sentence
const runTogether = (html) => [...html.matchAll(together)].filter(([, tags]) => !apart(tags))
  .map((found) => html.slice(found.index - 20, found.index + found[0].length + 10));

async function one(language, page) {
  const what = `${language} ${page.name}`;
  const response = await fetch(base + addressOf(language, page));
  const html = await response.text();
  const report = await validator.validateString(html);
  const messages = report.results.flatMap((result) => result.messages);

  checkEqual(`${what}: status`, response.status, page.status);
  check(`${what}: html-validate`, report.valid,
    messages.map((m) => `${m.line}:${m.column} ${m.ruleId} ${m.message}`).join("; "));
  const scripted = html.includes("<script src='/assets/site.");
  checkEqual(`${what}: policy`, response.headers.get("content-security-policy"),
    page.frameable ? ofFrames : scripted ? policy + ofScript : policy);
  checkEqual(`${what}: no sniffing`, response.headers.get("x-content-type-options"), "nosniff");
  checkEqual(`${what}: no referrer`, response.headers.get("referrer-policy"), "no-referrer");
  check(`${what}: no cookie`, !response.headers.has("set-cookie"));
  check(`${what}: language`, html.includes(`<html lang='${language}' dir='${direction(language)}'>`));
  check(`${what}: nothing inline`, !/<script(?! src=')|<style|\sstyle=|\son[a-z]+=/i.test(html));
  checkEqual(`${what}: words stay apart`, runTogether(html).slice(0, 3).join("; "), "");
  check(`${what}: no mark of a condition`, !/\{\/?[a-z]+\}/.test(html.replace(/<meta name='offline'[^>]*>|<(pre|code)\b.*?<\/\1>/gs, "")));
  if (html.includes("<nav class='filters'"))
    checkEqual(`${what}: one choice of each group is shown as chosen`, html.split(" aria-current='true'").length - 1, 3);
  if (page.status !== 200) return []; // its other language has the same error
  // No dead links: everything the page leads to on this server is there. Texts may lead elsewhere, nothing is fetched
  // from there.
  check(`${what}: nothing from elsewhere`, !/<(?:link|script|img|iframe)[^>]*(?:href|src)=['"](?:https?:)?\/\//.test(
    html.replaceAll(`='${base}/`, "='/")));
  return [...html.matchAll(/(?:href|src)=['"]([^'"#][^'"]*)['"]/g)]
    .map((m) => new URL(m[1].replaceAll("&amp;", "&"), response.url).href)
    .filter((link) => !/^(https|mailto|sms):/.test(link));
}

async function redirects() {
  const cases = [
    ["/", "fr-CA,fr;q=0.8,en;q=0.5", 303, "/fr/"],
    ["/", "de", 303, "/en/"],
    ["/", "de;q=1, ar-MA;q=0.9, fr;q=0.8", 303, "/ar/"],
    ["/", "zh-Hant-TW,zh;q=0.9", 303, "/zh/"],
    ["/", "pt-BR", 303, "/pt/"],
    ["/", "vi;q=0.2, tr;q=0.3, es;q=0", 303, "/tr/"],
    ["/", "*", 303, "/en/"],
    ["/", "", 303, "/en/"],
    ["/fr", "", 308, "/fr/"],
    ["/ar/FRASEN?amount=%D9%A2%D9%A0%D9%A0", "", 308, "/ar/FR-SN?amount=200"],
    ["/fr/fr-sn?amount=1%20234,5", "", 308, "/fr/FR-SN?amount=1234.5"],
    ["/en/FRASEN?amount=200&pay_out=cash", "", 308, "/en/FR-SN?amount=200&pay_out=cash"],
    ["/fr/compare?from=FR&to=SN&amount=1%20234,56&basis=&pay_out=cash", "", 303,
      "/fr/FR-SN?amount=1234.56&pay_out=cash"],
    ["/en/compare?from=GB&to=IN&amount=200&currency=EUR", "", 303, "/en/GB-IN?amount=200"],
    ["/en/compare?from=FR&to=SN&amount=200&receive_currency=USD", "", 303, "/en/FR-SN?amount=200"],
    ["/en/compare?from=FR&to=CD&amount=200&receive_currency=USD", "", 303, "/en/FR-CD?amount=200&receive_currency=USD"],
  ];

  for (const [path, accept, status, location] of cases) {
    const response = await fetch(base + path, { redirect: "manual", headers: { "accept-language": accept } });
    checkEqual(`${path} (${accept}): status`, response.status, status);
    checkEqual(`${path} (${accept}): location`, response.headers.get("location"), location);
  }
}

async function assets() {
  const html = await (await fetch(`${base}/en/`)).text();
  const style = await fetch(base + html.match(/rel='stylesheet' href='([^']+)'/)[1]);
  const robots = await fetch(`${base}/robots.txt`);

  check("the style sheet may be kept", /immutable/.test(style.headers.get("cache-control")));
  check("the style sheet's type", style.headers.get("content-type").startsWith("text/css"));
  const told = await robots.text();
  check("robots.txt", told.includes("User-agent: *") && told.includes(`Sitemap: ${base}/sitemap.xml`), told);
  const index = await (await fetch(`${base}/sitemap.xml`)).text();
  const lists = [...index.matchAll(/<loc>([^<]+)/g)].map((m) => m[1]);
  checkEqual("a sitemap for each language", lists.join(), languages.map((l) => `${base}/${l}/sitemap.xml`).join());
  const arabic = await fetch(`${base}/ar/sitemap.xml`);
  check("its corridors", (await arabic.text()).includes(`<loc>${base}/ar/FR-SN</loc>`));
  checkEqual("its type", arabic.headers.get("content-type"), "application/xml");
  checkEqual("an asset that is not there", (await fetch(`${base}/assets/style.css`)).status, 404);
  const api = await fetch(`${base}/v1/nothing`);
  checkEqual("the API's own 404", api.headers.get("content-type"), "application/problem+json");
}

export default async function markup() {
  const links = new Set();

  for (const language of languages)
    for (const page of pages)
      for (const link of await one(language, page)) links.add(link);
  for (const link of links) {
    check(`${link} stays here`, link.startsWith(base));
    const response = await fetch(link);
    await response.arrayBuffer();
    check(`${link} is there`, response.status === 200, response.status);
  }
  await redirects();
  await assets();
}
