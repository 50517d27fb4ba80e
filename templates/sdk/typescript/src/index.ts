/** FinzBooks in TypeScript: GST bookkeeping over HTTP, with exact amounts, typed answers and errors. */

export { FinzBooks } from "./client.js";
export * from "./errors.js";
export type { Decimal, DecimalInput } from "./exact.js";
export type * as models from "./models.js";
export type { Download, Meta, Options, Request, Settings, Upload } from "./transport.js";
export { Listing, meta } from "./transport.js";
export * as webhooks from "./webhooks.js";

export const VERSION = "@VERSION@";
