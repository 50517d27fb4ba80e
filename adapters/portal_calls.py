"""Calls of the portal over HTTP: within limits of time and size, and told apart by what they leave unknown."""

import asyncio
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import httpx

MOST_BYTES = 8 * 1024 * 1024
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 25.0


class PortalAway(Exception):
    """The portal did not answer, or not in its own words.

    ``may_have_arrived``: it may have done what it was asked for.
    """

    def __init__(self, message: str, *, may_have_arrived: bool) -> None:
        super().__init__(message)
        self.may_have_arrived = may_have_arrived


class PortalCalls:
    """An HTTP client for one portal at ``url``."""

    def __init__(self, url: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._seconds = answer_seconds
        self._client = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(answer_seconds, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        told_by: str = "Status",
    ) -> dict[str, Any]:
        """Return the JSON object that is answered, its numbers exact. Raises PortalAway.

        ``told_by`` is the member without which it is no answer of the portal's.
        """
        try:
            async with asyncio.timeout(self._seconds):
                status, content = await self._fetched(method, path, headers, body, query)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise PortalAway("The portal cannot be reached.", may_have_arrived=False) from None
        except (TimeoutError, httpx.TimeoutException):
            raise PortalAway(f"The portal did not answer within {self._seconds:g} s.", may_have_arrived=True) from None
        except httpx.HTTPError as failure:
            raise PortalAway(f"The portal broke off: {type(failure).__name__}.", may_have_arrived=True) from None
        return _object_in(status, content, told_by)

    async def _fetched(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Mapping[str, Any] | None,
        query: Mapping[str, str] | None,
    ) -> tuple[int, bytes]:
        async with self._client.stream(method, path, headers=headers, json=body, params=query) as answer:
            content = bytearray()
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > MOST_BYTES:
                    raise PortalAway("The portal's answer is too large.", may_have_arrived=True)
            return answer.status_code, bytes(content)


def _object_in(status: int, content: bytes, told_by: str) -> dict[str, Any]:
    try:
        answer = json.loads(content, parse_float=Decimal)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or told_by not in answer:
        raise PortalAway(f"The portal answered {status} with something else than its JSON.", may_have_arrived=True)
    return answer
