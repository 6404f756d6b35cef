// Whatever stands in an address is shown as it was typed and never executed.
import { base, check, checkEqual, withPage } from "./lib.mjs";

const payloads = [
  "<script>alert(1)</script>",
  "</title><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)>",
  "'><script>alert(1)</script>",
  "\"><script>alert(1)</script>",
  "' onfocus='alert(1)' autofocus='",
  "\" onfocus=\"alert(1)\" autofocus=\"",
  "' onmouseover=alert(1) x='",
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#60;script&#62;alert(1)&#60;/script&#62;",
  "</textarea><script>alert(1)</script>",
  "</select><script>alert(1)</script>",
  "</style><script>alert(1)</script>",
  "--><script>alert(1)</script>",
  "]]><script>alert(1)</script>",
  "<iframe srcdoc='<script>alert(1)</script>'>",
  "<a href=javascript:alert(1) autofocus onfocus=alert(1)>x</a>",
  "<math><mtext></p><img src=x onerror=alert(1)>",
  "<details open ontoggle=alert(1)>",
  "<base href=//example.org/>",
  "<meta http-equiv=refresh content='0;url=//example.org'>",
  "<link rel=stylesheet href=//example.org/x.css>",
  "<form action=//example.org><input name=x>",
  "{{7*7}}${7*7}<%= 7*7 %>",
  "\u2028alert(1)\u2029",
  "\u202e<script>alert(1)</script>",
  "＜script＞alert(1)＜/script＞",
  "{cost} {typed} {country}",
  "%3Cscript%3Ealert(1)%3C/script%3E",
];
const others = ["from", "to", "currency", "receive_currency", "basis", "pay_out", "max_speed", "x"];

async function harmless(page, what, address) {
  const seen = [];
  const dialog = (d) => {
    seen.push(`dialog ${d.message()}`);
    d.dismiss();
  };
  const request = (r) => {
    if (!r.url().startsWith(base)) seen.push(`request ${r.url()}`);
  };

  page.on("dialog", dialog);
  page.on("request", request);
  await page.goto(address, { waitUntil: "domcontentloaded" });
  const foreign = await page.evaluate(() => ({
    scripts: document.querySelectorAll("script:not([src^='/assets/']), iframe, base, meta[http-equiv], svg:not(.chart > svg), math").length,
    handlers: [...document.querySelectorAll("*")].filter((e) =>
      e.getAttributeNames().some((name) => name.startsWith("on"))).length,
    addresses: [...document.querySelectorAll("[href], [src], [action]")].filter((e) =>
      !(e.href ?? e.src ?? e.action).startsWith("http")).length,
    focus: document.activeElement.tagName,
  }));
  page.off("dialog", dialog);
  page.off("request", request);
  checkEqual(`${what}: nothing happens`, seen.join(), "");
  checkEqual(`${what}: nothing is added`, JSON.stringify(foreign),
    JSON.stringify({ scripts: 0, handlers: 0, addresses: 0, focus: "BODY" }));
}

async function run(page) {
  for (const payload of payloads) {
    const value = encodeURIComponent(payload);
    await harmless(page, `amount=${payload}`, `${base}/en/FR-SN?amount=${value}`);
    checkEqual(`${payload}: as typed`, await page.inputValue("#amount"), payload);
    // The first is said back; all stand in links and hidden fields.
    const all = ["pay_in", ...others].map((name) => `${name}=${value}`).join("&");
    await harmless(page, `everything=${payload}`, `${base}/en/FR-SN?amount=200&${all}`);
    check(`${payload}: said back`, (await page.locator(".summary").textContent()).includes(payload));
    await harmless(page, `compare to=${payload}`, `${base}/fr/compare?from=FR&to=${value}&amount=${value}`);
    check(`${payload}: the country said back`, (await page.locator(".summary").textContent()).includes(payload));
    await harmless(page, `path ${payload}`, `${base}/en/${value}`);
    await harmless(page, `language ${payload}`, `${base}/${value}/FR-SN`);
  }
}

export default async function injection(browser) {
  // The policy is taken off, so that only the escaping is left to hold.
  await withPage(browser, { bypassCSP: true }, run);
}
