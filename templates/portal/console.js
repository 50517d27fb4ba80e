// Starts Swagger UI and sends the caller's token with every call that is tried out.
// The token comes from the field or from #token=… in the address, or is the reader's own for the sandbox (own.js); it is
// kept for this browser tab only.
"use strict";

(function () {
  const KEY = "finzbooks-token";
  const field = document.getElementById("token");
  const state = document.getElementById("token-state");
  const place = document.getElementById("console");
  const question = document.getElementById("token-question");
  const line = document.getElementById("own");
  let ui;
  let starts = 0;
  let used = ""; // what calls are sent with

  function given() {
    return sessionStorage.getItem(KEY) || "";
  }

  function keep(value) {
    if (value) sessionStorage.setItem(KEY, value);
    else sessionStorage.removeItem(KEY);
  }

  // Whoever makes the address chooses whose books are written to, so a token in it is taken only if the reader says so.
  function takeFromAddress() {
    const offered = new URLSearchParams(location.hash.slice(1)).get("token");
    if (!offered) return;
    // A token must not stay in the address, where it is copied and kept in the history.
    history.replaceState(null, "", location.pathname + location.search);
    if (offered === given()) return;
    question.querySelector("[data-offered]").textContent = offered.slice(0, 17) + "…";
    question.querySelector("[data-kept]").hidden = !given();
    question.addEventListener("close", function () {
      if (question.returnValue !== "take") return;
      keep(offered);
      start();
    }, { once: true });
    question.showModal();
  }

  // Shows the operations as authorized; what is sent is decided by the interceptor below.
  function closeLocks() {
    const schemes = ui.specSelectors.securityDefinitions();
    if (!schemes || !used) return;
    schemes.forEach(function (scheme, name) {
      ui.authActions.authorizeOauth2({
        auth: { name: name, schema: scheme },
        token: { access_token: used, token_type: "Bearer" },
      });
    });
  }

  // The field above the operations looks through their addresses, names and summaries, not through tags alone.
  function FindOperations() {
    function isMeant(operation, tag, words) {
      const text = [
        tag, operation.get("method"), operation.get("path"),
        operation.getIn(["operation", "operationId"]), operation.getIn(["operation", "summary"]),
      ].join(" ").toLowerCase();
      return words.every(function (word) { return text.includes(word); });
    }
    function opsFilter(tags, phrase) {
      const words = phrase.toLowerCase().split(/\s+/).filter(Boolean);
      return tags
        .map(function (each, tag) {
          return each.update("operations", function (operations) {
            return operations.filter(function (operation) { return isMeant(operation, tag, words); });
          });
        })
        .filter(function (each) { return each.get("operations").size > 0; });
    }
    return { fn: { opsFilter: opsFilter } };
  }

  // The reference leads to #/tag/operation.
  function openNamed() {
    const [, tag, operation] = location.hash.split("/");
    const block = document.getElementById("operations-" + tag + "-" + operation);
    if (!block) return;
    ui.layoutActions.show(["operations", tag, operation], true);
    block.scrollIntoView();
  }
  window.addEventListener("hashchange", openNamed);

  // Swagger UI is light or dark by a class, not by what the reader prefers.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function followScheme() {
    document.documentElement.classList.toggle("dark-mode", dark.matches);
  }
  dark.addEventListener("change", followScheme);
  followScheme();

  // Swagger UI says that it is complete before anything stands on the page.
  function whenDrawn(within) {
    const field = within.querySelector(".operation-filter-input");
    if (!field || !within.querySelector(".opblock")) {
      if (within.isConnected) requestAnimationFrame(function () { whenDrawn(within); });
      return;
    }
    field.placeholder = "Find an operation: approve invoice";
    field.setAttribute("aria-label", "Find an operation");
    openNamed();
  }

  function withToken(request) {
    if (used && new URL(request.url, location.href).origin === location.origin) {
      request.headers.Authorization = "Bearer " + used;
    }
    return request;
  }

  // Whose books of several: their sandboxes are chosen among.
  function chooser(own) {
    const select = document.createElement("select");
    select.setAttribute("aria-label", "Books");
    own.choices.forEach(function (each) {
      select.add(new Option(each.name, each.id, false, each.id === own.books.id));
    });
    select.addEventListener("change", function () {
      FinzBooksOwn.choose(select.value);
      start();
    });
    return select;
  }

  function link(path, text) {
    const made = document.createElement("a");
    made.href = path;
    made.textContent = text;
    return made;
  }

  function takeOwn() {
    keep("");
    FinzBooksOwn.turn(true);
    start();
  }

  // Says on top whose sandbox calls go to; nothing to whoever has not signed in.
  function tell(own) {
    line.hidden = !FinzBooksOwn.isSignedIn();
    if (!own) line.replaceChildren("You have signed in. ", FinzBooksOwn.button("Use my sandbox token", takeOwn));
    else if (own.token) {
      line.replaceChildren(
        `Signed in as ${own.name}: calls go to the sandbox of `,
        own.choices.length > 1 ? chooser(own) : own.books.name,
        ", where nothing counts, with a ",
        link(own.path, "token of yours"),
        ` that ends at ${new Date(own.ends_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}.`,
      );
    } else if (own.choices.length) line.replaceChildren(`Signed in as ${own.name}, but no token could be had just now.`);
    else line.replaceChildren(`Signed in as ${own.name}. `, link("/console/found", "Found an organization"), " to try calls out in its sandbox.");
  }

  // Shows the console anew for the present token: whose ids stand in the examples depends on it.
  async function start() {
    const mine = ++starts;
    place.removeAttribute("data-ready");
    const own = given() ? undefined : await FinzBooksOwn.current({ anew: true, mayFound: true });
    if (mine !== starts) return; // another token was given meanwhile
    used = given() || (own && own.token) || "";
    field.value = used;
    state.textContent = used
      ? "Every call below is sent with this token. It is forgotten when the tab is closed."
      : "No token: calls will be answered with 401.";
    tell(own);
    const contract = await (await fetch(place.dataset.spec)).json();
    const spec = await FinzBooksExamples.personal(contract, place.dataset.api, used);
    if (mine !== starts) return;
    spec.info.description = ""; // the guides have it; here it would stand before the operations
    const fresh = document.createElement("div");
    place.replaceChildren(fresh);
    ui = SwaggerUIBundle({
      spec: spec,
      domNode: fresh,
      deepLinking: false, // it complains of every operation id with an underscore
      docExpansion: "list",
      filter: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      defaultModelsExpandDepth: 0,
      validatorUrl: null,
      plugins: [FindOperations],
      onComplete: function () {
        closeLocks();
        whenDrawn(fresh);
      },
      requestInterceptor: withToken,
    });
    window.ui = ui;
    place.toggleAttribute("data-token", Boolean(used));
    place.toggleAttribute("data-ready", true);
  }

  document.getElementById("token-form").addEventListener("submit", function (event) {
    event.preventDefault();
    if (field.value.trim() !== used) keep(field.value.trim());
    start();
  });
  document.getElementById("forget").addEventListener("click", function () {
    keep("");
    if (FinzBooksOwn.isSignedIn()) FinzBooksOwn.turn(false);
    start();
  });

  takeFromAddress();
  start();
})();
