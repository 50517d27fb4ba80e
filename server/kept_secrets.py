"""Secrets of this installation that nobody has set: made with the first look, and kept in files of their own."""

import os
import secrets
from pathlib import Path

_BYTES = 32


def kept_secret(path: Path) -> bytes:
    """Return the secret in a file, which is made with the first look; of several processes one makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        own = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            own.touch(mode=0o600)
            own.write_bytes(secrets.token_bytes(_BYTES))
            os.link(own, path)  # fails where another process was first
        except FileExistsError:
            pass
        finally:
            own.unlink(missing_ok=True)
    return path.read_bytes()
