// The API's description by another hand's rules (Redocly's recommended ones): no reference that leads nowhere, no example
// against its own schema, nothing required that is not described. tests/server holds it against the answers themselves.
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { base, check } from "./lib.mjs";

const rules = {
  "no-path-trailing-slash": "off", // /data/ is a folder of things to download, and its address
  "operation-4xx-response": "off", // /healthz, /openapi.json and their like take nothing that could be wrong
};

export default async function openapi() {
  const source = await (await fetch(`${base}/openapi.json`)).text();
  const config = await createConfig({ extends: ["recommended"], rules });
  const lint = async (text) => lintFromString({ source: text, absoluteRef: "openapi.json", config });

  const problems = await lint(source);
  check("openapi.json", problems.length === 0,
    problems.map((p) => `${p.location[0]?.pointer} ${p.ruleId}: ${p.message}`).join("; "));
  const spoilt = JSON.parse(source);
  delete spoilt.components.schemas.Comparison.properties.not_compared.items.properties.reason;
  check("a description with a gap is found out", (await lint(JSON.stringify(spoilt))).length > 0);
}
