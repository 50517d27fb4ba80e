"""How the simulated portal answers: what it says is sealed for the session, what it refuses is told by number."""

import json
from typing import Any

from starlette.responses import JSONResponse

from adapters.portal_cipher import sealed


class Refused(Exception):
    """What the portal refuses: its number and words; ``info`` is what it adds, such as the IRN that is there."""

    def __init__(self, code: str, message: str, info: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.info = info


def success(told: Any, key: bytes | None) -> JSONResponse:
    """Return what succeeded, sealed with the key of the session where there is one."""
    content = told if key is None else sealed(json.dumps(told).encode(), key)
    return JSONResponse({"Status": 1, "Data": content, "ErrorDetails": None, "InfoDtls": None})


def refusal(refused: Refused) -> JSONResponse:
    """Return a refusal."""
    errors = [{"ErrorCode": refused.code, "ErrorMessage": refused.message}]
    return JSONResponse({"Status": 0, "Data": None, "ErrorDetails": errors, "InfoDtls": refused.info})
