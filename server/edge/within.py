"""Requests that the server makes of itself: through its own layers, and not over the network."""

from starlette.types import ASGIApp, Message, Scope


async def answered(app: ASGIApp, scope: Scope, content: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    """Send a request with this body to an application, and return status, headers and body of its answer."""
    arriving: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]
    started: Message = {}
    pieces: list[bytes] = []

    async def receive() -> Message:
        return arriving.pop() if arriving else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        else:
            pieces.append(message.get("body", b""))

    await app(scope, receive, send)
    return started["status"], dict(started["headers"]), b"".join(pieces)
