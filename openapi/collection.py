"""Every operation as a request that is ready to be sent: a Postman collection, and an ``.http`` file for editors.

Both are made of the published contract: its samples are the bodies, and the first folder tells the five minutes
(``five_minutes.yaml``). ``python -m openapi.collection FOLDER`` writes them.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from openapi.bundle import example_of, resolve
from openapi.fragments import ROOT, Json, read
from openapi.naming import Named, named_operations

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
STORY = "five minutes"
BASE_URL = "http://localhost:8000/api/public/v1"
POSTMAN, HTTP = "finzbooks.postman_collection.json", "finzbooks.http"

_JSON, _FORM = "application/json", "multipart/form-data"
_KEY = "Idempotency-Key"
_LONGEST_ABOUT = 600
_STEP = re.compile(r"(\w+)\[(\w+)=(\w+)\]|(\w+)")


class Request(NamedTuple):
    """A request as both files tell it; of ``query`` and ``headers`` the third member says whether it is sent."""

    folder: str
    name: str
    operation_id: str
    method: str
    path: str
    query: list[tuple[str, str, bool]]
    headers: list[tuple[str, str, bool]]
    media: str
    body: Any
    about: str
    keeps: dict[str, str]


def requests_of(contract: Json) -> list[Request]:
    """Return the story's requests, then one for each operation of a published contract."""
    named = {each.operation["operationId"]: each for each in named_operations(contract)}
    return [*_story(contract, named), *(sample_of(contract, each) for each in named.values())]


def sample_of(spec: Json, named: Named) -> Request:
    """Return one operation of a published contract as a request, with the contract's samples in it."""
    operation = named.operation
    parameters = [resolve(spec, each) for each in operation.get("parameters", [])]
    media, body = _body(spec, operation)
    return Request(
        folder=named.group,
        name=operation.get("summary", named.verb),
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
        keeps={},
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


def _story(spec: Json, named: dict[str, Named]) -> Iterator[Request]:
    steps: Any = read(ROOT / "five_minutes.yaml")
    for number, step in enumerate(steps, 1):
        sample = sample_of(spec, named[step["operation"]])
        query = step.get("query", {})
        yield sample._replace(
            folder=STORY,
            name=f"{number}. {sample.name}",
            query=[(name, str(value), True) for name, value in query.items()],
            headers=[each for each in sample.headers if each[2]],
            media=_JSON if "body" in step else "",
            body=step.get("body"),
            keeps=step.get("keep", {}),
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
    if request.keeps:
        lines = [
            f'pm.collectionVariables.set("{name}", pm.response.json().{_in_javascript(path)});'
            for name, path in request.keeps.items()
        ]
        item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": lines}}]
    return item


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
    return json.dumps(request.body, indent=2, ensure_ascii=False) if request.media == _JSON else str(request.body)


def _in_javascript(path: str) -> str:
    """Say where a value lies: ``taxes[tax_percentage=18].tax_id`` is looked for in a list."""
    return _STEP.sub(lambda step: step[4] or f"{step[1]}.find(each => each.{step[2]} == {step[3]})", path)


def _in_jsonpath(path: str) -> str:
    return "$." + _STEP.sub(lambda step: step[4] or f"{step[1]}[?(@.{step[2]}=={step[3]})]", path)


def http_file(contract: Json) -> str:
    """Return the requests as a file that editors send from (REST Client, JetBrains); ids are variables at its top."""
    made = requests_of(contract)
    names = sorted({name for each in made if each.folder != STORY for name in re.findall(r"\{\{(\w+)\}\}", each.path)})
    head = [
        f"@base_url = {BASE_URL}",
        "@token = {{$processEnv AIBOOKS_TOKEN}}",
        *(f"@{name} = {name}" for name in names),
    ]
    kept: dict[str, str] = {}
    blocks = []
    for each in made:
        blocks.append(_block(each, kept if each.folder == STORY else {}))
        for name, path in each.keeps.items():
            kept[name] = "{{" + f"story_{each.operation_id}.response.body.{_in_jsonpath(path)}" + "}}"
    return "\n".join(head) + "\n\n" + "\n".join(blocks)


def _block(request: Request, kept: dict[str, str]) -> str:
    prefix = "story_" if request.folder == STORY else ""
    query = "&".join(f"{name}={value}" for name, value, is_sent in request.query if is_sent)
    lines = [
        f"### {request.folder}: {request.name}",
        f"# @name {prefix}{request.operation_id}",
        f"{request.method} {{{{base_url}}}}{request.path}{f'?{query}' if query else ''}",
        "Authorization: Bearer {{token}}",
        *(f"{name}: {value}" for name, value, is_sent in request.headers if is_sent),
    ]
    if request.media == _FORM:
        lines += _form_lines(request)
    elif request.media:
        lines += [f"Content-Type: {request.media}", "", _raw(request).rstrip("\n")]
    text = "\n".join(lines) + "\n"
    return re.sub(r"\{\{(\w+)\}\}", lambda name: kept.get(name[1], name[0]), text)


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
