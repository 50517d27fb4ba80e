"""What a browser holds of ours: one cookie, and in each form the proof that the form came from a page of ours."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping

from starlette.responses import Response

from domain.access import sessions
from domain.access.oauth.refusals import Refused
from server.exchange import Exchange

_KEY = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_FROM_ELSEWHERE = (b"cross-site", b"same-site")


class NotOurPage(Refused):
    """A form that comes from no page of ours, or from one that was left open for long."""

    status = 403

    def __init__(self) -> None:
        super().__init__("invalid_request", "This page was open for too long, or was not ours. Begin again in the app.")


class Browsers:
    """Cookies and the proofs of forms; before anybody signs in the cookie is good for nothing but the proof."""

    def __init__(self, *, key: Callable[[], bytes], is_secure: bool) -> None:
        self._key = key
        self._is_secure = is_secure
        # The prefix has browsers see that no other host of the domain has set it.
        self._name = "__Host-finzbooks" if is_secure else "finzbooks"

    def key_of(self, exchange: Exchange) -> str | None:
        """Return what the browser holds, if it could be ours."""
        pairs = exchange.headers.get(b"cookie", b"").decode("latin-1").replace(",", ";").split(";")
        held = [value for name, _, value in (pair.strip().partition("=") for pair in pairs) if name == self._name]
        return held[0] if len(held) == 1 and _KEY.fullmatch(held[0]) else None

    def proof(self, key: str) -> str:
        """Return what a form must bring that was shown to the holder of ``key``."""
        return hmac.digest(self._key(), key.encode(), hashlib.sha256).hex()

    def holder(self, fields: Mapping[str, str], exchange: Exchange) -> str:
        """Return the key of the browser that sends a form of ours. Raises NotOurPage."""
        key = self.key_of(exchange)
        if key is None or exchange.headers.get(b"sec-fetch-site") in _FROM_ELSEWHERE:
            raise NotOurPage
        if not hmac.compare_digest(self.proof(key).encode(), fields.get("token", "").encode()):
            raise NotOurPage
        return key

    def give(self, response: Response, key: str) -> Response:
        """Have the browser hold a key."""
        response.set_cookie(
            self._name,
            key,
            max_age=int(sessions.LIFE.total_seconds()),
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )
        return response
