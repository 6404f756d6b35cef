// Chromium over HTTP/2: every answer really comes by h2, on one connection, and the main task works there.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, checkEqual, openBrowser, summary } from "./lib.mjs";
import { freePort, startServer } from "./server.mjs";

const root = new URL("../../", import.meta.url).pathname;

async function startTls(certificates) {
  chmodSync(certificates, 0o755); // corridord becomes another user where we are root
  execFileSync(join(root, "deploy/dev/certificate.sh"), [certificates]);
  const tlsPort = await freePort();
  const server = await startServer({ CORRIDOR_TLS_PORT: `${tlsPort}`, CORRIDOR_TLS_CERTS: certificates });
  return { server, base: `https://localhost:${tlsPort}` };
}

// A page that writes down by which protocol and connection each answer came.
async function watchedPage(browser, base) {
  const context = await browser.newContext({ baseURL: base, ignoreHTTPSErrors: true, locale: "en-GB" });
  const page = await context.newPage();
  const seen = [];
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  client.on("Network.responseReceived", ({ response }) => {
    if (response.url.startsWith(base) && !response.fromDiskCache)
      seen.push({ url: response.url, protocol: response.protocol, connection: response.connectionId, tls: response.securityDetails?.protocol });
  });
  return { page, seen };
}

async function overHttp2(base) {
  const browser = await openBrowser();
  try {
    const { page, seen } = await watchedPage(browser, base);
    checkEqual("the first page", (await page.goto("/en/")).status(), 200);
    await page.fill("#amount", "200");
    await page.selectOption("#to", "SN");
    await Promise.all([page.waitForURL("**/FR-SN**"), page.click("main button[type=submit], main form button")]);
    check("offers are shown", (await page.locator(".best").count()) > 0);
    checkEqual("a page that is not there", (await page.goto("/en/FR-XX")).status(), 404);

    // The site has no scripts and its policy no connections, so questions are asked from outside of it.
    await page.goto("/v1/corridors");
    const answers = await page.evaluate(async () => {
      const asked = Array.from({ length: 100 }, (_, i) =>
        fetch(`/v1/compare?from=FR&to=SN&amount=${i + 150}.5`).then(async (answer) => [answer.status, (await answer.json()).offers?.length ?? 0]));
      return Promise.all(asked);
    });
    check("100 questions at once", answers.length === 100 && answers.every(([status, offers]) => status === 200 && offers > 0), JSON.stringify(answers.slice(0, 3)));
    const again = await page.evaluate(async () => {
      const first = await fetch("/v1/compare?from=FR&to=SN&amount=77", { cache: "no-store" });
      const tag = first.headers.get("etag");
      const second = await fetch("/v1/compare?from=FR&to=SN&amount=77", { cache: "no-store", headers: { "If-None-Match": tag } });
      const head = await fetch("/v1/compare?from=FR&to=SN&amount=77", { cache: "no-store", method: "HEAD" });
      const wrong = await fetch("/v1/compare?from=FR&to=SN&amount=77", { cache: "no-store", method: "DELETE" });
      return { tag, second: second.status, head: [head.status, (await head.text()).length], wrong: wrong.status };
    });
    check("an answer has a tag", again.tag !== null);
    checkEqual("asked again with its tag", again.second, 304);
    checkEqual("HEAD has no body", JSON.stringify(again.head), JSON.stringify([200, 0]));
    checkEqual("a method that is not taken", again.wrong, 405);

    check("many answers were watched", seen.length > 100, `${seen.length}`);
    const others = seen.filter((answer) => answer.protocol !== "h2");
    checkEqual("every one came by HTTP/2", JSON.stringify(others), "[]");
    check("by TLS 1.3", seen.every((answer) => answer.tls === "TLS 1.3"), JSON.stringify(seen[0]));
    checkEqual("on one connection", new Set(seen.map((answer) => answer.connection)).size, 1);
  } finally {
    await browser.close();
  }
}

// Without HTTP/2 the same server speaks HTTP/1.1 to it: what is watched tells one from the other.
async function withoutHttp2(base) {
  const browser = await openBrowser("--disable-http2");
  try {
    const { page, seen } = await watchedPage(browser, base);
    checkEqual("the first page, without HTTP/2", (await page.goto("/en/")).status(), 200);
    check("comes by HTTP/1.1", seen.length > 0 && seen.every((answer) => answer.protocol === "http/1.1"), JSON.stringify(seen[0]));
  } finally {
    await browser.close();
  }
}

const certificates = mkdtempSync(join(tmpdir(), "corridor-web-"));
let started;
try {
  started = await startTls(certificates);
  await overHttp2(started.base);
  await withoutHttp2(started.base);
} finally {
  if (started) checkEqual("the server ends", await started.server.end(), 0);
  rmSync(certificates, { recursive: true, force: true });
}
summary();
