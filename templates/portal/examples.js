// Makes the contract ready to be tried out: what is optional is left empty, and ids in examples are ids that exist.
// Where real ids come from is read from the contract: a list's link to the operation that shows one names both.
"use strict";

window.FinzBooksExamples = (function () {
  const METHODS = ["get", "post", "put", "delete"];
  const ID = /\b([a-z]+)_01[0-9a-z]{24}\b/g;
  // Members whose ids are of one sort among those of their prefix; and whose GST a report tells, for firms with several.
  const NARROWER = {
    customer_id: { list: "/contacts?contact_type=CUSTOMER", id: "contact_id" },
    vendor_id: { list: "/contacts?contact_type=VENDOR", id: "contact_id" },
    paid_through_account_id: { list: "/bank_accounts", id: "account_id" },
    return_id: { list: "/gst/returns?status=FILED", id: "return_id" },
    gstin: { list: "/branches", id: "gstin" },
  };

  function resolved(spec, node) {
    while (node && node.$ref) {
      node = node.$ref.slice(2).split("/").reduce(function (at, part) { return at[part]; }, spec);
    }
    return node;
  }

  function operations(spec) {
    return Object.entries(spec.paths).flatMap(function ([path, item]) {
      return METHODS.filter(function (method) { return item[method]; }).map(function (method) {
        return { path: path, method: method, operation: item[method] };
      });
    });
  }

  // An example in an optional parameter would be sent as it stands: somebody else's organization, a fixed key.
  function emptyOptional(spec) {
    operations(spec).forEach(function ({ operation }) {
      operation.parameters = operation.parameters.map(function (reference) {
        const parameter = structuredClone(resolved(spec, reference));
        if (!parameter.required) {
          delete parameter.example;
          parameter.schema = structuredClone(resolved(spec, parameter.schema));
          delete parameter.schema.example;
          (parameter.schema.allOf || []).forEach(function (part, place, all) {
            all[place] = structuredClone(resolved(spec, part));
            delete all[place].example;
          });
        }
        return parameter;
      });
    });
  }

  // Which list shows things to fill in, by the parameter that takes their id and by the prefix of the ids, and where
  // in its answer the first id stands. An entity can be anything, so its ids have no prefix of their own.
  function sources(spec) {
    const byOperation = Object.fromEntries(
      operations(spec).map(function (each) { return [each.operation.operationId, each]; }),
    );
    const found = {};
    operations(spec).forEach(function ({ path, method, operation }) {
      if (method !== "get" || path.includes("{")) return;
      const links = (resolved(spec, operation.responses["200"]) || {}).links || {};
      Object.values(links).forEach(function (link) {
        const shown = byOperation[link.operationId];
        Object.entries(link.parameters || {}).forEach(function ([name, pointer]) {
          const own = name.replace(/^path\./, "");
          const parameter = shown && shown.operation.parameters
            .map(function (each) { return resolved(spec, each); })
            .find(function (each) { return each.in === "path" && each.name === own; });
          if (!parameter || !pointer.startsWith("$response.body#/")) return;
          const source = { path: path, steps: pointer.slice("$response.body#/".length).split("/") };
          const prefix = (resolved(spec, parameter.schema).example || "").split("_")[0];
          found[own] = found[own] || source;
          if (own !== "entity_id") found[prefix] = found[prefix] || source;
        });
      });
    });
    return found;
  }

  function at(answer, steps) {
    return steps.reduce(function (within, step) { return within && within[step]; }, answer);
  }

  // Asks with the token; a token of several organizations asks in the first one.
  async function asker(api, token) {
    const headers = { Authorization: "Bearer " + token };
    async function ask(path) {
      const answer = await fetch(api + path, { headers: headers }).catch(function () { return undefined; });
      return answer && answer.ok ? answer.json() : undefined;
    }
    const me = await ask("/whoami");
    if (!me) return undefined;
    if (!me.token.org_id) {
      ask.organization = at(await ask("/organizations"), ["organizations", "0", "organization_id"]);
      if (ask.organization) headers["X-AIBooks-Org"] = ask.organization;
    }
    return ask;
  }

  // The first id of each sort that this token may see; sorts of which there is none are left out.
  async function realIds(spec, ask) {
    const known = sources(spec);
    Object.entries(NARROWER).forEach(function ([member, { list, id }]) {
      known[member] = { path: list, steps: [list.slice(1).split("?")[0].replace("/", "_"), "0", id] };
    });
    const answers = {};
    const pairs = await Promise.all(
      Object.entries(known).map(async function ([name, { path, steps }]) {
        answers[path] = answers[path] || ask(path);
        return [name, at(await answers[path], steps)];
      }),
    );
    return Object.fromEntries(pairs.filter(function (pair) { return pair[1]; }));
  }

  function withIds(value, ids, member) {
    if (Array.isArray(value)) return value.map(function (each) { return withIds(each, ids, member); });
    if (value && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(function ([name, each]) { return [name, withIds(each, ids, name)]; }),
      );
    }
    if (typeof value !== "string") return value;
    const own = member in NARROWER && ids[member];
    return value.replace(ID, function (whole, prefix) { return own || ids[prefix] || whole; });
  }

  function fillRequests(spec, ids) {
    operations(spec).forEach(function ({ operation }) {
      operation.parameters.forEach(function (parameter) {
        if (parameter.required) {
          const schema = structuredClone(resolved(spec, parameter.schema));
          parameter.schema = { ...schema, example: ids[parameter.name] || withIds(schema.example, ids) };
        } else if (parameter.name === "gstin" && ids.gstin) {
          parameter.schema.example = ids.gstin;
        }
      });
      Object.values((operation.requestBody || {}).content || {}).forEach(function (media) {
        if ("example" in media) media.example = withIds(media.example, ids);
        if (media.examples) media.examples = withIds(media.examples, ids);
      });
    });
  }

  function nameOrganization(spec, organization) {
    operations(spec).forEach(function ({ operation }) {
      operation.parameters
        .filter(function (each) { return each.in === "query" && each.name === "organization_id"; })
        .forEach(function (each) { each.schema.example = organization; });
    });
  }

  // Returns the contract as it is for the holder of this token; without one, only what is optional is emptied.
  async function personal(original, api, token) {
    const spec = structuredClone(original);
    emptyOptional(spec);
    const ask = token && (await asker(api, token));
    if (!ask) return spec;
    if (ask.organization) nameOrganization(spec, ask.organization);
    fillRequests(spec, await realIds(spec, ask));
    return spec;
  }

  return { personal: personal };
})();
