// Answers while one types. Everything works without it: the same form and links, a page at a time.
(() => {
  "use strict";
  const form = document.querySelector(".question");
  const said = document.getElementById("said"); // above an answer only
  let waiting; // the timer of a question that is still being typed
  let running;
  const here = () => location.href.split("#")[0];
  let shown = here(); // or to be shown, on the way back to it

  // The home page: the currency follows the country, until the reader chooses one.
  const currency = document.getElementById("currency");
  currency?.addEventListener("change", () => currency.toggleAttribute("data-chosen", true));
  document.getElementById("from")?.addEventListener("change", ({ target }) => {
    const own = target.selectedOptions[0]?.dataset.currency;
    if (currency && own && !currency.hasAttribute("data-chosen")) currency.value = own;
  });

  // From the second page on somebody stays: then the last pages are kept for when there is no network (sw.js). That it is
  // the second is told by the style sheet, which was in the browser already; nothing is stored to know it.
  const style = performance.getEntriesByType("resource").find(({ name }) => name.includes("/assets/style."));
  if ("serviceWorker" in navigator && style?.transferSize === 0) {
    navigator.serviceWorker.register("/sw.js").catch(() => {});
    const manifest = document.createElement("link");
    manifest.rel = "manifest";
    manifest.href = `/${document.documentElement.lang}/manifest.webmanifest`;
    document.head.append(manifest);
  }
  if (!form || !said) return;

  const question = (value = (field) => field.value) => {
    const asked = [...form.elements].map((field) => [field.name, value(field)]).filter((pair) => pair.every((part) => part !== ""));
    return `${form.action}?${new URLSearchParams(asked)}`;
  };
  // What the answer below is to: at first what came with it, not what was typed before this script was here.
  const written = ({ options, defaultValue, value }) =>
    options ? ([...options].find((option) => option.defaultSelected) ?? options[0]).value : (defaultValue ?? value);
  let answered = question(written);

  // A choice is put into the form at once, beside what is being typed.
  const choose = (chosen) => {
    for (const hidden of form.querySelectorAll("[type=hidden]")) hidden.remove();
    const own = new Set([...form.elements].map(({ name }) => name));
    for (const [name, value] of chosen) {
      if (own.has(name)) continue;
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name, value });
      form.append(hidden);
    }
  };

  // What stands at a field in the new page, put at the same field here without taking the focus off it.
  const errors = (page) => {
    for (const old of form.querySelectorAll(".error")) old.remove();
    for (const field of form.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
    for (const error of page.querySelectorAll(".question .error")) {
      const field = document.getElementById(error.id.replace("-error", ""));
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", error.id);
      field.before(error);
    }
    said.textContent = form.querySelector(".error")?.textContent ?? "";
  };

  const fields = (page, all) => {
    for (const hidden of form.querySelectorAll("[type=hidden]")) hidden.remove();
    for (const field of page.querySelectorAll(".question :is(input, select)")) {
      const old = field.id && document.getElementById(field.id);
      if (!old) form.append(field);
      else if (all || (old !== document.activeElement && !waiting)) old.replaceWith(field);
    }
  };

  const put = (page, selector) => {
    const old = document.querySelector(selector);
    const fresh = page.querySelector(selector);
    if (old && fresh) old.replaceWith(fresh);
    else if (old) old.remove();
    else if (fresh?.closest("main")) document.querySelector(selector === ".filters" ? ".ask" : ".layout").append(fresh);
    else if (fresh) document.querySelector("main").before(fresh);
  };

  // The elements that a reader takes for the same, also in what takes its place.
  const alike = ({ id, tagName, textContent }) =>
    [...document.querySelectorAll(id ? `#${id}` : tagName)].filter((other) => id || other.textContent === textContent);

  const show = (page, url, step) => {
    const folds = () => [...document.querySelectorAll("details > summary")].filter((summary) => !summary.closest(".filters"));
    const open = new Set(folds().filter((summary) => summary.parentElement.open).map((summary) => summary.textContent));
    const focus = document.activeElement;
    const place = alike(focus).indexOf(focus);
    const chosen = focus.matches(".filters a");
    const unfolded = !chosen && document.querySelector(".filters [open]") !== null; // a choice folds them again
    document.title = page.title;
    const links = "[rel=canonical], [rel=alternate]"; // by which browsers share and follow a page
    for (const old of document.head.querySelectorAll(links)) old.remove();
    document.head.append(...page.head.querySelectorAll(links));
    for (const selector of ["aside.demonstration", ".paper", "h1", ".languages", ".answer", ".filters", ".more"]) put(page, selector);
    for (const old of document.querySelectorAll(".summary, p.demonstration")) old.remove(); // the latter: of sw.js
    fields(page, !step); // going back, what is typed gives way too
    errors(page);
    if (step) history[step](null, "", url);
    shown = url;
    if (!waiting) answered = question();
    for (const summary of folds()) if (open.has(summary.textContent)) summary.parentElement.open = true;
    const fold = document.querySelector(".filters summary");
    if (unfolded && fold) fold.parentElement.open = true;
    if (chosen && fold?.getClientRects().length) fold.focus(); // it is seen on a phone only
    else if (!focus.isConnected) (alike(focus)[place] ?? alike(focus)[0] ?? (chosen && document.querySelector(".filters a")))?.focus();
    buttons();
    said.textContent = [".answer h2", ".empty p", ".best h3", ".best .headline"]
      .map((selector) => document.querySelector(selector)?.textContent ?? "").join(" ");
  };

  // A link that is replaced under a finger would never learn that it was pressed: the answer waits until it is lifted, and
  // for the click after it.
  let lifted;
  addEventListener("pointerdown", ({ target, button }) => {
    if (button !== 0 || !target.closest("a, summary, button")) return;
    lifted = new Promise((done) => {
      for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(done, 50), { once: true });
      setTimeout(done, 3000); // whatever became of it
    });
  });

  // What a page is shown with. After a new release the whole page is loaded, once it need not wait for what is being typed.
  const release = (page) => [...page.querySelectorAll("[href^='/assets/style.'], [src^='/assets/site.']")]
    .map((asset) => asset.getAttribute("href") ?? asset.getAttribute("src")).join();

  // While one types, what cannot be answered leaves the last answer there; who asks outright is led on.
  const load = async (url, step, typing) => {
    running?.abort();
    clearTimeout(waiting);
    waiting = 0;
    const mine = (running = new AbortController());
    document.querySelector(".layout").toggleAttribute("data-stale", true); // seen when the answer takes long
    try {
      const response = await fetch(url, { signal: mine.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      await lifted;
      if (mine !== running) return;
      const found = page.querySelector(".answer") !== null;
      document.querySelector(".layout").toggleAttribute("data-stale", !found);
      if (found && !typing && release(page) !== release(document)) location.assign(response.url);
      else if (found) show(page, response.url, step);
      else if (page.querySelector(".question .error")) errors(page);
      else if (!typing || response.status < 500) location.assign(url);
    } catch (error) {
      if (error.name === "AbortError") return;
      // What is shown may be kept (sw.js); else the browser says what is wrong.
      if (!typing) location.assign(question() === answered ? shown : url);
    }
  };

  const buttons = () => {
    for (const button of document.querySelectorAll("[data-share], [data-print]")) button.hidden = false;
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => load(question(), "replaceState", true), 300);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    load(question(), "replaceState");
  });
  addEventListener("popstate", () => {
    if (here() === shown) return; // a way within the page
    shown = here();
    load(shown);
  });
  const catchUp = () => {
    if (question() !== answered) load(question(), "replaceState", true);
  };
  addEventListener("online", catchUp);
  document.addEventListener("click", async (event) => {
    const filter = event.target.closest(".filters a");
    const share = event.target.closest("[data-share]");
    if (filter && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      filter.focus();
      const typed = question() !== answered;
      choose(new URL(filter.href).searchParams);
      load(typed ? question() : filter.href, "pushState");
    } else if (event.target.closest("[data-print]")) {
      print();
    } else if (share && navigator.share) {
      navigator.share({ title: document.title, url: location.href }).catch(() => {});
    } else if (share) {
      try {
        await navigator.clipboard.writeText(location.href); // not there without https, and may be forbidden
      } catch {
        document.getElementById("address").select(); // for the reader to copy
        return;
      }
      said.textContent = share.dataset.done;
      share.textContent = share.dataset.done;
    }
  });
  buttons();
  catchUp();
})();
