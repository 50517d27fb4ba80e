"""FinzBooks in Python: GST bookkeeping over HTTP, with exact amounts, typed answers and errors."""

from finzbooks import models, params, values, webhooks
from finzbooks.client import AsyncFinzBooks, FinzBooks
from finzbooks.errors import (
    ApiError,
    BadRequest,
    Conflict,
    FinzBooksError,
    Forbidden,
    Gone,
    InvalidSignature,
    NotFound,
    NotModified,
    PreconditionFailed,
    RateLimited,
    ServerError,
    Unauthenticated,
    Unprocessable,
    Unreachable,
)
from finzbooks.model import File, Meta, Model, Page, meta
from finzbooks.transport import Options, Request, Upload

__version__ = "@VERSION@"

__all__ = [
    "ApiError",
    "AsyncFinzBooks",
    "BadRequest",
    "Conflict",
    "File",
    "FinzBooks",
    "FinzBooksError",
    "Forbidden",
    "Gone",
    "InvalidSignature",
    "Meta",
    "Model",
    "NotFound",
    "NotModified",
    "Options",
    "Page",
    "PreconditionFailed",
    "RateLimited",
    "Request",
    "ServerError",
    "Unauthenticated",
    "Unprocessable",
    "Unreachable",
    "Upload",
    "meta",
    "models",
    "params",
    "values",
    "webhooks",
]
