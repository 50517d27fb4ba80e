"""How the text of an environment variable is read: what it may be, and what is told where it is not."""

import base64
import re
import ssl
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import NewType
from urllib.parse import urlsplit

DatabaseUrl = NewType("DatabaseUrl", str)
"""A PostgreSQL URL with the rights of the tables' owner."""

Network = IPv4Network | IPv6Network


def whole_number(smallest: int, largest: int) -> Callable[[str], int]:
    """Return what reads a whole number within limits."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and smallest <= int(text) <= largest):
            raise ValueError(f"is not a whole number from {smallest} to {largest}")
        return int(text)

    return read


def switch(text: str) -> bool:
    """Read whether something is on. Raises ValueError."""
    if text not in ("", "0", "1"):
        raise ValueError("is neither 1 nor 0")
    return text == "1"


def database_url(text: str) -> DatabaseUrl | None:
    """Read the URL of a PostgreSQL, or nothing. Raises ValueError."""
    if not text:
        return None
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("does not start with postgresql://")
    return DatabaseUrl(text)


def host_name(text: str) -> str:
    """Read an address or a host name. Raises ValueError."""
    if not text or any(character.isspace() for character in text):
        raise ValueError("is no address or host name")
    return text


def directory(text: str) -> Path:
    """Read the path of a directory, which need not be there yet. Raises ValueError."""
    path = Path(text or ".data").absolute()
    if path.exists() and not path.is_dir():
        raise ValueError("is not a directory")
    return path


def certificates(text: str) -> str:
    """Read the path of a file of certificates, or nothing. Raises ValueError."""
    if text:
        try:
            ssl.create_default_context(cafile=text)
        except OSError:
            raise ValueError("is no file of certificates in PEM") from None
    return text


def log_level(text: str) -> str:
    """Read the name of a level of logging. Raises ValueError."""
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("is not one of DEBUG, INFO, WARNING, ERROR")
    return text.upper()


def networks(text: str) -> tuple[Network, ...]:
    """Read networks, divided by commas. Raises ValueError."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("is not a list of addresses or networks such as 10.0.0.0/8, divided by commas") from None


def base_url(text: str) -> str:
    """Read scheme and host of a URL, perhaps with a path. Raises ValueError."""
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
        raise ValueError("is not a URL such as https://books.example.in")
    return text.rstrip("/")


def origins(text: str) -> tuple[str, ...]:
    """Read origins of pages, divided by commas. Raises ValueError."""
    named = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in named:
        parts = urlsplit(origin)
        is_one = parts.scheme in ("http", "https") and parts.netloc and origin == f"{parts.scheme}://{parts.netloc}"
        if origin != "*" and not is_one:
            raise ValueError("is not a list of origins such as https://app.example.in, divided by commas, or *")
    return named


def files_url(text: str) -> str:
    """Read where files are kept. Raises ValueError."""
    parts = urlsplit(text)
    if text and (parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment):
        raise ValueError("is no place such as s3://bucket or s3://bucket/prefix")
    return text


def renderer(text: str) -> str:
    """Read which renderer is wanted. Raises ValueError."""
    if text not in ("auto", "pdfkit", "plutoprint"):
        raise ValueError("is not one of auto, pdfkit, plutoprint")
    return text


def sign_up(text: str) -> str:
    """Read who may open an account. Raises ValueError."""
    if text not in ("open", "invited", "closed"):
        raise ValueError("is not one of open, invited, closed")
    return text


def secrets_key(text: str) -> str:
    """Read a key of 32 bytes in base64, or nothing. Raises ValueError."""
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b"?"
    if len(key) not in (0, 32):
        raise ValueError("is not 32 bytes in base64")
    return text


def smtp_url(text: str) -> str:
    """Read the URL of a mail server, or nothing. Raises ValueError."""
    parts = urlsplit(text)
    wrong = ValueError("is no mail server such as smtp://user:password@mail.example.in:587 or smtps://…:465")
    try:
        is_one = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.path in ("", "/") and parts.port != 0
    except ValueError:
        raise wrong from None
    if text and (not is_one or parts.query not in ("", "starttls=never") or parts.fragment):
        raise wrong
    return text


def mail_sender(text: str) -> str:
    """Read a mail address. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", text):
        raise ValueError("is no mail address such as books@example.in")
    return text


def one_line(text: str) -> str:
    """Read one line of text. Raises ValueError."""
    if not text.isprintable() or len(text) > 100:
        raise ValueError("is not one line of at most 100 characters")
    return text


def text_as_it_is(text: str) -> str:
    """Read a text."""
    return text
