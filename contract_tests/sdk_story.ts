/** What the TypeScript SDK does against a running server; each scenario says "ok" or what went wrong, as one line. */

import { ApiError, BadRequest, Conflict, FinzBooks, InvalidSignature, meta, NotFound, NotModified, PreconditionFailed, RateLimited, Unauthenticated, Unreachable, webhooks } from "finzbooks-sdk";
import type { models, Options, Settings } from "finzbooks-sdk";

declare const process: { env: Record<string, string> };
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BUSY = { code: "server.busy", message: "Too much at once.", request_id: "req_1" };

type Fetch = typeof fetch;
type Seen = { method: string; key: string | null; body: unknown };

const books = new FinzBooks();
const { contact: customer } = await books.contacts.create({ contact_name: "Iyer Stores", gst_no: "27ZZSFS4321H1ZU" });
const { taxes } = await books.taxes.list({ shape: "INTRA_STATE" });
const tax = taxes.find((each) => each.tax_percentage === "18" || Number(each.tax_percentage) === 18);

function same(found: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (one !== other) throw new Error(`${one} is not ${other}`);
}

async function refused<Kind extends Error>(call: PromiseLike<unknown>, kind: abstract new (...them: never[]) => Kind): Promise<Kind> {
  try {
    await call;
  } catch (failure) {
    if (failure instanceof kind) return failure;
    throw failure;
  }
  throw new Error(`no ${kind.name}`);
}

/** Somebody in between, who may do otherwise with what passes. */
function between(handle: (seen: Seen[], onward: () => Promise<Response>) => Promise<Response>, more: Settings = {}) {
  const seen: Seen[] = [];
  const waits: number[] = [];
  const through: Fetch = (url, init) => {
    const headers = new Headers(init?.headers);
    seen.push({ method: init?.method ?? "GET", key: headers.get("Idempotency-Key"), body: init?.body });
    return handle(seen, () => fetch(url, init));
  };
  const pause = (seconds: number) => (waits.push(seconds), Promise.resolve());
  return { books: new FinzBooks({ fetch: through, pause, ...more }), seen, waits };
}

function invoiceOf(rate: string | number, reference: string): models.InvoiceCreate {
  const line = { name: "Lamp", hsn_or_sac: "940521", quantity: 1, rate, tax_id: tax?.tax_id ?? "" };
  return { customer_id: customer.contact_id, line_items: [line], reference_number: reference };
}

const scenarios: Record<string, () => Promise<void>> = {
  async amounts_are_exact() {
    const { invoice } = await books.invoices.create(invoiceOf("1250.10", "exact"));
    same([invoice.taxable_total, invoice.cgst_total, invoice.total], ["1250.10", "112.51", "1475.00"]);
    same([typeof invoice.version, invoice.line_items[0]?.hsn_or_sac], ["number", "940521"]);
    const through = between((_, onward) => onward());
    await through.books.invoices.create(invoiceOf("9999999999.99", "large"));
    if (!String(through.seen[0]?.body).includes('"rate":9999999999.99,')) throw new Error(String(through.seen[0]?.body));
    await refused(books.invoices.create(invoiceOf("1,250.10", "no amount")), TypeError);
  },
  async lists_go_on() {
    for (const each of [1, 2, 3, 4, 5]) await books.items.create({ item_name: `Desk ${each}`, hsn_or_sac: "9403" });
    const walked: string[] = [];
    for await (const item of books.items.list({ per_page: 2 })) walked.push(item.item_id);
    const page = await books.items.list({ per_page: 2 });
    same([page.items.length, new Set(walked).size], [2, walked.length]);
    same((await books.items.list({ per_page: 200 })).items.map((each) => each.item_id), walked);
    const empty: string[] = [];
    for await (const expense of books.expenses.list()) empty.push(expense.expense_id);
    same(empty, []);
    const branches: models.Branch[] = [];
    for await (const branch of books.branches.list()) branches.push(branch);
    same(branches, (await books.branches.list()).branches);
    const failed = await books.invoices.list({ cursor: "none" }).catch((failure: unknown) => failure instanceof BadRequest);
    same(failed, true);
  },
  async the_rows_of_a_report_go_on() {
    for (const reference of ["first", "second"]) {
      const drafted = await books.invoices.create(invoiceOf("10.00", reference));
      await books.invoices.approve(drafted.invoice.invoice_id);
    }
    const walked = [];
    for await (const open of books.reports.outstandingReceivables({ limit: 1 })) walked.push(open);
    const { outstanding_receivables } = await books.reports.outstandingReceivables({ limit: 500 });
    same([walked, walked.length > 1], [outstanding_receivables.documents, true]);
  },
  async errors_have_classes() {
    const bad = await refused(books.contacts.create({ contact_name: "Verma", gst_no: "27VERMA" }), BadRequest);
    same([bad.status, bad.code, bad.field, bad.name], [400, "validation.invalid_value", "gst_no", "BadRequest"]);
    if (!bad.requestId.startsWith("req_") || !(bad instanceof ApiError)) throw new Error(bad.requestId);
    await refused(books.invoices.get("inv_01kar7v3fxe7srq2mv8cx0a1in"), NotFound);
    await refused(new FinzBooks({ token: "wrong" }).whoami.whoami(), Unauthenticated);
    const { invoice } = await books.invoices.create(invoiceOf(10, "twice"));
    await books.invoices.approve(invoice.invoice_id);
    same((await refused(books.invoices.approve(invoice.invoice_id), Conflict)).code, "conflict.invalid_state");
    const { contact_id } = customer;
    await refused(books.contacts.update(contact_id, { notes: "x" }, { ifMatch: 4711 }), PreconditionFailed);
    const options: Options = { ifNoneMatch: meta(await books.contacts.get(contact_id))?.etag ?? "" };
    await refused(books.contacts.get(contact_id, options), NotModified);
  },
  async what_was_refused_for_now_is_sent_again() {
    for (const [status, after, wait] of [[429, "3", 3], [503, "1", 1], [503, undefined, 0.5]] as const) {
      const headers = new Headers(after === undefined ? {} : { "Retry-After": after });
      const busy = between((seen, onward) =>
        seen.length === 1 ? Promise.resolve(Response.json(BUSY, { status, headers })) : onward(),
      );
      const made = await busy.books.contacts.create({ contact_name: `After ${status} ${after}` });
      same([made.contact.contact_name, busy.waits, busy.seen.length], [`After ${status} ${after}`, [wait], 2]);
      same(busy.seen[0]?.key, busy.seen[1]?.key);
    }
  },
  async patience_ends() {
    const busy = between(() => Promise.resolve(Response.json(BUSY, { status: 429, headers: { "Retry-After": "1" } })), { maxTries: 3 });
    await refused(busy.books.whoami.whoami(), RateLimited);
    same(busy.seen.length, 3);
  },
  async a_lost_answer_makes_nothing_twice() {
    const lost = between(async (seen, onward) => {
      const answer = await onward();
      if (seen.length === 1) throw new TypeError("fetch failed");
      return answer;
    });
    const { invoice } = await lost.books.invoices.create(invoiceOf(10, "lost-once"));
    const { invoices } = await books.invoices.list({ search: "lost-once" });
    same(invoices.map((each) => each.invoice_id), [invoice.invoice_id]);
    const dead = between(() => Promise.reject(new TypeError("fetch failed")));
    await refused(dead.books.contacts.update(customer.contact_id, { notes: "x" }), Unreachable);
    same(dead.seen.length, 1);
  },
  async nothing_listens_or_answers_in_time() {
    const waits: number[] = [];
    const pause = (seconds: number) => (waits.push(seconds), Promise.resolve());
    await refused(new FinzBooks({ url: process.env["DEAF"] ?? "", pause }).contacts.update("ct", {}), Unreachable);
    same(waits, [0.5, 1, 2]);
    const stop = new AbortController();
    const slow: Fetch = (_, init) => new Promise((_done, failed) => init?.signal?.addEventListener("abort", () => failed(new Error("aborted"))));
    await refused(new FinzBooks({ fetch: slow, pause }).whoami.whoami({ timeoutSeconds: 0.01, maxTries: 2 }), Unreachable);
    const called = new FinzBooks({ fetch: slow }).whoami.whoami({ signal: stop.signal });
    stop.abort();
    same((await refused(called, Error)).message, "aborted");
  },
  async a_key_of_ones_own_gets_the_first_answer_again() {
    const made = [1, 2].map(() => () => books.contacts.create({ contact_name: "Once only" }, { idempotencyKey: "order-7781" }));
    const answers = [];
    for (const make of made) answers.push(await make());
    same(answers[0], answers[1]);
    same(answers.map((each) => meta(each)?.isReplayed), [false, true]);
  },
  async what_is_new_is_kept() {
    const text = '{"code":0,"message":"success","contact":{"status":"ON_HOLD","__proto__":{"a":1.50},"points":[1,{"b":null}],"credit_limit":10.00}}';
    const newer = between(() => Promise.resolve(new Response(text)));
    const { contact } = await newer.books.contacts.get("ct");
    same(contact, JSON.parse(text.replace("1.50", "1.5").replace("10.00", '"10.00"')).contact);
  },
  async reports_and_files() {
    const { trial_balance } = await books.reports.trialBalance({ as_of_date: "2026-11-30" });
    same(trial_balance.as_of_date, "2026-11-30");
    const file = await books.reports.trialBalanceFile({ format: "csv", as_of_date: "2026-11-30" });
    same([file.contentType, file.filename?.endsWith(".csv")], ["text/csv", true]);
    const upload = { name: "note.txt", content: new Blob(["Delivered 12 chairs."]) };
    const fields = { entity_type: "CONTACT", entity_id: customer.contact_id } as const;
    same((await books.attachments.upload(upload, fields)).attachment.filename, "note.txt");
    const rows = await books.contacts.importFile("contact_name\nKonkan Papers\n", { query: { dry_run: true } });
    same(rows.import.dry_run, true);
  },
  async webhooks_are_verified_and_read() {
    const body = new TextEncoder().encode(process.env["BODY"] ?? "");
    const headers = JSON.parse(process.env["SIGNED"] ?? "") as Record<string, string>;
    for (const left of ["webhook-signature", "X-AIBooks-Signature"]) {
      const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== left));
      const event = await webhooks.unwrap(body, sent, SECRET);
      if (!webhooks.isEvent(event, "InvoiceEvent")) throw new Error(event.event_type);
      same(event.data.total, "0.10");
      same(webhooks.isEvent(event, "BillEvent"), false);
      await webhooks.unwrap(process.env["BODY"] ?? "", new Headers(sent), SECRET);
      const tampered = new TextEncoder().encode(`${process.env["BODY"]} `);
      const stale = JSON.parse(process.env["STALE"] ?? "") as Record<string, string>;
      await refused(webhooks.unwrap(tampered, sent, SECRET), InvalidSignature);
      await refused(webhooks.unwrap(body, sent, "whsec_AAAA"), InvalidSignature);
      await refused(webhooks.unwrap(body, {}, SECRET), InvalidSignature);
      await refused(webhooks.unwrap(body, stale, SECRET), InvalidSignature);
    }
  },
};

for (const [name, run] of Object.entries(scenarios)) {
  const found = await run().then(() => "ok", (failure: unknown) => String((failure as Error).stack ?? failure));
  console.log(JSON.stringify([name, found]));
}
