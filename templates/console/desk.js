// What pages of the console do beside showing: all of it works without, but for copying.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    button.textContent = "Copied";
  });
}

// <input data-filter="ID"> hides those children of an element that do not hold what is typed.
for (const input of document.querySelectorAll("[data-filter]")) {
  const lines = document.querySelectorAll(`#${input.dataset.filter} [data-line]`);
  input.closest("[hidden]")?.removeAttribute("hidden");
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const line of lines) line.hidden = !line.textContent.toLowerCase().includes(wanted);
  });
}

// On a telephone the menu begins closed.
const menu = document.querySelector(".menu");
if (menu && matchMedia("(max-width: 55rem)").matches) menu.open = false;

// The preview of a template follows what is filled in.
const preview = document.getElementById("show-preview");
if (preview && getComputedStyle(document.querySelector("iframe[name=preview]")).display !== "none") {
  let waiting;
  const show = () => preview.form.requestSubmit(preview);
  preview.form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 300);
  });
  show();
}

// The documentation is the same for everybody; from here its scripts know whether somebody has signed in with this
// browser, and whose books were opened last.
const desk = document.body.dataset;
if ("user" in desk) {
  localStorage.setItem("finzbooks-desk", desk.books ?? localStorage.getItem("finzbooks-desk") ?? "");
} else if (location.pathname === "/console/sign-in") {
  localStorage.removeItem("finzbooks-desk");
  sessionStorage.removeItem("finzbooks-own");
}
