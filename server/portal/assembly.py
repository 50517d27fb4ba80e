"""The portal put together: which page stands at which path, in HTML and as Markdown, all from our own origin.

No page loads anything from elsewhere or runs inline script; the content security policy says so to the browser. Pages
are made when they are first asked for, because most workers are asked for few of them.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment
from starlette.responses import Response
from xxhash import xxh3_64_hexdigest

from openapi.changes import changelog
from openapi.sdk.snippets import Snippets
from server.contract.codec import encode
from server.pages.look import KEPT_FOR_EVER, STYLE_PATH, style_page
from server.pages.public import Asked, Page, fixed_page, page_on_demand
from server.portal.errors import Errors
from server.portal.guides import Guide, deeper, guide_html, plain_markdown, read_guides
from server.portal.landing import landing_view
from server.portal.prose import breakable, html_of, sentence_html, twin_links, twin_path
from server.portal.resources import Resource, operations_on, resources_of
from server.portal.search import LONGEST, Entry, as_json, entry, found, of_reference
from server.portal.workflows import ABOUT, TITLE, URL, workflows_page
from server.templates import TEMPLATES, html_environment, text_environment

Json = dict[str, Any]
View = Callable[[], Json]

FOLDER = "portal"
SEARCH, INDEX = "/docs/search", "/docs/search.json"
HTML, MARKDOWN = "text/html", "text/markdown"

_SIDECAR = "drf-spectacular-sidecar"
_SWAGGER_FILES = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png", "oauth2-redirect.js")
_OWN_FILES = ("console.js", "examples.js", "own.js", "portal.js")
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png"}

# Swagger UI draws its icons from data: URLs, and shows a picture that was answered from a blob: one.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True)
class Sheet:
    """A page before it is made: where it stands, what it is called, and what its templates are given."""

    path: str
    title: str
    about: str
    template: str
    view: View
    has_twin: bool = True

    @property
    def twin(self) -> str:
        """The path of the same page as Markdown; empty if there is none."""
        if not self.has_twin:
            return ""
        return "/index.md" if self.path == "/" else f"{self.path}.md"


class Portal:
    """All pages of one contract."""

    def __init__(self, spec: Json, *, spec_path: str, public_url: str, has_packages: bool) -> None:
        """Take the contract as it is published, and whether the packages for callers are made of it."""
        self._spec = spec
        self._has_packages = has_packages
        self._own = {name: (TEMPLATES / FOLDER / name).read_bytes() for name in _OWN_FILES}
        self._resources = resources_of(spec)
        self._errors = Errors(spec, self._resources)
        self._guides = read_guides(public_url)
        self._entries: tuple[Entry, ...] = ()
        api_path = spec_path.rpartition("/")[0]
        self._facts = {
            "title": spec["info"]["title"],
            "version": spec["info"]["version"],
            "spec_path": spec_path,
            "spec_path_3_1": spec_path.replace(".json", "-3.1.json"),
            "api_path": api_path,
            "api_url": public_url + api_path,
            "public_url": public_url,
            "swagger_assets": f"/docs/assets/{_swagger_version()}",
            "stamp": _stamp(self._own),
            "style": STYLE_PATH,
            "site_links": _SITE_LINKS,
            "sections": self._sections(),
            "headers": _HEADERS_EXPLAINED,
        }
        self._html, self._text = _environments()

    @cached_property
    def _snippets(self) -> Snippets | None:
        return Snippets(self._spec) if self._has_packages else None

    @cached_property
    def _workflows(self) -> Guide:
        return workflows_page(self._spec, self._resources, self._facts["spec_path"])

    def pages(self) -> dict[str, Page]:
        """Return every page by its path, with the files that pages load."""
        made: dict[str, Page] = {}
        for sheet in self._sheets():
            made[sheet.path] = page_on_demand(partial(self._made, self._html, sheet, "html"), HTML, PAGE_HEADERS)
            if sheet.has_twin:
                text = partial(self._made, self._text, sheet, "md")
                made[sheet.twin] = page_on_demand(text, MARKDOWN, PAGE_HEADERS)
        index = page_on_demand(lambda: encode(as_json(self._index())), "application/json", PAGE_HEADERS)
        agents = Sheet("/llms.txt", "For agents", "Where everything stands as Markdown.", "llms", self._contents)
        llms = page_on_demand(partial(self._made, self._text, agents, "txt"), "text/plain", PAGE_HEADERS)
        return {**made, INDEX: index, "/llms.txt": llms, **self._assets()}

    def asked(self) -> dict[str, Asked]:
        """Return the pages whose content depends on the query."""
        return {SEARCH: self._search}

    async def _search(self, query: bytes) -> Response:
        question = parse_qs(query.decode("utf-8", "replace")).get("q", [""])[0].strip()[:LONGEST]
        page = await asyncio.to_thread(self._found, question)
        return Response(page, media_type=HTML, headers={**PAGE_HEADERS, "X-Robots-Tag": "noindex"})

    def _found(self, question: str) -> bytes:
        sheet = Sheet(SEARCH, "Search", "What the documentation says about your words.", "search", dict, has_twin=False)
        view = {"question": question, "found": found(self._index(), question)}
        return self._html.get_template("search.html").render(self._facts | {"page": sheet} | view).encode()

    def _index(self) -> tuple[Entry, ...]:
        """Return all that can be found, put together at the first question."""
        if not self._entries:
            errors = [
                entry(each, f"/docs/errors/{each}", "Error", self._errors.when(each)) for each in self._errors.codes
            ]
            guides = [entry(each.title, each.url, "Guide", each.about, each.text) for each in self._guides]
            sections = [
                entry(heading, f"{each.url}#{anchor}", "Guide", each.title)
                for each in self._guides
                for heading, anchor in each.headings
            ]
            stories = [
                entry(heading, f"{URL}#{anchor}", "Guide", TITLE) for heading, anchor in self._workflows.headings
            ]
            guides.append(entry(TITLE, URL, "Guide", ABOUT, self._workflows.text))
            self._entries = (
                *guides,
                *sections,
                *stories,
                *errors,
                *of_reference(self._spec, self._resources, self._snippets),
            )
        return self._entries

    def _made(self, environment: Environment, sheet: Sheet, ending: str) -> bytes:
        template = environment.get_template(f"{sheet.template}.{ending}")
        return template.render(self._facts | {"page": sheet} | sheet.view()).encode()

    def _sheets(self) -> Iterator[Sheet]:
        about = "GST bookkeeping as an API: quickstart, what can be built with it, and how it behaves."
        yield Sheet("/", self._facts["title"], about, "landing", partial(landing_view, self._guides))
        about = "Guides and reference of the API."
        yield Sheet("/docs", "Documentation", about, "documentation", self._contents)
        for guide in self._guides:
            yield Sheet(guide.url, guide.title, guide.about, "guide", partial(_guide_view, guide))
        yield Sheet(URL, TITLE, ABOUT, "guide", lambda: _guide_view(self._workflows))
        yield Sheet("/docs/console", "Try it out", "Every call, from your browser.", "console", dict, has_twin=False)
        yield Sheet("/docs/reference", "Reference", "Every operation of the API.", "reference", self._overview)
        for resource in self._resources:
            view = partial(self._resource_view, resource)
            yield Sheet(resource.url, resource.title, resource.about, "resource", view)
        yield Sheet("/docs/errors", "Error codes", "Every code of an error.", "errors", self._errors.overview)
        for code in self._errors.codes:
            yield Sheet(
                f"/docs/errors/{code}", code, self._errors.when(code), "error", partial(self._errors.view, code)
            )

        about = "What is new in the contract, release by release, and what breaks."
        yield Sheet("/docs/changelog", "Changelog", about, "changelog", lambda: {"text": changelog(self._spec)})

    def _overview(self) -> Json:
        return {"resources": self._resources, "count": sum(len(each.operations) for each in self._resources)}

    def _contents(self) -> Json:
        return {"guides": self._guides, "resources": self._resources}

    def _resource_view(self, resource: Resource) -> Json:
        return {"resource": resource, "operations": operations_on(self._spec, resource, self._snippets)}

    def _sections(self) -> list[Json]:
        """Return what the documentation's table of contents shows."""
        guides = [_Link(each.title, each.url) for each in self._guides]
        return [
            {"title": "Guides", "links": [_Link("All pages", "/docs"), *guides, _Link(TITLE, URL)]},
            {"title": "Reference", "links": [_Link("All operations", "/docs/reference"), *self._resources_as_links()]},
            {"title": "Help", "links": [_Link("Error codes", "/docs/errors"), _Link("Changelog", "/docs/changelog")]},
        ]

    def _resources_as_links(self) -> list["_Link"]:
        return [_Link(each.title, each.url) for each in self._resources]

    def _assets(self) -> dict[str, Page]:
        files = {f"{self._facts['swagger_assets']}/{name}": _swagger_file(name) for name in _SWAGGER_FILES}
        files |= {f"/docs/assets/{self._facts['stamp']}/{name}": content for name, content in self._own.items()}
        made = {
            path: fixed_page(content, _MEDIA_TYPES[Path(path).suffix], KEPT_FOR_EVER) for path, content in files.items()
        }
        return {**made, STYLE_PATH: style_page()}


@dataclass(frozen=True)
class _Link:
    title: str
    path: str


_SITE_LINKS = (
    _Link("Guides", "/docs"),
    _Link("Reference", "/docs/reference"),
    _Link("Try it out", "/docs/console"),
    _Link("Console", "/console"),
)
_HEADERS_EXPLAINED = {
    "organization_id": "/docs/guides/organizations",
    "X-AIBooks-Org": "/docs/guides/organizations",
    "Idempotency-Key": "/docs/guides/idempotency",
    "If-Match": "/docs/guides/envelopes#changes",
    "If-None-Match": "/docs/guides/envelopes#changes",
}
"""Which guide tells of what many operations take."""


def _guide_view(guide: Guide) -> Json:
    return {"guide": guide}


def _environments() -> tuple[Environment, Environment]:
    html, text = html_environment(FOLDER), text_environment(FOLDER)
    html.filters |= {
        "prose": html_of,
        "breakable": breakable,
        "sentence": sentence_html,
        "guide": guide_html,
        "steps": lambda words: guide_html(deeper(words)),
    }
    text.filters |= {
        "deeper": deeper,
        "one_line": lambda words: " ".join(words.split()),
        "twin": lambda words: twin_links(plain_markdown(words)),
        "twin_path": twin_path,
    }
    return html, text


def _swagger_version() -> str:
    return version(_SIDECAR)


def _swagger_file(name: str) -> bytes:
    """Read a file of Swagger UI out of the package that carries it (its Django part is not used)."""
    # Not by import: the package's own code needs Django, which is not installed.
    found = find_spec("drf_spectacular_sidecar")
    assert found is not None and found.origin is not None, "it is one of our dependencies"
    package = Path(found.origin).parent
    return (package / "static" / "drf_spectacular_sidecar" / "swagger-ui-dist" / name).read_bytes()


def _stamp(contents: Mapping[str, bytes]) -> str:
    """Return a path segment that changes with our own files, so that browsers may keep them for ever."""
    return xxh3_64_hexdigest(b"".join(contents.values()))
