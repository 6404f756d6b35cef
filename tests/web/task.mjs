// The main task without JavaScript: home → France, Senegal, 200 → the best offer read → its details → filter cash.
import { base, check, checkEqual, languages, plain, withPage } from "./lib.mjs";

const words = {
  en: { senegal: "Senegal", compare: "Compare", cash: "Cash", details: "Details", other: "Français" },
  fr: { senegal: "Sénégal", compare: "Comparer", cash: "Espèces", details: "Détails", other: "English" },
};

async function compare(query) {
  return (await fetch(`${base}/v1/compare?from=FR&to=SN&amount=200${query}`)).json();
}

async function task(page, context, language) {
  const w = words[language];
  const requests = [];
  let bytes = 0;

  page.on("request", (request) => requests.push(request.url()));
  page.on("response", async (response) => {
    bytes += Number(response.headers()["content-length"] ?? 0);
  });

  // Home.
  await page.goto(`/${language}/`);
  await page.selectOption("#from", "FR");
  await page.selectOption("#to", { label: w.senegal });
  await page.fill("#amount", "200");
  await page.getByRole("button", { name: w.compare }).click();
  checkEqual(`${language}: where the form leads`, page.url(), `${base}/${language}/FR-SN?amount=200`);

  // The best offer, big and first.
  const answer = await compare("");
  const headline = page.locator(".best .headline strong");
  checkEqual(`${language}: what arrives`, plain(await headline.innerText(), language), answer.offers[0].receives);
  checkEqual(`${language}: from whom`, await page.locator(".best h3").innerText(), answer.offers[0].operator.name);
  const box = await headline.boundingBox();
  check(`${language}: the answer is on the first screen`, box.y + box.height < 640, box.y);
  check(`${language}: it is marked as a demonstration`, (await page.locator(".demonstration").count()) === 1);
  checkEqual(`${language}: every card is marked`, await page.locator(".card .mark").count(), answer.offers.length);

  // Its details open in place.
  const details = page.locator(".best .details");
  check(`${language}: details are closed at first`, !(await details.isVisible()));
  await page.locator(".best summary").click();
  check(`${language}: details open`, await details.isVisible());
  check(`${language}: details tell the source`, (await details.innerText()).includes(String(answer.offers[0].quote)));

  // Filter.
  await page.locator(".filters").getByRole("link", { name: w.cash, exact: true }).first().click();
  const cash = await compare("&pay_out=cash");
  checkEqual(`${language}: filtered address`, page.url(), `${base}/${language}/FR-SN?amount=200&pay_out=cash`);
  checkEqual(`${language}: filtered offers`, await page.locator(".card").count(), cash.offers.length);
  checkEqual(`${language}: filtered best`,
    plain(await page.locator(".best .headline strong").innerText(), language), cash.offers[0].receives);

  // The form keeps the filter when the amount changes, the other language keeps the question.
  await page.fill("#amount", language === "fr" ? "1 234,5" : "1,234.5");
  await page.getByRole("button", { name: w.compare }).click();
  checkEqual(`${language}: filter kept`, page.url(), `${base}/${language}/FR-SN?amount=1234.5&pay_out=cash`);
  checkEqual(`${language}: amount as the reader writes it`, plain(await page.inputValue("#amount"), language), "1234.5");
  await page.getByRole("link", { name: w.other }).click();
  check(`${language}: question kept`, page.url().endsWith("/FR-SN?amount=1234.5&pay_out=cash"), page.url());

  // Nothing is kept, nobody else is told.
  checkEqual(`${language}: cookies`, (await context.cookies()).length, 0);
  const elsewhere = requests.filter((url) => !url.startsWith(`${base}/`) && !url.startsWith("data:"));
  checkEqual(`${language}: requests to others`, elsewhere.join(" "), "");
  console.log(`# ${language}: ${requests.length} requests, ${bytes} bytes before compression`);
}

async function firstVisit(page, language) {
  const requests = [];

  page.on("requestfinished", (request) => requests.push(request));
  await page.goto(`/${language}/FR-SN?amount=200`, { waitUntil: "networkidle" });
  let bytes = 0;
  for (const request of requests) bytes += (await (await request.response()).body()).length;
  check(`${language}: at most four requests on a first visit`, requests.length <= 4, requests.length);
  console.log(`# ${language}: a first visit is ${requests.length} requests, ${bytes} bytes before compression`);
}

export default async function run(browser) {
  for (const language of languages) {
    const phone = { javaScriptEnabled: false, viewport: { width: 360, height: 640 } };
    await withPage(browser, phone, (page, context) => task(page, context, language));
    await withPage(browser, phone, (page) => firstVisit(page, language));
  }
}
