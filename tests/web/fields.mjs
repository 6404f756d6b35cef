// What is wrong with a question stands at its field, in the reader's language, with what was typed.
import { check, checkEqual, withPage } from "./lib.mjs";

const cases = [
  { language: "en", corridor: "JP-FR", typed: "200.5", error: "This amount has too many decimals. Write it like this: 1,234" },
  { language: "fr", corridor: "KW-IN", typed: "20,1255", error: "Ce montant a trop de chiffres après la virgule. Écrivez par exemple : 1 234,500" },
  { language: "en", typed: "0", error: "The amount must be more than zero." },
  { language: "en", typed: "-5", error: "The amount must be more than zero." },
  { language: "en", typed: "abc", error: "Write the amount in figures, like this: 1,234.50" },
  { language: "en", typed: "1,5", error: "Write the amount in figures, like this: 1,234.50" },
  { language: "en", typed: "NaN", error: "Write the amount in figures, like this: 1,234.50" },
  { language: "en", typed: "1e3", error: "Write the amount in figures, like this: 1,234.50" },
  { language: "en", typed: "1.555", error: "This amount has too many decimals. Write it like this: 1,234.50" },
  { language: "en", typed: "9".repeat(30), error: "This amount is too large. Write a smaller one." },
  { language: "fr", typed: "0", error: "Le montant doit être plus grand que zéro." },
  { language: "fr", typed: "deux cents", error: "Écrivez le montant en chiffres, par exemple : 1 234,50" },
  { language: "fr", typed: "1 234.567", error: "Écrivez le montant en chiffres, par exemple : 1 234,50" },
  { language: "fr", typed: "1,555", error: "Ce montant a trop de chiffres après la virgule. Écrivez par exemple : 1 234,50" },
  { language: "en", typed: "200.000", error: "This amount has too many decimals. Write it like this: 1,234.50" },
  { language: "es", typed: "5,000", error: "Este importe tiene demasiados decimales. Escríbalo así: 1234,50" },
  { language: "fr", typed: "9".repeat(30), error: "Ce montant est trop grand. Écrivez-en un plus petit." },
];

// What is taken, and the amount the answer is for.
const taken = [
  { language: "fr", typed: "1,5", plain: "1.5" },
  { language: "fr", typed: "1 234,56", plain: "1234.56" },
  { language: "fr", typed: "1.234,56", plain: "1234.56" },
  { language: "pt", typed: "1.234,56", plain: "1234.56" },
  { language: "pt", typed: "1 234,56", plain: "1234.56" },
  { language: "fr", typed: "1\u202f234", plain: "1234" },
  { language: "fr", typed: " 200 ", plain: "200" },
  { language: "en", typed: "1,234.56", plain: "1234.56" },
  { language: "en", typed: "137.42", plain: "137.42" },
  { language: "es", typed: "200.000", plain: "200000" },
  { language: "fr", typed: "1.555", plain: "1555" },
  { language: "vi", corridor: "JP-PH", typed: "1.234", plain: "1234" },
  { language: "fr", corridor: "KW-IN", typed: "1,500", plain: "1.500" },
];

// Countries, on the home page's form.
const countries = [
  { query: "amount=200&from=FR", field: "to", error: "Choose the country you send to." },
  { query: "amount=200&to=SN", field: "from", error: "Choose the country you send from." },
  { query: "amount=200&from=FR&to=FR", field: "to", error: "Choose two different countries." },
  { query: "amount=200&from=FR&to=Narnia", field: "to", error: "We do not know this country: Narnia. Choose one from the list." },
];

// Choices that are no text to write: from a list, or of no field at all.
const choices = [
  { query: "amount=200&pay_out=gold", error: "We do not know this choice: gold Begin again without it" },
  { query: "amount=200&max_speed=now", error: "We do not know this choice: now Begin again without it" },
  { query: "amount=200&basis=half", error: "We do not know this choice: half. Choose one from the list." },
  { query: "amount=200&currency=XYZ", error: "We do not know this currency: XYZ Begin again without it" },
];

// Marks that stand between what the page says, in the marks of the language.
async function marks(page) {
  for (const [language, wrong] of [["zh", /[.,:] /], ["ar", /, /]]) {
    await page.goto(`/${language}/FR-SN?amount=200`);
    for (const text of await page.locator(".about").allInnerTexts()) check(`${language}: marks`, !wrong.test(text), text);
    await page.goto(`/${language}/FR-SN?amount=abc`);
    check(`${language}: marks of the title`, !wrong.test(await page.title()), await page.title());
  }
}

// Where a rate comes from is said in the reader's language: an invented one, and one that a law fixes.
async function sources(page) {
  for (const [corridor, said] of [["FR-MA", "inventé"], ["FR-SN", "taux fixe (BCEAO, décision 98/683/CE du Conseil de l’UE), le "]]) {
    await page.goto(`/fr/${corridor}?amount=200`);
    const words = page.locator(".words");
    check(`${corridor}: source`, (await words.innerText()).includes(said), await words.innerText());
    checkEqual(`${corridor}: nothing in English`, await words.locator("[lang=en]").count(), 0);
  }
}

const spaces = (text) => text.replace(/[\u00a0\u202f]/g, " ");

async function wrong(page, what, field, error) {
  checkEqual(`${what}: at the field`, spaces(await page.locator(`#${field}-error`).innerText()), error);
  checkEqual(`${what}: described by`, await page.getAttribute(`#${field}`, "aria-describedby"), `${field}-error`);
  checkEqual(`${what}: invalid`, await page.getAttribute(`#${field}`, "aria-invalid"), "true");
  checkEqual(`${what}: summary`, spaces(await page.locator(".summary a").innerText()), error);
  checkEqual(`${what}: summary leads there`, await page.getAttribute(".summary a", "href"), `#${field}`);
  check(`${what}: title`, /^(Error|Erreur)/.test(await page.title()));
  checkEqual(`${what}: no offers`, await page.locator(".card").count(), 0);
}

async function run(page) {
  for (const { language, corridor = "FR-SN", typed, error } of cases) {
    await page.goto(`/${language}/${corridor}`);
    await page.fill("#amount", typed);
    await page.locator("form button").click();
    await wrong(page, `${language} "${typed}"`, "amount", error);
    checkEqual(`${language} "${typed}": shown as typed`, await page.inputValue("#amount"), typed);
  }
  for (const { language, corridor = "FR-SN", typed, plain } of taken) {
    await page.goto(`/${language}/${corridor}`);
    await page.fill("#amount", typed);
    await page.locator("form button").click();
    checkEqual(`${language} "${typed}"`, new URL(page.url()).searchParams.get("amount"), plain);
    check(`${language} "${typed}": answered`, (await page.locator(".error").count()) === 0);
  }
  for (const { query, field, error } of countries) {
    const response = await page.goto(`/en/compare?${query}`);
    check(`${query}: status`, [400, 404].includes(response.status()), response.status());
    await wrong(page, query, field, error);
    checkEqual(`${query}: the amount stays`, await page.inputValue("#amount"), "200");
  }
  for (const { query, error } of choices) {
    const response = await page.goto(`/en/FR-SN?${query}`);
    checkEqual(`${query}: status`, response.status(), 400);
    check(`${query}: said`, (await page.locator(".summary").innerText()).includes(error));
    checkEqual(`${query}: no offers`, await page.locator(".card").count(), 0);
  }
  await page.goto("/en/FR-SN?amount=abc&currency=USD");
  check("the currency asked for stays", (await page.locator("#basis").innerText()).includes("USD"));
  checkEqual("a country without a currency", (await page.goto("/en/AQ-FR?amount=200")).status(), 404);
  await marks(page);
  await sources(page);
}

export default async function fields(browser) {
  await withPage(browser, { javaScriptEnabled: false }, run);
}
