"""What can be set from outside: one environment variable each, with its default, its limits and the reason for it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

from server import setting_values as read
from server.setting_values import DatabaseUrl as DatabaseUrl
from server.setting_values import Network as Network

Value = TypeVar("Value")


_KEPT_QUIET = frozenset(("DATABASE_URL", "FINZBOOKS_SECRETS_KEY", "FINZBOOKS_SMTP_URL"))
"""What is not repeated where it is wrong: a URL may hold a password."""


class BadSetting(Exception):
    """An environment variable holds what it cannot mean; the message is one line and names the variable."""


def _variable(name: str, default: str, reader: Callable[[str], Value], why: str) -> Value:
    """Declare a setting: its variable, the text it has when the variable is absent, how the text is read, and why."""
    declared: Value = field(
        default=reader(default),
        metadata={"variable": name, "default": default, "read": reader, "why": why},
    )
    return declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process, read once when it starts."""

    database_url: DatabaseUrl | None = _variable(
        "DATABASE_URL",
        "",
        read.database_url,
        "PostgreSQL 15 to 18, with the rights of the tables' owner; when absent, a private PostgreSQL is started",
    )
    data_directory: Path = _variable(
        "FINZBOOKS_DATA_DIRECTORY",
        ".data",
        read.directory,
        "where the private PostgreSQL, uploaded files and the demo's token are kept",
    )
    host: str = _variable(
        "FINZBOOKS_HOST",
        "127.0.0.1",
        read.host_name,
        "address to listen on; only this machine reaches the default",
    )
    port: int = _variable("PORT", "8000", read.whole_number(1, 65535), "port to listen on")
    base_url: str = _variable(
        "FINZBOOKS_BASE_URL",
        "",
        read.base_url,
        "scheme and host as callers write them, for links in replies; when absent, http://localhost and the port",
    )
    workers: int = _variable(
        "FINZBOOKS_WORKERS",
        "2",
        read.whole_number(1, 64),
        "processes that answer requests; one for each core is enough, because they never wait for the database idly",
    )
    pool_size: int = _variable(
        "FINZBOOKS_POOL_SIZE",
        "8",
        read.whole_number(1, 100),
        "database connections of each worker; more than this only queue inside PostgreSQL",
    )
    statement_timeout_seconds: int = _variable(
        "FINZBOOKS_STATEMENT_TIMEOUT_SECONDS",
        "10",
        read.whole_number(1, 600),
        "longest time of one statement; a report over a large book takes about one second",
    )
    idle_in_transaction_timeout_seconds: int = _variable(
        "FINZBOOKS_IDLE_IN_TRANSACTION_TIMEOUT_SECONDS",
        "15",
        read.whole_number(1, 600),
        "after which PostgreSQL drops a transaction that does nothing, because it may hold a number series locked",
    )
    request_timeout_seconds: int = _variable(
        "FINZBOOKS_REQUEST_TIMEOUT_SECONDS",
        "30",
        read.whole_number(1, 600),
        "longest time of one request, after which most callers have given up",
    )
    body_limit_bytes: int = _variable(
        "FINZBOOKS_BODY_LIMIT_BYTES",
        str(2 * 1024 * 1024),
        read.whole_number(1024, 64 * 1024 * 1024),
        "largest request body; a bulk request with all its rows has about 1 MiB",
    )
    body_timeout_seconds: int = _variable(
        "FINZBOOKS_BODY_TIMEOUT_SECONDS",
        "30",
        read.whole_number(1, 3600),
        "longest time in which a body may arrive, so that nobody holds a connection by sending a byte now and then",
    )
    upload_timeout_seconds: int = _variable(
        "FINZBOOKS_UPLOAD_TIMEOUT_SECONDS",
        "120",
        read.whole_number(1, 3600),
        "the same of a form with a file; 25 MiB in this time are 1.8 Mbit/s",
    )
    head_limit_bytes: int = _variable(
        "FINZBOOKS_HEAD_LIMIT_BYTES",
        str(64 * 1024),
        read.whole_number(8192, 1024 * 1024),
        "largest request line with its header lines, which are read before anybody knows who is calling",
    )
    head_limit_lines: int = _variable(
        "FINZBOOKS_HEAD_LIMIT_LINES",
        "100",
        read.whole_number(20, 1000),
        "most header lines of a request; browsers behind several proxies send about 40",
    )
    head_timeout_seconds: int = _variable(
        "FINZBOOKS_HEAD_TIMEOUT_SECONDS",
        "10",
        read.whole_number(1, 600),
        "longest time until the header lines are complete; it ends connections on which nothing is said, too",
    )
    keep_alive_seconds: int = _variable(
        "FINZBOOKS_KEEP_ALIVE_SECONDS",
        "65",
        read.whole_number(1, 3600),
        "how long a connection is kept for the next request; a proxy in front must give up first, mostly after 60",
    )
    connections: int = _variable(
        "FINZBOOKS_CONNECTIONS",
        "1000",
        read.whole_number(10, 100_000),
        "connections of each worker; at more, the one that has been silent longest makes room",
    )
    connections_per_address: int = _variable(
        "FINZBOOKS_CONNECTIONS_PER_ADDRESS",
        "250",
        read.whole_number(1, 100_000),
        "those of one address (IPv6: of one /64) in each worker; trusted proxies have no such limit",
    )
    files_url: str = _variable(
        "FINZBOOKS_FILES_URL",
        "",
        read.files_url,
        "where uploaded files are kept, such as s3://bucket/prefix; when absent, in the data directory",
    )
    s3_endpoint: str = _variable(
        "FINZBOOKS_S3_ENDPOINT", "", read.base_url, "URL of the S3 service; when absent, Amazon's own for the region"
    )
    s3_region: str = _variable("FINZBOOKS_S3_REGION", "ap-south-1", read.host_name, "region of the bucket")
    s3_access_key_id: str = _variable(
        "FINZBOOKS_S3_ACCESS_KEY_ID", "", read.text_as_it_is, "who we are to the S3 service"
    )
    s3_secret_access_key: str = _variable(
        "FINZBOOKS_S3_SECRET_ACCESS_KEY",
        "",
        read.text_as_it_is,
        "the secret that goes with it, which signs links as well",
    )
    attachment_limit_bytes: int = _variable(
        "FINZBOOKS_ATTACHMENT_LIMIT_BYTES",
        str(25 * 1024 * 1024),
        read.whole_number(1024, 25 * 1024 * 1024),
        "largest file that can be attached; the contract promises no more than 25 MiB",
    )
    files_room_bytes: int = _variable(
        "FINZBOOKS_FILES_ROOM_BYTES",
        str(10 * 1024**3),
        read.whole_number(1024, 1024**5),
        "what the files of one organization may take together, so that none fills the disk for all",
    )
    renders_room_bytes: int = _variable(
        "FINZBOOKS_RENDERS_ROOM_BYTES",
        str(1024**3),
        read.whole_number(0, 1024**5),
        "what the PDFs of one organization that are kept for the next time may take; they count with no other files",
    )
    pdf_renderer: str = _variable(
        "FINZBOOKS_PDF_RENDERER",
        "auto",
        read.renderer,
        "what makes PDFs: pdfkit (with wkhtmltopdf), plutoprint, or auto: wkhtmltopdf where it is installed",
    )
    pdf_timeout_seconds: int = _variable(
        "FINZBOOKS_PDF_TIMEOUT_SECONDS",
        "20",
        read.whole_number(1, 120),
        "longest time in which one PDF is made; one of a hundred pages takes some seconds",
    )
    smtp_url: str = _variable(
        "FINZBOOKS_SMTP_URL",
        "",
        read.smtp_url,
        "mail server such as smtp://user:password@mail.example.in:587, which must offer STARTTLS unless "
        "?starttls=never is added, or smtps://…:465; when absent, mails are written to outbox/ in the data directory",
    )
    mail_sender: str = _variable(
        "FINZBOOKS_MAIL_SENDER",
        "books@finzbooks.invalid",
        read.mail_sender,
        "address that mails are sent from, for all organizations; the mail server must allow it",
    )
    mail_sender_name: str = _variable(
        "FINZBOOKS_MAIL_SENDER_NAME",
        "",
        read.one_line,
        "name of the service beside that of the organization: 'Acme Industries via NAME'; when absent, only the latter",
    )
    smtp_timeout_seconds: int = _variable(
        "FINZBOOKS_SMTP_TIMEOUT_SECONDS",
        "20",
        read.whole_number(1, 60),
        "longest wait for one answer of the mail server; a whole mail may take three times as long",
    )
    mail_limit_bytes: int = _variable(
        "FINZBOOKS_MAIL_LIMIT_BYTES",
        str(10 * 1024 * 1024),
        read.whole_number(65536, 40 * 1024 * 1024),
        "largest mail with its PDF, as it is sent; many mail servers take no more",
    )
    mail_recipients_per_day: int = _variable(
        "FINZBOOKS_MAIL_RECIPIENTS_PER_DAY",
        "500",
        read.whole_number(0, 1_000_000),
        "recipients to whom one organization may send on a day, so that none spoils the sender's name for all",
    )
    stranger_calls_per_minute: int = _variable(
        "FINZBOOKS_STRANGER_CALLS_PER_MINUTE",
        "120",
        read.whole_number(1, 100_000_000),
        "calls without a good token that one address may make in a minute, so that tokens cannot be guessed",
    )
    trusted_proxies: tuple[Network, ...] = _variable(
        "FINZBOOKS_TRUSTED_PROXIES",
        "",
        read.networks,
        "networks whose X-Forwarded-For is believed; anyone else could choose the address that limits count",
    )
    cors_origins: tuple[str, ...] = _variable(
        "FINZBOOKS_CORS_ORIGINS",
        "*",
        read.origins,
        "origins whose pages may call from a browser, such as https://app.example.in, divided by commas; "
        "any may, because tokens are sent by the page itself and never by the browser alone; empty for none",
    )
    einvoice_url: str = _variable(
        "FINZBOOKS_EINVOICE_URL",
        "",
        read.base_url,
        "the e-invoice portal, or a provider that speaks as it does; when absent, only sandboxes register e-invoices",
    )
    einvoice_client_id: str = _variable(
        "FINZBOOKS_EINVOICE_CLIENT_ID", "", read.text_as_it_is, "who this installation is to the e-invoice portal"
    )
    einvoice_client_secret: str = _variable(
        "FINZBOOKS_EINVOICE_CLIENT_SECRET", "", read.text_as_it_is, "the secret that goes with it"
    )
    einvoice_public_key_file: str = _variable(
        "FINZBOOKS_EINVOICE_PUBLIC_KEY_FILE", "", read.text_as_it_is, "the portal's public key for signing in, as a PEM"
    )
    einvoice_certificates_file: str = _variable(
        "FINZBOOKS_EINVOICE_CERTIFICATES_FILE",
        "",
        read.text_as_it_is,
        "the certificates that the portal signs with, as PEMs; old ones stay, because what they signed does",
    )
    portal_simulator_url: str = _variable(
        "FINZBOOKS_PORTAL_SIMULATOR_URL",
        "",
        read.base_url,
        "the simulated portal of sandboxes and the demo; when absent, serve starts one of its own",
    )
    sign_up: str = _variable(
        "FINZBOOKS_SIGN_UP",
        "open",
        read.sign_up,
        "who opens an account in the browser: open (whoever proves an address), invited (whom an owner invites), "
        "closed (nobody: the operator makes users)",
    )
    secrets_key: str = _variable(
        "FINZBOOKS_SECRETS_KEY",
        "",
        read.secrets_key,
        "32 bytes in base64 that seal passwords in the database and derive tokens of apps, the same on all machines; "
        "when absent, a key is made in the data directory",
    )
    allow_insecure_webhooks: bool = _variable(
        "FINZBOOKS_ALLOW_INSECURE_WEBHOOKS",
        "0",
        read.switch,
        "1 lets webhooks reach this very machine, over http too, which is for development: whoever may register an "
        "endpoint could otherwise have this server call what listens beside it",
    )
    outbound_ca_file: str = _variable(
        "FINZBOOKS_OUTBOUND_CA_FILE",
        "",
        read.certificates,
        "Certificates (PEM) of an authority of one's own, by which receivers of webhooks and hosts of apps are "
        "trusted too",
    )
    log_level: str = _variable("FINZBOOKS_LOG_LEVEL", "INFO", read.log_level, "DEBUG, INFO, WARNING or ERROR")

    @property
    def public_url(self) -> str:
        """Scheme and host as callers write them."""
        return self.base_url or f"http://localhost:{self.port}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read all settings. Raises BadSetting for the first that is wrong."""
        values = {}
        for setting in fields(cls):
            name, default = setting.metadata["variable"], setting.metadata["default"]
            text = environment.get(name, default).strip()
            try:
                values[setting.name] = setting.metadata["read"](text)
            except ValueError as wrong:
                shown = "the value" if name in _KEPT_QUIET else repr(text)
                raise BadSetting(f"{name}: {shown} {wrong}.") from None
        return cls(**values)

    def as_environment(self) -> dict[str, str]:
        """Return the variables that make another process read these same settings."""
        return {setting.metadata["variable"]: _text(getattr(self, setting.name)) for setting in fields(self)}


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return "1" if value else ""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def table() -> list[tuple[str, str, str]]:
    """Return variable, default and reason of every setting, in the order in which they are declared."""
    return [
        (setting.metadata["variable"], setting.metadata["default"], setting.metadata["why"])
        for setting in fields(Settings)
    ]
