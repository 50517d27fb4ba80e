"""Messages as mail servers take them (RFC 5322): headers that hold one line each, a text, HTML, and files with it.

Made twice of the same, a message is the same to the byte: nothing in it is drawn by lot or read off a clock.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.generator import BytesGenerator
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, quote
from hashlib import sha256
from io import BytesIO

_POLICY = compat32.clone(linesep="\r\n", max_line_length=76)
_DISORDER = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_PLAIN_NAME = re.compile(r"[\x20-\x7e]{0,60}")
_ENCODED_LENGTH = 60
"""Of an encoded word, so that it fits a line behind the name of its header (RFC 2047 asks for less than 76)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a mail."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What stands in the headers; addresses are plain ones in ASCII, ``sender_name`` and ``subject`` any text."""

    message_id: str
    written_at: datetime
    sender: str
    sender_name: str
    to: Sequence[str]
    cc: Sequence[str] = ()
    reply_to: str | None = None
    subject: str
    is_automatic: bool = False


def message_of(envelope: Envelope, *, text: str, html: str, attachments: Sequence[Attachment] = ()) -> bytes:
    """Return a message: its text and HTML as two forms of one thing, and the files."""
    body = MIMEMultipart("alternative", boundary=_boundary(envelope, "alternative"), policy=_POLICY)
    body.attach(_part(text, "plain"))
    body.attach(_part(html, "html"))
    whole = body
    if attachments:
        whole = MIMEMultipart("mixed", boundary=_boundary(envelope, "mixed"), policy=_POLICY)
        whole.attach(body)
        for each in attachments:
            whole.attach(_file(each))
    for name, value in _headers(envelope).items():
        whole[name] = value
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, policy=_POLICY).flatten(whole)
    return written.getvalue()


def _headers(envelope: Envelope) -> dict[str, str]:
    headers = {
        "Message-ID": envelope.message_id,
        "Date": format_datetime(envelope.written_at),
        "From": f"{_phrase(envelope.sender_name)} <{envelope.sender}>",
        "To": ", ".join(envelope.to),
        "Cc": ", ".join(envelope.cc),
        "Reply-To": envelope.reply_to or "",
        "Subject": _text(envelope.subject),
        # So that no program of an absent person answers a program (RFC 3834).
        "Auto-Submitted": "auto-generated" if envelope.is_automatic else "",
    }
    return {name: value for name, value in headers.items() if value}


def _phrase(name: str) -> str:
    """A display name: quoted, or in encoded words."""
    line = _one_line(name)
    is_plain = "=?" not in line and _PLAIN_NAME.fullmatch(line)
    return f'"{quote(line)}"' if is_plain else _encoded(line)


def _text(text: str) -> str:
    line = _one_line(text)
    is_plain = line.isascii() and "=?" not in line and max(map(len, line.split(" "))) <= _ENCODED_LENGTH
    return line if is_plain else _encoded(line)


def _encoded(line: str) -> str:
    words = Header(line, "utf-8", maxlinelen=_ENCODED_LENGTH).encode(linesep="\n")
    return " ".join(word.strip() for word in words.split("\n"))


def _one_line(text: str) -> str:
    return _DISORDER.sub(" ", text).strip()


def _part(text: str, subtype: str) -> MIMENonMultipart:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    part = MIMENonMultipart("text", subtype, charset="utf-8", policy=_POLICY)
    part.set_payload(text.replace("\r\n", "\n"), charset)
    return part


def _file(attachment: Attachment) -> MIMEApplication:
    _, _, subtype = attachment.media_type.partition("/")
    part = MIMEApplication(attachment.content, _subtype=subtype, policy=_POLICY)
    filename = _one_line(attachment.filename)
    named = filename if filename.isascii() else ("utf-8", "", filename)
    part.add_header("Content-Disposition", "attachment", filename=named)
    return part


def _boundary(envelope: Envelope, part: str) -> str:
    """A line that stands in no part: 128 bits of a digest, and ``=_``, which quoted-printable cannot write."""
    return f"=_{sha256(f'{envelope.message_id} {part}'.encode()).hexdigest()[:32]}"
