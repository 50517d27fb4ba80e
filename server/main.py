"""The application of one worker process: settings, database, door, books and contract, put together.

The contract and its handlers are read while this module is imported: by the nursery, once for all workers.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from prometheus_client.core import Metric
from starlette.types import ASGIApp

from adapters.outbound import OutboundClient, trusting
from domain.access.oauth import metadata
from openapi.bundle import bundle
from openapi.published import published
from server.answering.request import Answerer
from server.app import base_path, create_app
from server.console.service import Console
from server.console.table import PAGES
from server.contract.binding import import_handlers
from server.contract.bodies import Bodies
from server.edge.arrival import BodyLimits
from server.edge.auth import TokenDoor
from server.edge.request_log import RequestLog
from server.exports.making import Exports
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from server.mcp.catalogue import Catalogue
from server.mcp.inside import Whole
from server.mcp.service import Mcp
from server.oauth.browsers import Browsers
from server.oauth.consenting import Consenting
from server.oauth.documents import Documents
from server.oauth.doorkeeping import Doorkeeper
from server.oauth.endpoints import Endpoints
from server.oauth.service import OAuth
from server.postgres.database import Database
from server.postgres.figures import FigureReader
from server.printing.installation import printing_of
from server.printing.press import press_of
from server.printing.printing import Printing
from server.sealing import Sealer
from server.settings import Settings
from server.state_metrics import state_metrics
from server.storage.file_storage import file_storage, spool_of
from server.storage.uploads import Uploads
from server.tally import tally_of

_CONTRACT = bundle()
_PUBLIC = published(_CONTRACT)
_WORDS_OF_SCOPES = _CONTRACT["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]["scopes"]
_CATALOGUE = Catalogue(_CONTRACT, metadata.API)
_EVENT_NAMES = _CONTRACT["components"]["schemas"]["WebhookEventName"]["enum"]
import_handlers(_CONTRACT)

_SECONDS_OF_A_DOCUMENT = 5.0
"""Somebody waits for the page behind it."""


def application() -> Any:
    """Return the application, as the environment says. Raises SystemExit without a database."""
    settings = Settings.from_environment()
    url = settings.database_url
    if url is None:
        raise SystemExit("DATABASE_URL: a worker needs it; 'finzbooks serve' sets it.")
    database, files = Database(url, settings), file_storage(settings)
    press, sealer = press_of(settings), Sealer(settings)
    printing = printing_of(settings, database, files, press)
    tally = tally_of()
    request_log = RequestLog(database, tally)
    defer = deferring(job_queue(url))
    doorkeeper = Doorkeeper(database, defer)
    documents = Documents(
        doorkeeper,
        lambda: OutboundClient(tls=trusting(settings.outbound_ca_file), seconds=_SECONDS_OF_A_DOCUMENT),
        is_insecure_allowed=settings.allow_insecure_webhooks,
    )
    door = TokenDoor(database, stranger_calls_per_minute=settings.stranger_calls_per_minute)

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        await database.open()
        request_log.open()
        try:
            yield
        finally:
            await request_log.close()
            await documents.close()
            await press.close()
            await database.close()

    figures = FigureReader(url)

    async def state() -> Iterable[Metric]:
        return state_metrics(await figures.read(), settings.data_directory)

    whole = Whole()
    whole.stack = create_app(
        spec=_CONTRACT,
        door=door,
        answer=Answerer(
            database,
            bodies=Bodies(_CONTRACT),
            defer=defer,
            uploads=Uploads(database, files, settings.files_room_bytes),
            exports=Exports(press),
            printing=printing,
            sealer=sealer,
            timeout_seconds=settings.request_timeout_seconds,
            mail_recipients_per_day=settings.mail_recipients_per_day,
            allow_insecure_webhooks=settings.allow_insecure_webhooks,
        ),
        ready=database.is_ready,
        lifespan=lifespan,
        public_url=settings.public_url,
        limits=BodyLimits(settings.body_limit_bytes, settings.body_timeout_seconds),
        spool=spool_of(settings),
        files=files,
        public=_PUBLIC,
        cors_origins=settings.cors_origins,
        tally=tally,
        people=[
            *_pages_for_people(settings, doorkeeper, documents, sealer, door, printing),
            _mcp_of(settings, door, sealer, whole),
        ],
        state=state,
        note=request_log.note,
    )
    return whole.stack


def _pages_for_people(
    settings: Settings,
    doorkeeper: Doorkeeper,
    documents: Documents,
    sealer: Sealer,
    door: TokenDoor,
    printing: Printing,
) -> list[Any]:
    """Return the layers that let apps in and show the console."""
    browsers = Browsers(key=partial(sealer.key_for, "forms"), is_secure=settings.public_url.startswith("https://"))
    consenting = Consenting(doorkeeper, browsers, documents, issuer=settings.public_url, words=_WORDS_OF_SCOPES)
    endpoints = Endpoints(doorkeeper, key=partial(sealer.key_for, "oauth tokens"), issuer=settings.public_url)
    seconds = settings.request_timeout_seconds
    return [
        partial(
            OAuth,
            endpoints=endpoints,
            consenting=consenting,
            door=door,
            issuer=settings.public_url,
            timeout_seconds=seconds,
        ),
        partial(
            Console,
            pages=PAGES,
            doorkeeper=doorkeeper,
            browsers=browsers,
            scope_words=_WORDS_OF_SCOPES,
            event_names=_EVENT_NAMES,
            printing=printing,
            api_path=base_path(_CONTRACT),
            sealer=sealer,
            settings=settings,
            timeout_seconds=seconds,
        ),
    ]


def _mcp_of(settings: Settings, door: TokenDoor, sealer: Sealer, whole: Whole) -> Callable[[ASGIApp], Mcp]:
    """Return what answers agents; its tools make requests of the whole application."""
    return partial(
        Mcp,
        whole=whole,
        door=door,
        catalogue=_CATALOGUE,
        key=partial(sealer.key_for, "confirmations of agents"),
        issuer=settings.public_url,
        origins=settings.cors_origins,
        limits=BodyLimits(settings.body_limit_bytes, settings.body_timeout_seconds),
    )
