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
    const fresh = document.createElement("div");
    place.replaceChildren(fresh);
    ui = SwaggerUIBundle({
      spec: spec,
      domNode: fresh,
      deepLinking: true,
      docExpansion: "list",
      filter: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      defaultModelsExpandDepth: 0,
      validatorUrl: null,
      onComplete: function () { closeLocks(); },
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
