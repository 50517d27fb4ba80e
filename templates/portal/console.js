// Starts Swagger UI and sends the caller's token with every call that is tried out.
// The token comes from the field or from #token=… in the address; it is kept for this browser tab only.
"use strict";

(function () {
  const KEY = "finzbooks-token";
  const field = document.getElementById("token");
  const state = document.getElementById("token-state");
  const place = document.getElementById("console");
  const question = document.getElementById("token-question");
  let ui;

  function token() {
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
    if (offered === token()) return;
    question.querySelector("[data-offered]").textContent = offered.slice(0, 17) + "…";
    question.querySelector("[data-kept]").hidden = !token();
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
    if (!schemes || !token()) return;
    schemes.forEach(function (scheme, name) {
      ui.authActions.authorizeOauth2({
        auth: { name: name, schema: scheme },
        token: { access_token: token(), token_type: "Bearer" },
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
    if (token() && new URL(request.url, location.href).origin === location.origin) {
      request.headers.Authorization = "Bearer " + token();
    }
    return request;
  }

  // Shows the console anew for the present token: whose ids stand in the examples depends on it.
  async function start() {
    const mine = token();
    place.removeAttribute("data-ready");
    field.value = mine;
    state.textContent = mine
      ? "Every call below is sent with this token. It is forgotten when the tab is closed."
      : "No token: calls will be answered with 401.";
    const contract = await (await fetch(place.dataset.spec)).json();
    const spec = await FinzBooksExamples.personal(contract, place.dataset.api, mine);
    if (mine !== token()) return; // another one was given meanwhile
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
    place.toggleAttribute("data-token", Boolean(mine));
    place.toggleAttribute("data-ready", true);
  }

  document.getElementById("token-form").addEventListener("submit", function (event) {
    event.preventDefault();
    keep(field.value.trim());
    start();
  });
  document.getElementById("forget").addEventListener("click", function () {
    keep("");
    start();
  });

  takeFromAddress();
  start();
})();
