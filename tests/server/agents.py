"""A scripted agent: it works through the client of the package ``mcp`` as it is, and knows nothing but the tools."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

STATELESS, BY_HANDSHAKE = "auto", "legacy"
READING = {"whoami", "find", "show", "report", "explain_tax", "search_docs"}
"""The tools that only read."""


def message(method: str, params: Any = None, key: Any = 1) -> dict[str, Any]:
    """A request as it is written."""
    return {"jsonrpc": "2.0", "id": key, "method": method, **({} if params is None else {"params": params})}


@dataclass(frozen=True)
class Agent:
    """Somebody with a client that is connected."""

    client: Client

    async def tools(self) -> list[str]:
        """The names of the tools it is shown."""
        return [tool.name for tool in (await self.client.list_tools()).tools]

    async def says(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool and return what it says, error or not."""
        result = await self.client.call_tool(tool, arguments)
        told: dict[str, Any] = result.structured_content
        assert bool(result.is_error) == ("error" in told), told
        return told

    async def read(self, tool: str, **arguments: Any) -> Any:
        """Call a tool that only reads, and return what the books say."""
        told = await self.says(tool, **arguments)
        assert "error" not in told, told
        return told["data"]

    async def preview(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Ask what a change would come to."""
        told = await self.says(tool, **arguments)
        assert told.get("done") is False and "error" not in told, told
        return told

    async def done(self, tool: str, **arguments: Any) -> Any:
        """Make a change: look at it, confirm it, and return what the books say then."""
        confirm = (await self.preview(tool, **arguments))["confirm"]
        told = await self.says(tool, **arguments, confirm=confirm)
        assert told.get("done") is True and "was_done_before" not in told, told
        return told["data"]

    async def refused(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool that does not do it, and return the error."""
        error: dict[str, Any] = (await self.says(tool, **arguments))["error"]
        assert error["code"] and error["message"] and error["request_id"], error
        return error


@asynccontextmanager
async def agent(url: str, token: str, mode: str = STATELESS) -> AsyncIterator[Agent]:
    """Connect an agent to a server by a token."""
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield Agent(client)


@asynccontextmanager
async def agent_of_a_fixture(url: str, token: str) -> AsyncIterator[Agent]:
    """The same where it is entered in one task and left in another, which the client does not bear."""
    connected: asyncio.Future[Agent] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def hold() -> None:
        async with agent(url, token) as one:
            connected.set_result(one)
            await over.wait()

    holding = asyncio.create_task(hold())
    await asyncio.wait((holding, connected), return_when=asyncio.FIRST_COMPLETED)
    if not connected.done():
        await holding  # raises what went wrong
    yield connected.result()
    over.set()
    await holding
