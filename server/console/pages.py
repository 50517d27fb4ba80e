"""The pages of the console as data: where each is, who may see it, and under which heading it is found."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.responses import Response

from server.console.visits import Visit

Act = Callable[[Visit], Awaitable[Response]]

_NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: ``show`` answers GET, ``act`` the form that is sent back to the same address by POST.

    A path with ``{organization}`` is a page of that organization, for its members. ``heading`` and ``label`` are where
    the navigation has it, if it does; ``roles`` are those who may open it and find it there, empty for all members.
    ``is_open``: also for those who have not signed in. ``takes_files``: its form is read by ``act`` itself, out of
    ``raw_body``. ``is_data``: a script of ours asks, not a person.
    """

    path: str
    show: Act | None = None
    act: Act | None = None
    heading: str = ""
    label: str = ""
    roles: frozenset[str] = frozenset()
    is_open: bool = False
    takes_files: bool = False
    is_data: bool = False
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        """Compile the path."""
        written = _NAME.sub(r"(?P<\1>[A-Za-z0-9_.:~-]{1,128})", self.path)
        object.__setattr__(self, "pattern", re.compile(written, re.ASCII))


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation; ``is_above``: the page is this one or lies below it."""

    label: str
    href: str
    is_above: bool
    is_current: bool


class PageTable:
    """Finds pages by path: literal ones before those with names in them."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._literal = {page.path: page for page in pages if "{" not in page.path}
        self._named = [page for page in pages if "{" in page.path]
        self._listed = [page for page in pages if page.label]

    def find(self, path: str) -> tuple[Page, Mapping[str, str]] | None:
        """Return the page of a path, and the values of the names in it."""
        if page := self._literal.get(path):
            return page, {}
        for page in self._named:
            if found := page.pattern.fullmatch(path):
                return page, found.groupdict()
        return None

    def _listed_above(self, current: Page) -> Page:
        """Return the page of the navigation that a page is, or lies below; the first of an organization has none."""
        listed = (page for page in self._listed if not page.path.endswith("{organization}"))
        above = [page for page in listed if page is current or current.path.startswith(page.path + "/")]
        return max(above, key=lambda page: len(page.path), default=current)

    def navigation(self, visit: Visit, current: Page) -> list[tuple[str, list[Entry]]]:
        """Return the pages of the visit's organization that the user finds by themselves, under their headings."""
        if visit.place is None:
            return []
        headings: dict[str, list[Entry]] = {}
        at = self._listed_above(current)
        for page in self._listed:
            if not page.roles or visit.place.role in page.roles:
                entry = Entry(
                    page.label, page.path.replace("{organization}", visit.place.id), page is at, page is current
                )
                headings.setdefault(page.heading, []).append(entry)
        return list(headings.items())
