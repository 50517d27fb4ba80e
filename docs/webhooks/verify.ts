// Is this webhook from FinzBooks, unchanged, and not older than five minutes?
//
// In your receiver: take the body as raw bytes, before anything parses it (in Express: express.raw({ type: "*/*" })),
// and call one of the two functions.
// By hand: node verify.ts aibooks SECRET SIGNATURE < body, node verify.ts standard SECRET ID TIMESTAMP SIGNATURE < body

import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv, exit } from "node:process";

const TOLERANCE = 300;

/** X-AIBooks-Signature: t=<unix>,v1=<hex>, while a secret is replaced with two v1. */
export function verifyAibooks(body: Uint8Array, signature: string, secret: string): boolean {
  const parts = signature.split(",");
  const moment = parts.find((part) => part.startsWith("t="))?.slice(2) ?? "";
  const expected = "v1=" + createHmac("sha256", secret).update(`${moment}.`).update(body).digest("hex");
  return isRecent(moment) && parts.some((part) => equal(expected, part));
}

/** Standard Webhooks: webhook-id, webhook-timestamp and webhook-signature (v1,<base64>, divided by spaces). */
export function verifyStandard(
  body: Uint8Array, id: string, moment: string, signatures: string, secret: string,
): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = "v1," + createHmac("sha256", key).update(`${id}.${moment}.`).update(body).digest("base64");
  return isRecent(moment) && signatures.split(" ").some((each) => equal(expected, each));
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b); // takes the same time wherever they differ
}

function isRecent(moment: string): boolean {
  return /^[0-9]{1,12}$/.test(moment) && Math.abs(Date.now() / 1000 - Number(moment)) <= TOLERANCE;
}

if (/verify\.m?[jt]s$/.test(argv[1] ?? "")) {
  const [scheme, secret, ...headers] = argv.slice(2);
  const body = readFileSync(0);
  const isGood = scheme === "aibooks"
    ? verifyAibooks(body, headers[0], secret)
    : verifyStandard(body, headers[0], headers[1], headers[2], secret);
  console.log(isGood ? "good" : "bad");
  exit(isGood ? 0 : 1);
}
