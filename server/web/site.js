// Answers while one types. Everything works without it: the same form and links, a page at a time.
(() => {
  "use strict";
  const form = document.querySelector(".question");
  const said = document.getElementById("said"); // above an answer only
  let waiting;
  let running;

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

  const question = () => {
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    return `${form.action}?${asked}`;
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
  };

  const fields = (page, all) => {
    for (const hidden of form.querySelectorAll("[type=hidden]")) hidden.remove();
    for (const field of page.querySelectorAll(".question :is(input, select)")) {
      const old = field.id && document.getElementById(field.id);
      if (!old) form.append(field);
      else if (all || old !== document.activeElement) old.replaceWith(field);
    }
  };

  const put = (page, selector) => {
    const old = document.querySelector(selector);
    const fresh = page.querySelector(selector);
    if (old && fresh) old.replaceWith(fresh);
    else if (old) old.remove();
    else if (fresh) document.querySelector(selector === ".filters" ? ".ask" : ".layout").append(fresh);
  };

  const show = (page, url, step) => {
    const open = new Set([...document.querySelectorAll(".card [open] summary")].map((s) => s.textContent));
    const focus = document.activeElement.closest(".filters a")?.getAttribute("href");
    const unfolded = !focus && document.querySelector(".filters [open]") !== null; // a choice folds them again
    document.title = page.title;
    for (const selector of ["h1", ".languages", ".answer", ".filters", ".more"]) put(page, selector);
    document.querySelector(".summary")?.remove();
    fields(page, !step); // going back, what is typed gives way too
    errors(page);
    if (step) history[step](null, "", url);
    for (const summary of document.querySelectorAll(".card summary"))
      if (open.has(summary.textContent)) summary.parentElement.open = true;
    const fold = document.querySelector(".filters summary");
    if (unfolded && fold) fold.parentElement.open = true;
    if (focus && fold?.checkVisibility()) fold.focus();
    else if (focus) {
      const links = [...document.querySelectorAll(".filters a")];
      (links.find((link) => link.getAttribute("href") === focus) ?? links[0])?.focus();
    }
    buttons();
    said.textContent = [".answer h2", ".best h3", ".best .headline"]
      .map((selector) => document.querySelector(selector)?.textContent ?? "").join(" ");
  };

  const load = async (url, step) => {
    running?.abort();
    const mine = (running = new AbortController());
    try {
      const response = await fetch(url, { signal: mine.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (mine !== running) return;
      const answered = page.querySelector(".answer") !== null;
      document.querySelector(".layout").toggleAttribute("data-stale", !answered);
      if (answered) show(page, response.url, step);
      else if (page.querySelector(".question .error")) errors(page);
      else location.assign(url);
    } catch (error) {
      if (error.name !== "AbortError") location.assign(url); // the browser says what is wrong
    }
  };

  const buttons = () => {
    for (const button of document.querySelectorAll("[data-share], [data-print]")) button.hidden = false;
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => load(question(), "replaceState"), 300);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    load(question(), "replaceState");
  });
  addEventListener("popstate", () => load(location.href));
  document.addEventListener("click", async (event) => {
    const filter = event.target.closest(".filters a");
    const share = event.target.closest("[data-share]");
    if (filter && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      filter.focus();
      load(filter.href, "pushState");
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
})();
