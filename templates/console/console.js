// Starts Swagger UI and sends the caller's token with every call that is tried out.
// The token comes from the field or from #token=… in the address; it is kept for this browser tab only.
"use strict";

(function () {
  const KEY = "finzbooks-token";
  const field = document.getElementById("token");
  const state = document.getElementById("token-state");
  const place = document.getElementById("console");
  let ui;

  function takeFromAddress() {
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    if (token) {
      sessionStorage.setItem(KEY, token);
      // A token must not stay in the address, where it is copied and kept in the history.
      history.replaceState(null, "", location.pathname + location.search);
    }
  }

  function token() {
    return sessionStorage.getItem(KEY) || "";
  }

  function show() {
    field.value = token();
    state.textContent = token()
      ? "Every call below is sent with this token. It is forgotten when the tab is closed."
      : "No token: calls will be answered with 401.";
    closeLocks();
  }

  // Shows the operations as authorized; what is sent is decided by the interceptor below.
  function closeLocks() {
    const schemes = ui && ui.specSelectors.securityDefinitions();
    if (!schemes) return;
    const names = schemes.keySeq().toArray();
    if (!token()) {
      ui.authActions.logout(names);
      return;
    }
    names.forEach(function (name) {
      ui.authActions.authorizeOauth2({
        auth: { name: name, schema: schemes.get(name) },
        token: { access_token: token(), token_type: "Bearer" },
      });
    });
  }

  document.getElementById("token-form").addEventListener("submit", function (event) {
    event.preventDefault();
    sessionStorage.setItem(KEY, field.value.trim());
    show();
  });
  document.getElementById("forget").addEventListener("click", function () {
    sessionStorage.removeItem(KEY);
    show();
  });

  takeFromAddress();
  ui = SwaggerUIBundle({
    url: place.dataset.spec,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    filter: true,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    onComplete: show,
    requestInterceptor: function (request) {
      if (token() && new URL(request.url, location.href).origin === location.origin) {
        request.headers.Authorization = "Bearer " + token();
      }
      return request;
    },
  });
  window.ui = ui;
  show();
})();
