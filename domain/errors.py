"""What the books refuse, and why: one class for each row of the contract's error table.

A refusal carries the stable ``code`` for machines, the HTTP ``status`` the edge answers with, the ``field`` that is
to blame (a path such as ``line_items[0].item_id``) and a message with the facts. Rules raise; only the edge catches.
"""

import re
from typing import Any, ClassVar

_DISORDER = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Return the words of a refusal without control characters and turns of direction that a caller sent in them."""
    return _DISORDER.sub("\N{REPLACEMENT CHARACTER}", text)


class Refusal(Exception):
    """A request that the books do not carry out."""

    status: ClassVar[int] = 422
    code: str = "validation.failed"

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        details: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.details = details
        self.headers = headers or {}

    def told(self) -> dict[str, Any]:
        """What the caller is told of it: code, message, and the field that is to blame or ``None``."""
        field = None if self.field is None else printable(self.field)
        return {"code": self.code, "message": printable(self.message), "field": field}


class Unauthenticated(Refusal):
    """No token, or one that is not (or no longer) good. ``code`` is one of the contract's ``auth.*`` 401 codes."""

    status = 401

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Forbidden(Refusal):
    """A good token that may not do this. ``code`` is one of the contract's ``auth.*`` 403 codes."""

    status = 403

    def __init__(self, code: str, message: str, *, details: dict[str, Any] | None = None) -> None:
        super().__init__(message, details=details)
        self.code = code


class OrganizationMissing(Refusal):
    """A token of a user with several organizations came without saying which one is meant."""

    status = 400
    code = "auth.missing_organization_id"


class Required(Refusal):
    """A required field or parameter is absent."""

    status = 400
    code = "validation.required_field"


class Invalid(Refusal):
    """A value has the wrong type, format, enum or range."""

    status = 400
    code = "validation.invalid_value"


class Failed(Refusal):
    """Well-formed input that a business rule refuses, or a body that is no JSON object of known members."""

    status = 422
    code = "validation.failed"


_LONGEST_ID = 64


class NotFound(Refusal):
    """No such row in this organization: missing, foreign and malformed ids are one and the same."""

    status = 404
    code = "not_found.resource"

    def __init__(self, noun: str, key: str, *, field: str | None = None) -> None:
        shown = key if len(key) <= _LONGEST_ID else f"{key[:_LONGEST_ID]}…"
        super().__init__(f"{noun} '{shown}' not found in this organization.", field=field)


class Expired(Refusal):
    """Events after the place that is named were told once and are kept no more."""

    status = 410
    code = "events.expired"


class RouteNotFound(Refusal):
    """No operation has this path."""

    status = 404
    code = "not_found.route"


class MethodNotAllowed(Refusal):
    """The path exists, but not for this method; ``Allow`` says which ones."""

    status = 405
    code = "request.method_not_allowed"


class NotAcceptable(Refusal):
    """The caller accepts no media type that this operation can produce."""

    status = 406
    code = "request.not_acceptable"


class Duplicate(Refusal):
    """The same thing exists already."""

    status = 409
    code = "conflict.duplicate"


class InvalidState(Refusal):
    """The resource is in a state that does not allow this."""

    status = 409
    code = "conflict.invalid_state"


class InUse(Refusal):
    """Something posted or drafted refers to the resource, so it cannot be deleted."""

    status = 409
    code = "conflict.in_use"


class PeriodLocked(Refusal):
    """The entry's date falls on or before the organization's lock date."""

    status = 409
    code = "conflict.period_locked"


class VersionMismatch(Refusal):
    """``If-Match`` names another version than the stored one."""

    status = 412
    code = "conflict.version_mismatch"


class TooLarge(Refusal):
    """The body is over the limit."""

    status = 413
    code = "request.too_large"


class UnsupportedMediaType(Refusal):
    """The body's content type is not one that this operation reads."""

    status = 415
    code = "request.unsupported_media_type"


class KeyInProgress(Refusal):
    """A request with the same idempotency key is still running."""

    status = 409
    code = "idempotency.in_progress"


class KeyReused(Refusal):
    """An idempotency key was sent again with a different request."""

    status = 422
    code = "idempotency.key_reused"


class RateLimited(Refusal):
    """Too many calls in this window."""

    status = 429
    code = "rate_limit.exceeded"


class Unavailable(Refusal):
    """Something that the server depends on (the database, above all) is away for the moment."""

    status = 503
    code = "server.unavailable"
