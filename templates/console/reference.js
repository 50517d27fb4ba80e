// Filters the table of contents while one types.
"use strict";

(function () {
  const entries = Array.from(document.querySelectorAll("#contents li"));
  document.getElementById("filter").addEventListener("input", function (event) {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    entries.forEach(function (entry) {
      const text = entry.textContent.toLowerCase();
      entry.hidden = !words.every(function (word) { return text.includes(word); });
    });
    document.querySelectorAll("#contents details").forEach(function (group) {
      group.hidden = !group.querySelector("li:not([hidden])");
    });
  });
})();
