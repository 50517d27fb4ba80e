/** Is this webhook from FinzBooks, unchanged, and not older than five minutes? And what does it tell? */

import { InvalidSignature } from "./errors.js";
import { parse } from "./exact.js";
import type { Events, WebhookEvent } from "./models.js";
import { EVENTS } from "./shapes.js";

const TOLERANCE_SECONDS = 300;

type Said = Headers | Readonly<Record<string, string | string[] | undefined>>;

/**
 * Return the event of a webhook whose signature is good. Throws InvalidSignature.
 *
 * `body` is what arrived, before anything parsed it. Either scheme will do.
 */
export async function unwrap(body: Uint8Array | string, headers: Said, secret: string): Promise<WebhookEvent> {
  if (!(await verify(body, headers, secret))) {
    throw new InvalidSignature("The signature is not of this body and secret, or is older than five minutes.");
  }
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const { event_type } = parse(text) as WebhookEvent;
  return parse(text, EVENTS[event_type]) as WebhookEvent;
}

/** Say whether an event is of a kind, such as `InvoiceEvent`; then its data has the type of these. */
export function isEvent<Kind extends keyof Events>(event: WebhookEvent, kind: Kind): event is Events[Kind] {
  return EVENTS[event.event_type] === kind;
}

/** Say whether a webhook is signed with the secret, by whichever of the two schemes its headers have. */
export async function verify(body: Uint8Array | string, headers: Said, secret: string): Promise<boolean> {
  const signatures = said(headers, "webhook-signature");
  if (signatures !== "") {
    return verifyStandard(body, said(headers, "webhook-id"), said(headers, "webhook-timestamp"), signatures, secret);
  }
  return verifyAibooks(body, said(headers, "X-AIBooks-Signature"), secret);
}

/** X-AIBooks-Signature: t=<unix>,v1=<hex>; while a secret is being replaced there are two v1. */
export async function verifyAibooks(
  body: Uint8Array | string,
  signature: string,
  secret: string,
): Promise<boolean> {
  const parts = signature.split(",");
  const moment = parts.find((part) => part.startsWith("t="))?.slice(2) ?? "";
  const given = parts.filter((part) => part.startsWith("v1=")).map((part) => fromHex(part.slice(3)));
  return isRecent(moment) && isOneOf(given, bytesOf(secret), joined(`${moment}.`, body));
}

/** Standard Webhooks: webhook-id, webhook-timestamp and webhook-signature (v1,<base64>, divided by spaces). */
export async function verifyStandard(
  body: Uint8Array | string,
  key: string,
  moment: string,
  signatures: string,
  secret: string,
): Promise<boolean> {
  const parts = signatures.split(" ").filter((part) => part.startsWith("v1,"));
  const given = parts.map((part) => fromBase64(part.slice(3)));
  return isRecent(moment) && isOneOf(given, fromBase64(secret.replace(/^whsec_/, "")), joined(`${key}.${moment}.`, body));
}

function said(headers: Said, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? "";
  const found = Object.entries(headers).find(([each]) => each.toLowerCase() === name.toLowerCase());
  return String(found?.[1] ?? "");
}

/** The comparing is left to WebCrypto, which takes the same time wherever two signatures differ. */
async function isOneOf(
  given: Uint8Array<ArrayBuffer>[],
  secret: Uint8Array<ArrayBuffer>,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (secret.length === 0) return false;
  const { subtle } = await webCrypto();
  const key = await subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const found = await Promise.all(given.map((each) => subtle.verify("HMAC", key, each, signed)));
  return found.includes(true);
}

/** Node 18 has it in a module of its own. */
async function webCrypto(): Promise<Crypto> {
  const { crypto } = globalThis as { crypto?: Crypto };
  const name = "node:crypto";
  return crypto ?? ((await import(name)) as { webcrypto: Crypto }).webcrypto;
}

function isRecent(moment: string): boolean {
  return /^[0-9]{1,12}$/.test(moment) && Math.abs(Date.now() / 1000 - Number(moment)) <= TOLERANCE_SECONDS;
}

function joined(head: string, body: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const [first, second] = [bytesOf(head), typeof body === "string" ? bytesOf(body) : body];
  const made = new Uint8Array(first.length + second.length);
  made.set(first);
  made.set(second, first.length);
  return made;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return /^([0-9a-f]{2})+$/.test(text) ? Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16)) : new Uint8Array();
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
