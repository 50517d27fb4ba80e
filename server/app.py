"""The HTTP edge, put together on Connexion's documented seams.

Connexion loads the contract, resolves operation ids to handlers and security requirements, and runs error handling.
Routing, admission, validation and dispatch are our own middlewares in its list (``python -m benches.edge`` measures
what that gains).
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

from connexion import ConnexionMiddleware
from connexion.exceptions import ProblemException
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.spec import OpenAPISpecification
from starlette.exceptions import HTTPException
from starlette.routing import Router
from starlette.types import ASGIApp

from adapters.files import Files, LocalFiles
from domain.access.oauth import metadata
from openapi.bundle import operations_of
from openapi.published import published
from openapi.rendition import rendition
from openapi.workflows import workflows
from server.contract.codec import encode
from server.edge.arrival import BodyLimits
from server.edge.cors import ANY, Cors
from server.edge.dispatch import Dispatch
from server.edge.error_handling import Errors
from server.edge.forms import Spool
from server.edge.outermost import Outermost
from server.edge.problems import Problems
from server.edge.routing import Routing
from server.edge.security import Security
from server.exchange import Answer, Door, Note
from server.logs import WriteLine, to_standard_error
from server.metrics import Metrics
from server.pages.public import Page, Pages, Ready, State, fixed_page, operational_pages, page_on_demand
from server.portal.assembly import Portal
from server.storage.signed_files import PREFIX, SignedFiles
from server.tally import Tally

Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]

_OPEN_TO_PAGES = (
    *(metadata.TOKEN, metadata.REVOKE, metadata.SERVER_METADATA, metadata.RESOURCE_METADATA),
    metadata.MCP,
)
"""What apps that run in a browser call besides the API; never what a person is asked."""

# That the contract is OpenAPI is checked when it changes (`make spec`); in Python it takes half of a start.
OpenAPISpecification.openapi_schema = {}


def create_app(
    *,
    spec: dict[str, Any],
    door: Door,
    answer: Answer,
    ready: Ready,
    lifespan: Lifespan | None = None,
    public_url: str = "http://localhost:8000",
    write_line: WriteLine = to_standard_error,
    limits: BodyLimits | None = None,
    spool: Spool | None = None,
    files: Files | None = None,
    public: dict[str, Any] | None = None,
    cors_origins: Sequence[str] = (ANY,),
    tally: Tally | None = None,
    people: Sequence[Callable[[ASGIApp], ASGIApp]] = (),
    state: State | None = None,
    note: Note | None = None,
) -> ASGIApp:
    """Return the ASGI application of a contract.

    ``ready`` says whether the server can serve (``/readyz``); ``lifespan`` opens and closes what it needs; ``limits``
    bound bodies, ``spool`` is where uploaded files arrive, if the contract has any; ``files`` that are kept here are
    also sent from here. ``public`` is the contract as it is published, where it is at hand; pages of ``cors_origins``
    may call from a browser. Metrics are counted in the ``tally``, and ``state`` tells more; ``people`` are layers that
    answer apps which want tokens, agents, and people at their browsers; ``note`` takes note of calls for those who make
    them.
    Raises ResolverError or SpecMistake if the contract and the handlers differ: nothing starts half bound.
    """
    metrics = Metrics(
        (each["operationId"] for item in spec["paths"].values() for _, each in operations_of(item)), tally
    )
    contract = public or published(spec)
    portal = Portal(
        contract, spec_path=base_path(spec) + "/openapi.json", public_url=public_url, has_packages=public is not None
    )
    pages = {**operational_pages(ready, metrics, state), **_contract_pages(contract), **portal.pages()}
    own_files = [partial(SignedFiles, files=files)] if isinstance(files, LocalFiles) else []
    connexion = ConnexionMiddleware(
        Router(),  # in place of an application: dispatch passes no request on
        import_name="finzbooks",
        lifespan=lifespan,
        middlewares=[
            partial(Outermost, write_line=write_line, metrics=metrics, note=note),
            partial(Cors, origins=cors_origins, prefixes=(base_path(spec) + "/", PREFIX, *_OPEN_TO_PAGES), spec=spec),
            Errors,
            LifespanMiddleware,
            partial(Pages, pages=pages, asked=portal.asked()),
            *own_files,
            *people,
            Routing,
            partial(Security, door=door),
            partial(Dispatch, answer=answer, limits=limits or BodyLimits(), spool=spool),
        ],
    )
    connexion.add_api(spec)
    problems = Problems(door, resource_metadata=metadata.resource_metadata_url(public_url))
    for kind in (HTTPException, ProblemException, Exception):
        connexion.add_error_handler(kind, problems.answer)
    return _built(connexion)


def _contract_pages(spec: dict[str, Any]) -> dict[str, Page]:
    """Return the contract in both of its versions, and workflows over it; they need no token."""
    spec_path = base_path(spec) + "/openapi.json"
    headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}

    def in_version_3_1() -> bytes:
        return encode(rendition(spec)) + b"\n"

    def stories() -> bytes:
        return encode(workflows(spec["info"]["version"])) + b"\n"

    return {
        spec_path: fixed_page(encode(spec) + b"\n", "application/json", headers),
        spec_path.replace("openapi", "arazzo"): page_on_demand(stories, "application/json", headers),
        spec_path.replace(".json", "-3.1.json"): page_on_demand(in_version_3_1, "application/json", headers),
    }


def base_path(spec: dict[str, Any]) -> str:
    """Return the path of the contract's first server."""
    url: str = spec["servers"][0]["url"]
    path = url.split("://", 1)[-1]
    return path[path.index("/") :].rstrip("/")


def _built(connexion: ConnexionMiddleware) -> ASGIApp:
    """Return the stack, which Connexion would build at the first request: a mistake must show at the start.

    Connexion itself is done with then, and so is its copy of the contract.
    """
    stack: ASGIApp
    stack, _ = connexion._build_middleware_stack()
    return stack
