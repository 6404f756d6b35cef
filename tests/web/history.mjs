// How prices moved: the chart's table holds the averages that /v1/corridors/{id}?period= gives, in every language.
import { parse } from "node-html-parser";
import { base, check, checkEqual, languages, plain } from "./lib.mjs";

// Figures of quarters are worked out in the background after the start.
async function section(language) {
  for (let tries = 0; tries < 60; tries++) {
    const page = parse(await (await fetch(`${base}/${language}/FR-SN?amount=201`)).text());
    const found = page.querySelector("#history");
    if (found) return found;
    await new Promise((done) => setTimeout(done, 1000));
  }
  return null;
}

export default async function history() {
  const quarters = [];
  const now = new Date();
  for (let back = 0; back < 4; back++) {
    const quarter = now.getUTCFullYear() * 4 + Math.floor(now.getUTCMonth() / 3) - back;
    quarters.push(`${Math.floor(quarter / 4)}-Q${(quarter % 4) + 1}`);
  }
  const told = await Promise.all(quarters.map(async (period) =>
    (await fetch(`${base}/v1/corridors/FR-SN?period=${period}`)).json()));

  for (const language of languages) {
    const found = await section(language);
    check(`${language}: there is a chart`, found !== null);
    if (!found) continue;
    const rows = found.querySelectorAll("tbody tr").map((row) => row.querySelectorAll("td").map((cell) => plain(cell.text, language)));
    check(`${language}: it has a table`, rows.length >= 4, rows.length);
    told.slice(1).forEach((figures, i) => {
      const average = figures.average_pct;
      check(`${language} ${quarters[i + 1]}: average`, Math.abs(Number(rows[i + 1]?.[0]) - Number(average)) < 0.0051,
        `${rows[i + 1]?.[0]} instead of ${average}`);
    });
    checkEqual(`${language}: a line for each figure`, found.querySelectorAll("svg path.average, svg path.best, svg path.smart").length >= 3, true);
    check(`${language}: a title and a description`, found.querySelector("title")?.text !== "" && found.querySelector("desc")?.text !== "");
  }
}
