"""Every operation as a request that is ready to be sent: a Postman collection, and an ``.http`` file for editors.

Both are made of the published contract: its samples are the bodies, and the first folders tell the workflows beside
it (``arazzo.yaml``), the five minutes before all. ``python -m openapi.collection FOLDER`` writes them.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from openapi.bundle import example_of, resolve
from openapi.fragments import Json
from openapi.naming import Named, named_operations
from openapi.workflows import VARIABLE, Kept, Row, Step, Story, stories_of

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
BASE_URL = "http://localhost:8000/api/public/v1"
POSTMAN, HTTP = "finzbooks.postman_collection.json", "finzbooks.http"

_JSON, _FORM = "application/json", "multipart/form-data"
_KEY = "Idempotency-Key"
_LONGEST_ABOUT = 600
_IN_JAVASCRIPT, _IN_JSONPATH = ".find(each => each.{member} == {value})", "[?(@.{member}=={value})]"


class Request(NamedTuple):
    """A request as both files tell it; of ``query`` and ``headers`` the third member says whether it is sent.

    ``called`` is its name in the ``.http`` file; one of a story has the ``status`` that it is to be answered with.
    """

    folder: str
    name: str
    called: str
    operation_id: str
    method: str
    path: str
    query: list[tuple[str, str, bool]]
    headers: list[tuple[str, str, bool]]
    media: str
    body: Any
    about: str
    status: int | None = None
    keeps: tuple[Kept, ...] = ()


def requests_of(contract: Json) -> list[Request]:
    """Return the requests of all stories, then one for each operation of a published contract."""
    named = {each.operation["operationId"]: each for each in named_operations(contract)}
    told = [
        _told(contract, named[step.operation_id], story, number)
        for story in stories_of(contract)
        for number, step in enumerate(story.steps, 1)
    ]
    return [*told, *(sample_of(contract, each) for each in named.values())]


def sample_of(spec: Json, named: Named) -> Request:
    """Return one operation of a published contract as a request, with the contract's samples in it."""
    operation = named.operation
    parameters = [resolve(spec, each) for each in operation.get("parameters", [])]
    media, body = _body(spec, operation)
    return Request(
        folder=named.group,
        name=operation.get("summary", named.verb),
        called=operation["operationId"],
        operation_id=operation["operationId"],
        method=named.method.upper(),
        path=re.sub(r"\{(\w+)\}", r"{{\1}}", named.path),
        query=[
            (each["name"], _text(spec, each), each.get("required", False))
            for each in parameters
            if each["in"] == "query"
        ],
        headers=[_header(spec, each) for each in parameters if each["in"] == "header"],
        media=media,
        body=body,
        about=operation.get("description", "")[:_LONGEST_ABOUT],
    )


def _header(spec: Json, parameter: Json) -> tuple[str, str, bool]:
    """A key is made up for each call, so that it may be sent again by hand; conditions are not sent unasked."""
    name = parameter["name"]
    return (name, "{{$guid}}", True) if name == _KEY else (name, _text(spec, parameter), False)


def _text(spec: Json, parameter: Json) -> str:
    value = parameter.get("example", example_of(spec, parameter["schema"]))
    return ",".join(map(str, value)) if isinstance(value, list) else _word(value)


def _word(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _body(spec: Json, operation: Json) -> tuple[str, Any]:
    content = resolve(spec, operation.get("requestBody", {})).get("content", {})
    for media, each in content.items():
        examples = [named["value"] for named in each.get("examples", {}).values()]
        return media, each["example"] if "example" in each else [*examples, example_of(spec, each["schema"])][0]
    return "", None


def _told(spec: Json, named: Named, story: Story, number: int) -> Request:
    """Return a step of a story as a request: what the contract's sample has besides, its key among it, stays."""
    step: Step = story.steps[number - 1]
    sample = sample_of(spec, named)
    return sample._replace(
        folder=story.id.replace("_", " "),
        name=f"{number}. {step.title}",
        called=f"{story.id}_{step.id}",
        path=re.sub(r"\{(\w+)\}", lambda found: step.path[found[1]], named.path),
        query=[(name, value, True) for name, value in step.query.items()],
        headers=[each for each in sample.headers if each[2]],
        media=_JSON if step.body else "",
        body=step.body,
        about=step.about or sample.about,
        status=step.status,
        keeps=step.keeps,
    )


def postman(contract: Json) -> Json:
    """Return the collection for Postman, format 2.1; its token is a variable that is empty."""
    folders: dict[str, list[Json]] = {}
    for each in requests_of(contract):
        folders.setdefault(each.folder, []).append(_item(each))
    return {
        "info": {"name": contract["info"]["title"], "schema": SCHEMA, "version": contract["info"]["version"]},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [{"key": "base_url", "value": BASE_URL}, {"key": "token", "value": ""}],
        "item": [{"name": folder, "item": items} for folder, items in folders.items()],
    }


def _item(request: Request) -> Json:
    path = request.path.lstrip("/").split("/")
    raw = "&".join(f"{name}={value}" for name, value, is_sent in request.query if is_sent)
    url = {
        "raw": "{{base_url}}" + request.path + (f"?{raw}" if raw else ""),
        "host": ["{{base_url}}"],
        "path": path,
        "query": [_pair(*each) for each in request.query],
    }
    headers = [_pair(*each) for each in request.headers]
    if request.media not in ("", _FORM):
        headers.append({"key": "Content-Type", "value": request.media})
    told: Json = {"method": request.method, "header": headers, "url": url, "description": request.about}
    if request.media:
        told["body"] = _postman_body(request)
    item: Json = {"name": request.name, "request": told, "response": []}
    if request.status is not None:
        script = {"type": "text/javascript", "exec": _after(request)}
        item["event"] = [{"listen": "test", "script": script}]
    return item


def _after(request: Request) -> list[str]:
    """Return what Postman does with an answer of a story: its status is checked, and what is needed later is kept."""
    return [
        f'pm.test("{request.status}", () => pm.response.to.have.status({request.status}));',
        *(
            f'pm.collectionVariables.set("{each.name}", pm.response.json(){_through(each, _IN_JAVASCRIPT)});'
            for each in request.keeps
        ),
    ]


def _pair(name: str, value: str, is_sent: bool) -> Json:  # noqa: FBT001  # a row of three
    return {"key": name, "value": value, **({} if is_sent else {"disabled": True})}


def _postman_body(request: Request) -> Json:
    if request.media == _FORM:
        parts = [
            {"key": name, "type": "file", "src": []}
            if name == "file"
            else {"key": name, "type": "text", "value": _word(value)}
            for name, value in request.body.items()
        ]
        return {"mode": "formdata", "formdata": parts}
    language = "json" if request.media == _JSON else "text"
    return {"mode": "raw", "raw": _raw(request), "options": {"raw": {"language": language}}}


def _raw(request: Request) -> str:
    """A story's body is written already, for its variables may be numbers."""
    return request.body if isinstance(request.body, str) else json.dumps(request.body, indent=2, ensure_ascii=False)


def _through(kept: Kept, row: str) -> str:
    """Write the way to a value, a row of a list as each of both files finds it."""
    steps = (
        row.format(member=part.member, value=part.value)
        if isinstance(part, Row)
        else f"[{part}]"
        if isinstance(part, int)
        else f".{part}"
        for part in kept.way
    )
    return "".join(steps)


def http_file(contract: Json) -> str:
    """Return the requests as a file that editors send from (REST Client, JetBrains); ids are variables at its top."""
    made = requests_of(contract)
    names = sorted({name for each in made if each.status is None for name in VARIABLE.findall(each.path)})
    head = [
        f"@base_url = {BASE_URL}",
        "@token = {{$processEnv AIBOOKS_TOKEN}}",
        *(f"@{name} = {name}" for name in names),
    ]
    by_story: dict[str, dict[str, str]] = {}
    blocks = []
    for each in made:
        known = by_story.setdefault(each.folder, {})
        blocks.append(_block(each, known))
        for kept in each.keeps:
            known[kept.name] = "{{" + f"{each.called}.response.body.${_through(kept, _IN_JSONPATH)}" + "}}"
    return "\n".join(head) + "\n\n" + "\n".join(blocks)


def _block(request: Request, known: dict[str, str]) -> str:
    query = "&".join(f"{name}={value}" for name, value, is_sent in request.query if is_sent)
    lines = [
        f"### {request.folder}: {request.name}",
        f"# @name {request.called}",
        f"{request.method} {{{{base_url}}}}{request.path}{f'?{query}' if query else ''}",
        "Authorization: Bearer {{token}}",
        *(f"{name}: {value}" for name, value, is_sent in request.headers if is_sent),
    ]
    if request.media == _FORM:
        lines += _form_lines(request)
    elif request.media:
        lines += [f"Content-Type: {request.media}", "", _raw(request).rstrip("\n")]
    text = "\n".join(lines) + "\n"
    return VARIABLE.sub(lambda name: known.get(name[1], name[0]), text)


def _form_lines(request: Request) -> Iterator[str]:
    yield from (f"Content-Type: {_FORM}; boundary=part", "")
    for name, value in request.body.items():
        about = '; filename="file"' if name == "file" else ""
        yield from ("--part", f'Content-Disposition: form-data; name="{name}"{about}', "", _word(value))
    yield "--part--"


if __name__ == "__main__":
    from openapi.bundle import bundle
    from openapi.published import published

    folder = Path(sys.argv[1])
    whole = published(bundle())
    (folder / POSTMAN).write_text(json.dumps(postman(whole), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / HTTP).write_text(http_file(whole), encoding="utf-8")
    print(f"{POSTMAN} and {HTTP} are in {folder}.")
