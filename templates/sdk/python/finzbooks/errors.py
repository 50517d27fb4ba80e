"""Why a call failed: one class for each kind of refusal, with what a program needs to know of it."""

from collections.abc import Mapping
from typing import Any


class FinzBooksError(Exception):
    """Anything that this package raises."""


class Unreachable(FinzBooksError):
    """No answer came, after all tries; whether the call was carried out is not known."""


class InvalidSignature(FinzBooksError):
    """A webhook is not from FinzBooks, was changed on its way, or is too old."""


class ApiError(FinzBooksError):
    """The server refused a call."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self.status = status
        self.code: str = _text(body.get("code"))
        """What is wrong, for programs, such as ``validation.invalid_value``; an open list."""
        self.message: str = _text(body.get("message"))
        """What is wrong, for people."""
        self.field: str | None = body.get("field")
        """Path of the field that is to blame, such as ``line_items[0].tax_id``."""
        self.request_id: str = _text(body.get("request_id")) or headers.get("X-Request-Id", "")
        """Tell this when you ask for help."""
        self.details: Any = body.get("details")
        """What a program may want to know beyond the message."""
        self.body = body
        """All that was answered."""
        self.headers = headers
        super().__init__(f"{status} {self.code}: {self.message}" if self.code else f"The server answered {status}.")


class NotModified(ApiError):
    """304: nothing has changed since the entity tag that was sent as ``if_none_match``."""


class BadRequest(ApiError):
    """400: a field or parameter is absent or has no allowed value."""


class Unauthenticated(ApiError):
    """401: the token is missing, unknown, revoked or expired."""


class Forbidden(ApiError):
    """403: the token may not do this."""


class NotFound(ApiError):
    """404: the organization has no such thing."""


class Conflict(ApiError):
    """409: the books do not allow it as they stand."""


class Gone(ApiError):
    """410: what is asked for is kept no more."""


class PreconditionFailed(ApiError):
    """412: it was changed since the version that was sent as ``if_match``."""


class Unprocessable(ApiError):
    """422: a rule refuses what is well formed."""


class RateLimited(ApiError):
    """429: too many calls, even after waiting and trying again."""


class ServerError(ApiError):
    """5xx: the server could not carry it out, even after trying again."""


_BY_STATUS: dict[int, type[ApiError]] = {
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
}


def error_of(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> ApiError:
    """Return the error of an answer; a status that has no class of its own is an ``ApiError``."""
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else ApiError)
    return kind(status, body, headers)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
