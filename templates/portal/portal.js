// What the pages gain by JavaScript: buttons that copy, one language everywhere, members that open when they are linked
// to, and a search while one types. Without it everything can be read, and the search form asks the server.
"use strict";

(function () {
  const LANGUAGE = "finzbooks-language";
  const SHOWN = 12;

  document.querySelectorAll("figure.code").forEach(function (figure) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async function () {
      await navigator.clipboard.writeText(figure.querySelector("code").textContent);
      button.textContent = "Copied";
      setTimeout(function () { button.textContent = "Copy"; }, 2000);
    });
    figure.append(button);
  });

  // Opens whatever hides the place that the address names.
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  // A language that is chosen once is shown at every example, on every page.
  function choose(language) {
    document.querySelectorAll("details.language").forEach(function (each) {
      if (each.dataset.language === language) each.open = true;
    });
  }
  document.querySelectorAll("details.language > summary").forEach(function (summary) {
    summary.addEventListener("click", function () {
      if (summary.parentElement.open) return; // it is about to be closed
      localStorage.setItem(LANGUAGE, summary.parentElement.dataset.language);
      const before = summary.getBoundingClientRect().top;
      choose(summary.parentElement.dataset.language);
      window.scrollBy(0, summary.getBoundingClientRect().top - before);
      summary.parentElement.open = false; // the click itself opens it
    });
  });
  choose(localStorage.getItem(LANGUAGE) || "curl");

  document.querySelectorAll("input[data-filters]").forEach(function (field) {
    const sections = document.querySelectorAll(field.dataset.filters + " > section");
    field.addEventListener("input", function () {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      sections.forEach(function (section) {
        const entries = Array.from(section.querySelectorAll("li"));
        entries.forEach(function (entry) {
          const text = entry.textContent.toLowerCase();
          entry.hidden = !words.every(function (word) { return text.includes(word); });
        });
        section.hidden = entries.every(function (entry) { return entry.hidden; });
      });
    });
  });

  // The search: a combobox (ARIA) over the prebuilt index, which is fetched when the field is first used.
  const field = document.getElementById("q");
  if (!field) return;
  const list = document.createElement("ul");
  list.id = "found";
  list.className = "found";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Found");
  field.after(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-controls", "found");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-autocomplete", "list");
  let index;
  let chosen = -1;

  function entries() {
    index = index || fetch(field.dataset.index).then(function (answer) { return answer.json(); });
    return index;
  }

  // The same order as on the server: the title's beginning, the title, then whatever holds all words.
  function rank(entry, words) {
    const title = entry.title.toLowerCase();
    const text = title + " " + (entry.about + " " + entry.text).toLowerCase();
    if (!words.every(function (word) { return text.includes(word); })) return 0;
    return words.reduce(function (sum, word) {
      return sum + (title === word ? 8 : title.startsWith(word) ? 4 : title.includes(word) ? 2 : 0);
    }, 1) * entry.weight;
  }

  function close() {
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function option(entry, place) {
    const item = document.createElement("li");
    item.id = "found-" + place;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.path = entry.path;
    item.textContent = entry.title;
    const where = document.createElement("small");
    where.textContent = entry.kind + " · " + entry.about;
    item.append(where);
    item.addEventListener("mousedown", function (event) {
      event.preventDefault();
      go(entry.path);
    });
    return item;
  }

  function go(path) {
    close();
    location.assign(path);
  }

  function choosePlace(place) {
    const options = list.children;
    if (!options.length) return;
    chosen = (place + options.length) % options.length;
    Array.from(options).forEach(function (each, at) { each.setAttribute("aria-selected", String(at === chosen)); });
    options[chosen].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", options[chosen].id);
  }

  async function show() {
    const asked = field.value;
    const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return close();
    const all = await entries();
    if (asked !== field.value) return undefined;
    const found = all
      .map(function (entry, at) { return [rank(entry, words), at, entry]; })
      .filter(function (each) { return each[0] > 0; })
      .sort(function (one, other) { return other[0] - one[0] || one[1] - other[1]; })
      .slice(0, SHOWN);
    list.replaceChildren(...found.map(function (each, place) { return option(each[2], place); }));
    chosen = -1;
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(found.length > 0));
    field.removeAttribute("aria-activedescendant");
    return undefined;
  }

  field.addEventListener("focus", entries);
  field.addEventListener("input", show);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", function (event) {
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choosePlace(event.key === "ArrowDown" ? chosen + 1 : Math.max(chosen, 0) - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      go(list.children[chosen].dataset.path);
    }
  });
  document.addEventListener("keydown", function (event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      field.focus();
    }
  });
})();
