#!/usr/bin/env node
// Makes server/web/world.txt, the paths of the observatory's map, from the npm package world-atlas (Natural Earth, public
// domain). Run once, by hand, in a folder of its own:
//
//   npm install world-atlas topojson-client d3-geo i18n-iso-countries
//   node .../deploy/dev/world_map.mjs > .../server/web/world.txt
//
// A line a country: its alpha-2 code and the path in a box of 1000 x 500, whole numbers. Then, for each country too small to
// be seen or to be drawn at all, "@ x y", the middle of a dot. Countries are known by their ISO 3166-1 numeric codes; Kosovo,
// which has none, by name.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const require = createRequire(path.join(process.cwd(), "/"));
const { feature } = await import(require.resolve("topojson-client"));
const { geoNaturalEarth1, geoPath, geoCentroid } = await import(require.resolve("d3-geo"));

const read = (scale) => {
  const atlas = JSON.parse(readFileSync(require.resolve(`world-atlas/countries-${scale}.json`)));
  return feature(atlas, atlas.objects.countries).features;
};
const { numericToAlpha2 } = require("i18n-iso-countries");
const codeOf = (country) => country.properties.name === "Kosovo" ? "XK" : numericToAlpha2(country.id);

const coarse = read("110m").filter((country) => codeOf(country) && codeOf(country) !== "AQ");
const fine = read("50m");
const projection = geoNaturalEarth1().fitExtent([[2, 2], [998, 498]], { type: "FeatureCollection", features: coarse });

// Whole numbers, each point relative to the one before: a third of the bytes of absolute ones.
function relative(absolute) {
  return absolute.split("M").filter(Boolean).map((ring) => {
    const points = ring.replace("Z", "").split("L").map((pair) => pair.split(",").map((v) => Math.round(Number(v))));
    let [x, y] = points[0];
    let out = `M${x} ${y}`;
    let drawn = 0;
    for (const [nextX, nextY] of points.slice(1)) {
      if (nextX === x && nextY === y) continue;
      out += `${drawn++ === 0 ? "l" : nextX - x < 0 ? "" : " "}${nextX - x}${nextY - y < 0 ? "" : " "}${nextY - y}`;
      [x, y] = [nextX, nextY];
    }
    return drawn < 2 ? "" : `${out}z`;
  }).join("");
}

// On a phone a unit is a third of a pixel: what covers less than this is all outline.
const SEEN = 50;

// The largest of a country's islands, which a dot is put on.
function largest({ geometry: { type, coordinates } }) {
  const parts = (type === "Polygon" ? [coordinates] : coordinates).map((rings) => ({ type: "Polygon", coordinates: rings }));
  return parts.sort((a, b) => drawn.area(b) - drawn.area(a))[0];
}

const drawn = geoPath(projection);
const paths = new Map();
const dots = new Map();
const dot = ([x, y]) => `@ ${Math.round(x)} ${Math.round(y)}`;
for (const country of coarse) {
  const path = relative(drawn(country) ?? "");
  if (!path) continue;
  paths.set(codeOf(country), path);
  const island = largest(country);
  if (drawn.area(island) < SEEN) dots.set(codeOf(country), dot(drawn.centroid(island)));
}
for (const country of fine) {
  const code = codeOf(country);
  if (code && code !== "AQ" && !paths.has(code)) dots.set(code, dot(projection(geoCentroid(country))));
}
for (const [code, path] of [...[...paths].sort(), ...[...dots].sort()]) console.log(`${code} ${path}`);
