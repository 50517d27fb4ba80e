"""A receiver of webhooks that may be killed: what it took stands in a file before it answers.

``python -m tests.scenarios.chaos.receiver PORT FILE``. Of a hundred requests it refuses some with 500, and hangs up on
some that it has taken, so that their sender cannot know.
"""

import asyncio
import json
import os
import random
import sys
import time

_REFUSED, _UNANSWERED = 0.03, 0.03


async def serve(port: int, file: int) -> None:
    """Take what comes until killed."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                line, *rest = head.split("\r\n")[:-2]
                headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in rest)}
                body = (await reader.readexactly(int(headers["content-length"]))).decode()
                chance = random.random()
                if chance < _REFUSED:
                    writer.write(b"HTTP/1.1 500 Not Now\r\nContent-Length: 0\r\n\r\n")
                    continue
                took = {"path": line.split(" ")[1], "at": time.time(), "headers": headers, "body": body}
                os.write(file, json.dumps(took).encode() + b"\n")
                if chance < _REFUSED + _UNANSWERED:
                    return
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", port, reuse_address=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)))
