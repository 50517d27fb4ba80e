/** Why a call failed: one class for each kind of refusal, with what a program needs to know of it. */

/** Anything that this package throws. */
export class FinzBooksError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No answer came, after all tries; whether the call was carried out is not known. */
export class Unreachable extends FinzBooksError {}

/** A webhook is not from FinzBooks, was changed on its way, or is too old. */
export class InvalidSignature extends FinzBooksError {}

/** The server refused a call. */
export class ApiError extends FinzBooksError {
  /** What is wrong, for programs, such as `validation.invalid_value`; an open list. */
  readonly code: string;
  /** Path of the field that is to blame, such as `line_items[0].tax_id`. */
  readonly field: string | null;
  /** Tell this when you ask for help. */
  readonly requestId: string;
  /** What a program may want to know beyond the message. */
  readonly details: unknown;

  constructor(
    readonly status: number,
    readonly body: Readonly<Record<string, unknown>>,
    readonly headers: Headers,
  ) {
    const code = text(body["code"]);
    super(text(body["message"]) || `The server answered ${status}.`);
    this.code = code;
    this.field = text(body["field"]) || null;
    this.requestId = text(body["request_id"]) || (headers.get("X-Request-Id") ?? "");
    this.details = body["details"];
  }
}

/** 304: nothing has changed since the entity tag that was sent as `ifNoneMatch`. */
export class NotModified extends ApiError {}
/** 400: a field or parameter is absent or has no allowed value. */
export class BadRequest extends ApiError {}
/** 401: the token is missing, unknown, revoked or expired. */
export class Unauthenticated extends ApiError {}
/** 403: the token may not do this. */
export class Forbidden extends ApiError {}
/** 404: the organization has no such thing. */
export class NotFound extends ApiError {}
/** 409: the books do not allow it as they stand. */
export class Conflict extends ApiError {}
/** 410: what is asked for is kept no more. */
export class Gone extends ApiError {}
/** 412: it was changed since the version that was sent as `ifMatch`. */
export class PreconditionFailed extends ApiError {}
/** 422: a rule refuses what is well formed. */
export class Unprocessable extends ApiError {}
/** 429: too many calls, even after waiting and trying again. */
export class RateLimited extends ApiError {}
/** 5xx: the server could not carry it out, even after trying again. */
export class ServerError extends ApiError {}

const BY_STATUS: Readonly<Record<number, typeof ApiError>> = {
  304: NotModified,
  400: BadRequest,
  401: Unauthenticated,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  410: Gone,
  412: PreconditionFailed,
  422: Unprocessable,
  429: RateLimited,
};

/** Return the error of an answer; a status that has no class of its own is an `ApiError`. */
export function errorOf(status: number, body: Readonly<Record<string, unknown>>, headers: Headers): ApiError {
  const kind = BY_STATUS[status] ?? (status >= 500 ? ServerError : ApiError);
  return new kind(status, body, headers);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
