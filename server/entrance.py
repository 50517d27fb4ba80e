"""Where the command ``finzbooks`` begins: calls of the API need nothing of the server, so they start without it."""

import sys


def main() -> None:
    """Carry out ``finzbooks api``, or hand on to the other commands."""
    if sys.argv[1:2] == ["api"]:
        from server.client.main import main as call

        raise SystemExit(call(sys.argv[2:]))
    from server.command_line import main as command

    command()
