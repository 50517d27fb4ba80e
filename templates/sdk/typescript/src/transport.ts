/** Sends calls, and sends them again where that is safe: the same idempotency key, after as long as the server asks. */

import { type ApiError, errorOf, FinzBooksError, Unreachable } from "./errors.js";
import { parse, written } from "./exact.js";

const LOCAL = "http://localhost:8000";
const API = "/api/public/v1";
const AGENT = "finzbooks-typescript/@VERSION@";
const KEY = "Idempotency-Key";
const LONGEST_WAIT_SECONDS = 90;
const NOT_CARRIED_OUT = new Set([429, 503]);
const IN_PROGRESS = "idempotency.in_progress";
const MAYBE_CARRIED_OUT = new Set([500, 502, 504]);
/** Node says by these that no connection was made. */
const NOT_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

export interface Settings {
  /** Without it, `AIBOOKS_TOKEN` of the environment. */
  token?: string;
  /** Where the server is; without it, `AIBOOKS_URL`, or this machine. */
  url?: string;
  /** Id of the organization, for a token of several. */
  organization?: string;
  maxTries?: number;
  timeoutSeconds?: number;
  fetch?: typeof fetch;
  /** How a wait is waited; for tests. */
  pause?: (seconds: number, signal?: AbortSignal) => Promise<void>;
}

/** What may be said of one call alone. */
export interface Options {
  /** Made up for each call that takes one, if not said: the tries of a call are one call. */
  idempotencyKey?: string;
  /** Change exactly this version: its number, or its entity tag. */
  ifMatch?: string | number;
  /** Throw NotModified if the entity tag is still this one. */
  ifNoneMatch?: string;
  organization?: string;
  timeoutSeconds?: number;
  maxTries?: number;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

/** A file to send. */
export type Upload = Blob | { name: string; content: Blob };

/** Bytes that were answered: a PDF, a workbook, a picture. */
export interface Download {
  content: Uint8Array<ArrayBuffer>;
  contentType: string;
  /** The name under which the server would have it saved. */
  filename: string | undefined;
}

/** What was said of an answer beside its body. */
export interface Meta {
  status: number;
  headers: Headers;
  requestId: string;
  /** Send it as `ifNoneMatch`, or as `ifMatch`. */
  etag: string | undefined;
  /** Whether this is the answer to an earlier call with the same idempotency key. */
  isReplayed: boolean;
}

/** One call: what of it does not change from try to try. */
export interface Request {
  method: string;
  path: string;
  query?: object | undefined;
  /** Sent as JSON. */
  body?: object | undefined;
  /** The types of what is sent and answered, so that amounts stay exact. */
  sends?: string;
  answers?: string;
  content?: { type: string; bytes: string | Uint8Array<ArrayBuffer> | Blob };
  form?: { fields?: object; file: Upload };
  takesKey?: boolean;
}

/** What says whether another page follows. */
interface Place {
  has_more_page: boolean;
  next_cursor: string | null;
}

const METAS = new WeakMap<object, Meta>();

/** Return what was said of an answer beside its body; undefined for an object inside an answer. */
export function meta(answer: object): Meta | undefined {
  return METAS.get(answer);
}

/** A list, or the rows of a report: awaited it is its first page, iterated by `for await` it goes on through all pages. */
export class Listing<Answer extends object, Row> implements Promise<Answer>, AsyncIterable<Row> {
  readonly [Symbol.toStringTag] = "Listing";
  private first: Promise<Answer> | undefined;

  constructor(
    private readonly fetchPage: (cursor?: string) => Promise<Answer>,
    private readonly read: (page: Answer) => [Row[], Place?],
  ) {}

  then<Done = Answer, Failed = never>(
    done?: ((page: Answer) => Done | PromiseLike<Done>) | null,
    failed?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    this.first ??= this.fetchPage();
    return this.first.then(done, failed);
  }

  catch<Failed = never>(
    failed?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Answer | Failed> {
    return this.then(null, failed);
  }

  finally(ended?: (() => void) | null): Promise<Answer> {
    return this.then().finally(ended);
  }

  /** Page after page. */
  async *pages(): AsyncGenerator<Answer, void, undefined> {
    let page: Answer = await this;
    for (;;) {
      yield page;
      const [, place] = this.read(page);
      if (!place?.has_more_page || place.next_cursor === null) return;
      page = await this.fetchPage(place.next_cursor);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for await (const page of this.pages()) yield* this.read(page)[0];
  }
}

export class Transport {
  private readonly token: string;
  private readonly url: string;

  constructor(private readonly settings: Settings = {}) {
    const { env } = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process ?? {};
    this.token = settings.token ?? env?.["AIBOOKS_TOKEN"] ?? "";
    if (this.token === "") throw new TypeError("Say which token to call with, or set AIBOOKS_TOKEN.");
    const url = (settings.url ?? env?.["AIBOOKS_URL"] ?? LOCAL).replace(/\/+$/, "");
    if (!/^https?:\/\//.test(url)) throw new TypeError(`"${url}" is not where a server is: it begins with https:// or http://.`);
    this.url = new URL(url).pathname === "/" ? url + API : url;
  }

  /** Return the answer to a call, which may be one that this version does not know. Throws ApiError, Unreachable. */
  async send(request: Request, options: Options = {}): Promise<Response> {
    const headers = this.headers(request, options);
    const body = bodyOf(request, headers);
    const mayRepeat = request.method === "GET" || headers.has(KEY);
    const maxTries = Math.max(options.maxTries ?? this.settings.maxTries ?? 4, 1);
    for (let tried = 1; ; tried += 1) {
      const isLast = tried >= maxTries;
      let wait = backoff(tried);
      try {
        const answer = await this.once(request, headers, body, options);
        if (answer.ok) return answer;
        const refusal = await refusalOf(answer);
        const asked = isLast ? undefined : waitOf(refusal, mayRepeat, tried);
        if (asked === undefined) throw refusal;
        wait = asked;
      } catch (failure) {
        if (!(failure instanceof Lost)) throw failure;
        if (isLast || !(mayRepeat || failure.isNotConnected)) {
          throw new Unreachable(`No answer: ${failure.message}.`, { cause: failure.cause });
        }
      }
      await (this.settings.pause ?? pause)(wait, options.signal);
    }
  }

  /** Return what was answered to a call. */
  async answer<Answer extends object>(request: Request, options?: Options): Promise<Answer> {
    const answer = await this.send(request, options);
    const read = membersOf(await answer.text(), request.answers);
    if (read === undefined) {
      throw new FinzBooksError(`${this.url} answered ${answer.status} without a JSON object: is it the API?`);
    }
    METAS.set(read, metaOf(answer));
    return read as Answer;
  }

  /** Return a list that can be awaited or iterated. */
  list<Answer extends object, Row>(
    request: Request,
    read: (page: Answer) => [Row[], Place?],
    options?: Options,
  ): Listing<Answer, Row> {
    const fetchPage = (cursor?: string) =>
      this.answer<Answer>(cursor ? { ...request, query: { ...request.query, cursor } } : request, options);
    return new Listing(fetchPage, read);
  }

  /** Return bytes. */
  async download(request: Request, options?: Options): Promise<Download> {
    const answer = await this.send(request, options);
    const named = /filename="((?:[^"\\]|\\.)*)"/.exec(answer.headers.get("Content-Disposition") ?? "");
    return {
      content: new Uint8Array(await answer.arrayBuffer()),
      contentType: (answer.headers.get("Content-Type") ?? "application/octet-stream").split(";")[0] ?? "",
      filename: named?.[1],
    };
  }

  private headers(request: Request, options: Options): Headers {
    const headers = new Headers({ Accept: "*/*", ...options.headers });
    if (!("document" in globalThis || headers.has("User-Agent"))) headers.set("User-Agent", AGENT);
    headers.set("Authorization", `Bearer ${this.token}`);
    const organization = options.organization ?? this.settings.organization;
    if (organization !== undefined) headers.set("X-AIBooks-Org", organization);
    if (request.takesKey) headers.set(KEY, options.idempotencyKey ?? headers.get(KEY) ?? `sdk-${newKey()}`);
    const { ifMatch, ifNoneMatch } = options;
    if (ifMatch !== undefined) headers.set("If-Match", typeof ifMatch === "number" ? `"${ifMatch}"` : ifMatch);
    if (ifNoneMatch !== undefined) headers.set("If-None-Match", ifNoneMatch);
    return headers;
  }

  private async once(
    request: Request,
    headers: Headers,
    body: BodyInit | null,
    options: Options,
  ): Promise<Response> {
    const timeout = new AbortController();
    const seconds = options.timeoutSeconds ?? this.settings.timeoutSeconds ?? 60;
    const timer = setTimeout(() => timeout.abort(new Error(`nothing came for ${seconds} s`)), seconds * 1000);
    const onAbort = () => timeout.abort(options.signal?.reason);
    options.signal?.addEventListener("abort", onAbort, { once: true });
    if (options.signal?.aborted) onAbort();
    try {
      const send = this.settings.fetch ?? fetch;
      const url = this.url + request.path + queryOf(request.query);
      const answer = await send(url, { method: request.method, headers, body, signal: timeout.signal, redirect: "manual" });
      if (answer.type === "opaqueredirect") throw new FinzBooksError(`${this.url} leads elsewhere: say where the API is.`);
      // The body belongs to the try: if it is lost on its way, so is the answer.
      const bytes = await answer.arrayBuffer();
      const { status, statusText } = answer;
      return new Response(bytes.byteLength > 0 ? bytes : null, { status, statusText, headers: answer.headers });
    } catch (failure) {
      if (options.signal?.aborted || failure instanceof FinzBooksError) throw failure;
      throw new Lost(failure);
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
    }
  }
}

/** A try that got no answer. */
class Lost extends Error {
  readonly isNotConnected: boolean;

  constructor(failure: unknown) {
    const cause = (failure as { cause?: { code?: string; message?: string } }).cause;
    super(cause?.message || (failure instanceof Error ? failure.message : String(failure)), { cause: failure });
    this.isNotConnected = NOT_CONNECTED.has(cause?.code ?? "");
  }
}

/** Put an id into a path. Throws TypeError for what is none, and would make it the path of something else. */
export function id(value: string): string {
  if (typeof value !== "string" || ["", ".", ".."].includes(value)) throw new TypeError(`"${value}" is no id.`);
  return encodeURIComponent(value);
}

function bodyOf(request: Request, headers: Headers): BodyInit | null {
  if (request.form) {
    const form = new FormData();
    for (const [name, value] of Object.entries(request.form.fields ?? {})) {
      if (value !== undefined) form.append(name, inQuery(value));
    }
    const { file } = request.form;
    if (file instanceof Blob) form.append("file", file);
    else form.append("file", file.content, file.name);
    return form;
  }
  if (request.content) {
    headers.set("Content-Type", request.content.type);
    return request.content.bytes;
  }
  if (request.body === undefined) return null;
  headers.set("Content-Type", "application/json");
  return written(request.body, request.sends);
}

function queryOf(query: object | undefined): string {
  const pairs = Object.entries(query ?? {})
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${encodeURIComponent(inQuery(value))}`);
  return pairs.length > 0 ? `?${pairs.join("&")}` : "";
}

function inQuery(value: unknown): string {
  if (Array.isArray(value)) return value.map(inQuery).join(",");
  return value instanceof Date ? value.toISOString() : String(value);
}

/** Return for how many seconds to wait before the next try; undefined if there is to be none. */
function waitOf(refusal: ApiError, mayRepeat: boolean, tried: number): number | undefined {
  const { status, headers, code } = refusal;
  // The latter: an earlier try, whose answer was lost, is still being carried out.
  const isNotCarriedOut = NOT_CARRIED_OUT.has(status) || code === IN_PROGRESS;
  if (!isNotCarriedOut && !(MAYBE_CARRIED_OUT.has(status) && mayRepeat)) return undefined;
  const wait = askedFor(headers) ?? backoff(tried);
  return wait <= LONGEST_WAIT_SECONDS ? wait : undefined;
}

/** Return the seconds of `Retry-After`, which is a number or a date. */
function askedFor(headers: Headers): number | undefined {
  const text = headers.get("Retry-After") ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  const seconds = (Date.parse(text) - Date.parse(headers.get("Date") ?? "")) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(seconds, 0);
}

function backoff(tried: number): number {
  return Math.min(0.5 * 2 ** (tried - 1), 8);
}

/** Wait, but no longer than the caller does. */
function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      settle();
    };
    const stop = () => end(() => failed(signal?.reason));
    const timer = setTimeout(() => end(done), seconds * 1000);
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
  });
}

async function refusalOf(answer: Response): Promise<ApiError> {
  return errorOf(answer.status, membersOf(await answer.text()) ?? {}, answer.headers);
}

/** Return a JSON object; undefined if it is none, as from somebody in between. */
function membersOf(text: string, shape?: string): Record<string, unknown> | undefined {
  let body: unknown;
  try {
    body = parse(text, shape);
  } catch (failure) {
    if (!(failure instanceof SyntaxError)) throw failure;
  }
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  return isObject ? (body as Record<string, unknown>) : undefined;
}

function metaOf(answer: Response): Meta {
  return {
    status: answer.status,
    headers: answer.headers,
    requestId: answer.headers.get("X-Request-Id") ?? "",
    etag: answer.headers.get("ETag") ?? undefined,
    isReplayed: answer.headers.get("Idempotent-Replayed") === "true",
  };
}

/** Return 128 bits that nobody else has; Node 18 keeps `crypto` elsewhere, and has good enough ones here. */
function newKey(): string {
  const { crypto } = globalThis as { crypto?: Crypto };
  if (crypto) return [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16)).join("");
  return [1, 2, 3].map(() => Math.random().toString(36).slice(2)).join("");
}
