// The reader's own sandbox token, for whoever has signed in to the console with this browser: nobody else's page asks
// for anything. The token is kept for this browser tab; the console gives the same one again, as long as it is good.
"use strict";

window.FinzBooksOwn = (function () {
  const DESK = "finzbooks-desk"; // there if somebody has signed in, with the books that were opened last; the console writes it
  const HELD = "finzbooks-own";
  const OFF = "finzbooks-own-off";
  const PATH = "/console/test-token";
  const BELIEVED_MS = 10 * 60 * 1000; // after that it is asked for anew, for it may have been revoked
  const API = location.origin + document.currentScript.dataset.api; // as this browser reaches it

  function isSignedIn() {
    return localStorage.getItem(DESK) !== null;
  }

  function isOff() {
    return localStorage.getItem(OFF) !== null;
  }

  function turn(on) {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
    forget();
  }

  function forget() {
    sessionStorage.removeItem(HELD);
  }

  function held() {
    const kept = JSON.parse(sessionStorage.getItem(HELD) || "null");
    return kept && Date.now() - kept.asked_at < BELIEVED_MS ? kept : undefined;
  }

  // A sandbox is made only where `mayFound` is said: reading an example is no reason for one.
  async function ask(mayFound) {
    const answer = await fetch(PATH);
    if (!answer.ok) return undefined;
    const { name, proof, books } = await answer.json();
    if (name === null) {
      localStorage.removeItem(DESK);
      return undefined;
    }
    const own = { name: name, choices: books, asked_at: Date.now() };
    const wanted = localStorage.getItem(DESK);
    const chosen = books.find(function (each) { return each.id === wanted; })
      || books.find(function (each) { return each.has_sandbox; })
      || books[0];
    if (!chosen || !(chosen.has_sandbox || mayFound)) return own;
    const given = await fetch(PATH, { method: "POST", body: new URLSearchParams({ token: proof, books: chosen.id }) });
    if (!given.ok) return own;
    Object.assign(own, await given.json());
    sessionStorage.setItem(HELD, JSON.stringify(own));
    return own;
  }

  // Returns who has signed in, with the token if there is one; nothing for all others.
  async function current({ anew = false, mayFound = false } = {}) {
    if (!isSignedIn() || isOff()) {
      forget();
      return undefined;
    }
    const believed = !anew && held();
    return believed || ask(mayFound).catch(function () { return undefined; });
  }

  function choose(books) {
    localStorage.setItem(DESK, books);
    forget();
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "link";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  // Where a page sets the two variables, as the quickstart does, they are set to what is one's own; elsewhere they are
  // written out, so that a command works wherever it is pasted.
  function withOwn(text, token, setsThem) {
    const named = text.replace(/aibk_pat_(test_)?…/g, token);
    if (setsThem) return named;
    return named
      .replaceAll("${AIBOOKS_URL%/api/*}", location.origin)
      .replaceAll("$AIBOOKS_URL", API)
      .replaceAll("$AIBOOKS_TOKEN", token)
      .replaceAll('"$AUTH"', `"Authorization: Bearer ${token}"`)
      .replaceAll('"$JSON"', '"Content-Type: application/json"')
      .replaceAll("new FinzBooks()", `new FinzBooks({ token: "${token}", url: "${API}" })`)
      .replace(/\bFinzBooks\(\)/g, `FinzBooks(token="${token}", url="${API}")`);
  }

  const line = document.querySelector("[data-own]");
  const examples = Array.from(document.querySelectorAll("figure.code:not(.answer) code"), function (code) {
    return { code: code, text: code.textContent };
  });

  let shown; // the token that examples have at present

  function write(token) {
    const setsThem = examples.some(function (each) { return /^export AIBOOKS_TOKEN=/m.test(each.text); });
    examples.forEach(function ({ code, text }) {
      const wanted = token ? withOwn(text, token, setsThem) : text;
      if (code.textContent !== wanted) code.textContent = wanted;
    });
  }

  // Paper outlives a token, and is left lying about.
  window.addEventListener("beforeprint", function () { write(undefined); });
  window.addEventListener("afterprint", function () { write(shown); });

  async function fillExamples() {
    if (!line || !examples.length) return;
    const own = await current();
    const token = own && own.token;
    shown = token;
    write(token);
    line.hidden = !isSignedIn() || !(token || isOff());
    line.replaceChildren(
      token ? `Signed in as ${own.name}: examples have your token for the sandbox of ${own.books.name}. ` : "Examples have no token. ",
      button(token ? "Leave it out" : "Put in my sandbox token", function () {
        turn(!token);
        fillExamples();
      }),
    );
  }

  // Whoever signs out leaves nothing in other tabs, nor in a page that the browser has put aside.
  function lookAgain() {
    if (isSignedIn()) return;
    forget();
    fillExamples();
  }
  window.addEventListener("storage", lookAgain);
  window.addEventListener("pageshow", function (event) { if (event.persisted) lookAgain(); });

  fillExamples();
  return { button: button, choose: choose, current: current, isOff: isOff, isSignedIn: isSignedIn, turn: turn };
})();
