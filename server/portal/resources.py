"""The reference: one page for each resource, with all that the contract says of its operations."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openapi.bundle import operations_of, resolve
from openapi.collection import sample_of
from openapi.naming import Named, group_of, verb_of
from openapi.sdk.snippets import Snippets
from server.portal.answers import Kept, answers_of
from server.portal.examples import Example, examples_of
from server.portal.members import Member, Members

Json = dict[str, Any]

_REFUSAL = re.compile(r"^- `([a-z_]+\.[a-z_]+)`: (.*)$", re.MULTILINE)
_APART = {"reports": ("gst_reports", "Reports and returns under GST.", re.compile("^/gst/|/(gst|hsn_|tax_)"))}
"""Tags with so many operations that some, by their paths, have a page of their own."""

_SPELT = {"pdf": "PDF", "tds": "TDS", "itc": "ITC", "gst": "GST", "einvoice": "E-invoice"}
_EVERYWHERE = ("401", "403", "406", "408", "413", "415", "429", "431", "500", "503")
"""Statuses that any call may be answered with: the page names them once."""


@dataclass(frozen=True)
class Refusal:
    """Why an operation may be refused; without a ``code`` it is only the status that the contract names."""

    status: str
    code: str
    when: str


@dataclass(frozen=True)
class Answer:
    """What an operation answers when it succeeds; ``example_at`` is the operation that shows the same example.

    ``is_sample`` tells that the example is the contract's, and no call was answered so.
    """

    status: str
    about: str
    media: tuple[str, ...]
    members: tuple[Member, ...]
    example: str
    example_at: str
    is_sample: bool


@dataclass(frozen=True)
class Operation:
    """One operation, as its place on the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    scopes: tuple[str, ...]
    parameters: tuple[Member, ...]
    common: tuple[Member, ...]
    body: tuple[Member, ...]
    body_media: tuple[str, ...]
    body_about: str
    tag: str
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Resource:
    """A resource by its tag, with its operations still as the contract has them."""

    name: str
    title: str
    about: str
    operations: tuple[Named, ...]

    @property
    def url(self) -> str:
        """The page's path."""
        return f"/docs/reference/{self.name}"


def resources_of(spec: Json) -> tuple[Resource, ...]:
    """Return the resources that have operations, in the contract's order."""
    found: dict[str, list[Named]] = {tag["name"]: [] for tag in spec.get("tags", [])}
    about = {tag["name"]: tag.get("description", "") for tag in spec.get("tags", [])}
    for path, item in spec["paths"].items():
        for method, authored in operations_of(item):
            operation = {**authored, "parameters": [*item.get("parameters", []), *authored.get("parameters", [])]}
            name = _page_of((operation.get("tags") or [group_of(path)])[0], path, about)
            verb = verb_of(name, operation["operationId"])
            found.setdefault(name, []).append(Named(name, verb, method, path, operation))
    return tuple(Resource(name, _title(name), about.get(name, ""), tuple(each)) for name, each in found.items() if each)


def _page_of(tag: str, path: str, about: dict[str, str]) -> str:
    """Return on whose page an operation is shown: its tag's, or that of a part of it."""
    name, words, fitting = _APART.get(tag, (tag, "", None))
    if fitting is None or not fitting.search(path):
        return tag
    about[name] = words
    return name


def _title(name: str) -> str:
    words = [_SPELT.get(word, word) for word in name.split("_")]
    return words[0][:1].upper() + " ".join(words)[1:]


def operations_on(spec: Json, resource: Resource, snippets: Snippets | None) -> tuple[Operation, ...]:
    """Return the operations of one page, with all that is shown of them."""
    members, samples, kept = Members(spec), dict[str, str](), answers_of(resource.name)
    return tuple(
        _operation(
            spec,
            named,
            members,
            _Samples(samples, kept.get(named.operation["operationId"])),
            examples_of(sample_of(spec, named), snippets, _saved(spec, named)),
        )
        for named in resource.operations
    )


def _saved(spec: Json, named: Named) -> str:
    """Return the media type of what an operation answers if it is asked for nothing in particular."""
    answers = [resolve(spec, each) for status, each in named.operation["responses"].items() if status.startswith("2")]
    return next((media for each in answers for media in each.get("content", {})), "")


@dataclass(frozen=True)
class _Samples:
    """What the page has shown so far, by which operation; and what this one's call was answered."""

    shown: dict[str, str]
    kept: Kept | None


def _operation(
    spec: Json, named: Named, members: Members, samples: _Samples, examples: tuple[Example, ...]
) -> Operation:
    operation = named.operation
    own = operation["operationId"]
    parameters = [resolve(spec, each) for each in operation["parameters"]]
    shared = {id(resolve(spec, each)) for each in operation["parameters"] if _is_common(spec, each)}
    shown = {id(each): members.parameter(each, f"{own}.{each['name']}") for each in parameters}
    body = resolve(spec, operation.get("requestBody", {}))
    return Operation(
        id=own,
        method=named.method.upper(),
        path=named.path,
        summary=str(operation.get("summary", own)),
        about=operation.get("description", ""),
        scopes=tuple(scopes_of(operation)),
        parameters=tuple(shown[id(each)] for each in parameters if id(each) not in shared),
        common=tuple(shown[id(each)] for each in parameters if id(each) in shared),
        body=members.of(_schema(body), f"{own}.body", is_sent=True),
        body_media=tuple(body.get("content", {})),
        body_about=body.get("description", ""),
        tag=(operation.get("tags") or [named.group])[0],
        answers=tuple(_answers(spec, operation, members, samples)),
        refusals=tuple(_refusals(spec, operation)),
        examples=examples,
    )


def _is_common(spec: Json, parameter: Json) -> bool:
    """Whether a parameter is one that every operation of its sort takes: a header, or the organization."""
    name = resolve(spec, parameter)
    return "$ref" in parameter and (name["in"] == "header" or name["name"] == "organization_id")


def scopes_of(operation: Json) -> Iterator[str]:
    """Yield what a token must be allowed."""
    for each in operation.get("security", []):
        for scopes in each.values():
            yield from scopes


def _answers(spec: Json, operation: Json, members: Members, samples: _Samples) -> Iterator[Answer]:
    for status, authored in operation.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        answer = resolve(spec, authored)
        own = operation["operationId"]
        shown = members.of(_schema(answer), f"{own}.answer", is_sent=False)
        kept = samples.kept if samples.kept and samples.kept.status == status else None
        example = kept.text if kept else _example(answer)
        there = samples.shown.setdefault(example, own) if example else own
        yield Answer(
            status=status,
            about=answer.get("description", ""),
            media=tuple(answer.get("content", {})),
            members=tuple(each for each in shown if each.name not in ("code", "message")),
            example=example if there == own else "",
            example_at="" if there == own else there,
            is_sample=kept is None,
        )


def _refusals(spec: Json, operation: Json) -> Iterator[Refusal]:
    """Yield what this operation in particular may be refused for, and the statuses of which it says no more."""
    for status, authored in operation.get("responses", {}).items():
        about = str(resolve(spec, authored).get("description", ""))
        codes = _REFUSAL.findall(about)
        yield from (Refusal(status, code, when) for code, when in codes)
        if not codes and not status.startswith("2") and status not in _EVERYWHERE:
            yield Refusal(status, "", about.partition("\n\n")[0])


def _schema(described: Json) -> Json:
    """Return the schema of the first medium that has members; the others are files."""
    for media, each in described.get("content", {}).items():
        if media in ("application/json", "multipart/form-data"):
            schema: Json = each.get("schema", {})
            return schema
    return {}


def _example(described: Json) -> str:
    """Return the first example of a JSON answer, indented, or nothing."""
    media = described.get("content", {}).get("application/json", {})
    value = media.get("example")
    for named in media.get("examples", {}).values():
        value = value or named.get("value")
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""
