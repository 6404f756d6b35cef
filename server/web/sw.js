// Keeps the pages that were last seen readable without a network, and says how old they are. It keeps nothing else, and is
// fetched from the second page on (site.js).
const KEPT = "pages";
const MOST = 12; // pages, and as many assets, those of a few releases

const WORDS = /<meta name='offline' content='([^']*)'/;

const isPage = (request) => request.mode === "navigate" && request.method === "GET";
const isAsset = (url) => url.origin === location.origin && url.pathname.startsWith("/assets/");
// A question of site.js, whose answer is put into the page that is there.
const isAnswer = ({ url, method, destination }) =>
  method === "GET" && destination === "" && /^\/[a-z]{2}\//.test(new URL(url).pathname);
// Not what is followed, downloaded or read by programs: it could not say its age, and may be large.
const isHtml = ({ ok, headers }) => ok && (headers.get("content-type") ?? "").startsWith("text/html");
const isKept = (response) => isHtml(response) && !response.redirected;

// The newest pages, and the assets that they need. Where there is no room for them, they are shown all the same; what
// breaks off on the way takes nothing's place.
async function keep(request, response) {
  const whole = new Response(await response.blob(), response);
  const cache = await caches.open(KEPT);
  await cache.delete(request);
  await cache.put(request, whole);
  const assets = isAsset(new URL(request.url));
  const alike = (await cache.keys()).filter((kept) => isAsset(new URL(kept.url)) === assets);
  for (const old of alike.slice(0, Math.max(0, alike.length - MOST))) await cache.delete(old);
}

// A page that can say its age, which a frame for other sites cannot. What a page that was answered in place needs was
// fetched by no page yet after a new release.
async function keepPage(request, response) {
  const text = await response.clone().text();
  if (!WORDS.test(text)) return;
  await keep(request, response);
  for (const [, address] of text.matchAll(/(?:href|src)='(\/assets\/[^']+)'/g)) await asset(new Request(address));
}

// A kept page, with a line above it that says when it was fetched, in the page's own language.
async function aged(response) {
  const text = await response.text();
  const lang = /<html lang='([a-z]+)'/.exec(text)?.[1] ?? "en";
  const words = WORDS.exec(text)?.[1] ?? "";
  const locale = { ar: "ar-u-nu-arab", en: "en-001", pt: "pt-PT" }[lang] ?? lang; // as the server writes them (i18n.c)
  const date = new Date(response.headers.get("date"));
  const when = date.toLocaleString(locale, { dateStyle: "long", timeStyle: "short" }).replaceAll(" ", "\u00a0");
  const line = `<p class='demonstration' role='status'>${words.replace("{when}", when)}</p>`;
  return new Response(text.replace("<main", `${line}\n<main`), { headers: response.headers });
}

// It becomes a page of its own address, to which the question leads. While one types, each takes the place of the last,
// which no way leads back to: else the digits of a few amounts would push out every other page.
let typed;
async function answer(event) {
  const { request, clientId } = event;
  const response = await fetch(request);
  if (!isHtml(response)) return response;
  const { url } = response;
  const typing = new URL(request.url).pathname.endsWith("/compare");
  const over = typing && typed?.clientId === clientId && typed.url !== url ? typed : null;
  const keeping = keepPage(new Request(url), response.clone());
  typed = typing ? { clientId, url, kept: keeping.catch(() => {}) } : null;
  const replace = async () => {
    await Promise.all([keeping, over?.kept]);
    if (over) await (await caches.open(KEPT)).delete(over.url);
  };
  event.waitUntil(replace().catch(() => {}));
  return response;
}

// The pages that are open when it is fetched, which did not come through it.
async function keepOpen() {
  for (const { url } of await clients.matchAll({ type: "window", includeUncontrolled: true })) {
    const response = await fetch(url);
    if (isKept(response)) await keepPage(new Request(url), response);
  }
}

async function page(event) {
  const { request } = event;
  try {
    // Asked anew, since the browser's own cache would give an old page without its age.
    const response = await fetch(request, { cache: "no-cache" });
    // Beside its being shown, which does not wait for the page's end.
    if (isKept(response)) event.waitUntil(keepPage(request, response.clone()).catch(() => {}));
    return response;
  } catch (error) {
    const kept = await caches.match(request, { cacheName: KEPT, ignoreVary: true });
    if (kept) return aged(kept);
    throw error;
  }
}

async function asset(request) {
  const kept = await caches.match(request, { cacheName: KEPT, ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await keep(request, response.clone()).catch(() => {});
  return response;
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), keepOpen().catch(() => {})])));
addEventListener("fetch", (event) => {
  if (isPage(event.request)) event.respondWith(page(event));
  else if (isAnswer(event.request)) event.respondWith(answer(event));
  else if (isAsset(new URL(event.request.url))) event.respondWith(asset(event.request));
});
