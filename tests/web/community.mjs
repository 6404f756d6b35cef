// What senders tell each other, written in a browser: what is wrong stands at its field, what was taken is shown as it will
// be read, and nothing of it is on the page before a moderator has read it. A server of its own, since one address may
// write five times a day.
import axe from "axe-core";
import { check, checkEqual, withPage } from "./lib.mjs";
import { startProxy, startServer } from "./server.mjs";

// The form is open for longer than a program would need, without a wait.
const longAgo = (page) => page.locator("[name=since]").evaluate((field) => (field.value -= 60));
const mark = `${Date.now()}`.replace(/[0-9]/g, (digit) => "bcdfghjklm"[digit]); // these words were never sent before

async function send(page, text, name = "") {
  await page.locator("#text").fill(text);
  await page.locator("#name").fill(name);
  await page.locator("form[method=post] button").click();
}

async function written(page) {
  const text = `Fast & friendly <b>${mark}</b>.\nCall +221 77 123 45 67 or me@example.org see https://example.org/x`;
  const what = "written";

  await page.goto("/en/FR-SN/community");
  check(`${what}: how much fits is said at the field`, (await page.locator("label[for=text]").innerText()).endsWith("At most 1,000 letters."));
  await longAgo(page);
  await send(page, text);
  checkEqual(`${what}: shown as it will be read`, (await page.locator("blockquote.sent p").allInnerTexts()).join("|"),
    `Fast & friendly <b>${mark}</b>.|Call […] or […] see […]`);
  checkEqual(`${what}: nothing of it is markup`, await page.locator("blockquote.sent b").count(), 0);
  const said = await page.locator("main").innerText();
  for (const words of ["A person will read this before it is shown", "We took out", "Somebody"]) check(`${what}: ${words}`, said.includes(words), said);
  checkEqual(`${what}: nothing more to send`, await page.locator("form[method=post]").count(), 0);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  checkEqual(`${what}: axe`, violations.map((v) => v.id).join(), "");
  await page.goto("/en/FR-SN/community");
  check(`${what}: nothing shows before it was read`, !(await page.content()).includes(mark));
  await page.getByRole("link", { name: "Back to the offers" }).click();
  check(`${what}: back to the offers`, new URL(page.url()).pathname === "/en/FR-SN");
}

// What is wrong, at which field, in which words. The field keeps what was typed.
const mistakes = [
  { text: "Too fast", error: "That was very fast. Read it once more, then send it.", fresh: true },
  { text: " \n ", error: "Write something first." },
  { text: "x".repeat(1001), error: "This is too long. At most 1,000 letters fit." },
  { text: "A name", name: "n".repeat(41), at: "name", error: "The name is too long. At most 40 letters fit." },
  { text: "A program", trap: "https://example.org", error: "Leave the field empty that says so." },
];

async function refused(page, { text, name = "", trap = "", at = "text", error, fresh }) {
  const what = `mistake: ${error}`;

  await page.goto("/en/FR-SN/community");
  if (!fresh) await longAgo(page);
  // Past what the browser itself would stop.
  await page.evaluate(() => document.querySelectorAll("[maxlength], [required]").forEach((field) => {
    field.removeAttribute("maxlength");
    field.removeAttribute("required");
  }));
  await page.locator("[name=website]").evaluate((field, value) => (field.value = value), trap);
  await send(page, text, name);
  checkEqual(`${what}: in words`, await page.locator(".error").innerText(), error);
  checkEqual(`${what}: at its field`, await page.locator("[aria-invalid=true]").getAttribute("id"), at);
  checkEqual(`${what}: told with the field`, await page.locator(`#${at}`).getAttribute("aria-describedby"),
    await page.locator(".error").getAttribute("id"));
  const width = async (field) => (await page.locator(field).boundingBox()).width;
  checkEqual(`${what}: the fields are as wide as each other`, await width("#text"), await width("#name"));
  checkEqual(`${what}: nothing is lost`, `${await page.inputValue("#text")}/${await page.inputValue("#name")}`,
    `${text.trim()}/${name}`);
}

async function often(page) {
  for (let n = 0; n < 5; n++) {
    await page.goto("/en/FR-SN/community");
    await longAgo(page);
    await send(page, `Again ${mark} ${"again ".repeat(n)}`);
    if (n < 3) checkEqual(`note ${n + 3} of a day`, await page.locator("blockquote.sent").count(), 1);
  }
  checkEqual("the sixth of a day", await page.locator("#text-error").innerText(),
    "You have sent several today. Please come back tomorrow.");
}

export default async function community(browser) {
  const server = await startServer({ CORRIDOR_PROXY_FROM: "127.0.0.1" });
  const proxy = await startProxy(server.port, "203.0.113.9");
  try {
    // The page has no script; ours that looks at it is kept out by its policy.
    await withPage(browser, { baseURL: `http://127.0.0.1:${proxy.address().port}`, bypassCSP: true, viewport: { width: 360, height: 640 } },
      async (page) => {
        for (const mistake of mistakes) await refused(page, mistake);
        await written(page);
        await often(page);
      });
  } finally {
    proxy.close();
    checkEqual("the community's server ends", await server.end(), 0);
  }
}
