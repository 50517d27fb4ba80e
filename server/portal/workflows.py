"""The workflows for people: each step of each story as a command that can be copied, and what it is answered with."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from openapi.workflows import VARIABLE, Kept, Row, Step, Story, stories_of
from server.portal.guides import Guide
from server.portal.resources import Resource

Json = dict[str, Any]

TITLE, URL = "Workflows", "/docs/workflows"
ABOUT = "Whole stories call by call: five minutes, order to cash, and the close of a month."
_HEAD = """\
# {title}

Stories of several calls, each with what of one answer goes into the next. The tests of the API carry them out step by
step; programs read them as [Arazzo]({arazzo}), and `make collection` writes them for Postman and for editors that send
`.http` files.

`AIBOOKS_URL` and `AIBOOKS_TOKEN` are set as in the [quickstart](/docs/guides/quickstart), and in the same shell, bash
or zsh:

```sh
AUTH="Authorization: Bearer $AIBOOKS_TOKEN"
JSON="Content-Type: application/json"
pick() {{ python3 -c "import json, sys; answer = json.load(sys.stdin, parse_float=str); print($1)"; }}
```
"""
_CONDITION = re.compile(r"\$response\.(?:body#/|header\.)(\S+) == (.+)")
_POINTER = re.compile(r"\$response\.body#/(\S+)")


def workflows_page(spec: Json, resources: Iterable[Resource], spec_path: str) -> Guide:
    """Return all workflows of a contract as one page of Markdown."""
    places = {
        each.operation["operationId"]: (each.method.upper(), each.path, resource.url)
        for resource in resources
        for each in resource.operations
    }
    head = _HEAD.format(title=TITLE, arazzo=spec_path.replace("openapi", "arazzo"))
    return Guide("workflows", TITLE, ABOUT, "\n".join([head, *_stories(spec, places)]))


def _stories(spec: Json, places: dict[str, tuple[str, str, str]]) -> Iterator[str]:
    for story in stories_of(spec):
        yield f"## {_named(story)}\n\n{story.title}. {story.about}\n"
        for number, step in enumerate(story.steps, 1):
            method, path, url = places[step.operation_id]
            about = f"{step.about}\n\n" if step.about else ""
            met = ", ".join(_said(each) for each in step.conditions)
            answer = f"[`{method} {path}`]({url}#{step.operation_id}) answers {step.status}{met and ': '}{met}."
            yield f"### {number}. {step.title}\n\n{about}{answer}\n\n```sh\n{_command(method, path, step)}\n```\n"


def _named(story: Story) -> str:
    return story.id.replace("_", " ").capitalize()


def _command(method: str, path: str, step: Step) -> str:
    """Return the call in curl; what later steps take is picked out of the answer into variables of the shell."""
    asked = "&".join(f"{name}={value}" for name, value in step.query.items())
    filled = re.sub(r"\{(\w+)\}", lambda found: step.path[found[1]], path) + (f"?{asked}" if asked else "")
    verb = f" -X {method}" if method not in ("GET", "POST") or (method == "POST" and not step.body) else ""
    file = "" if not _is_file(step) else f" -o {step.id}.pdf"
    media = ' -H "$JSON"' if step.body else ""
    call = f'curl -s{verb} -H "$AUTH"{media}{file} "$AIBOOKS_URL{VARIABLE.sub(_in_an_address, filled)}"'
    if step.body:
        quoted = step.body.replace("'", "'\"'\"'")
        call += f" -d '{VARIABLE.sub(_in_a_body, quoted)}'"
    if not step.keeps:
        return call
    kept = [f'{each.name.upper()}=$(pick "{_picked(each)}" < {step.id}.json)' for each in step.keeps]
    return "\n".join([f"{call} | tee {step.id}.json", *kept])


def _is_file(step: Step) -> bool:
    return any("Content-Type == 'application/pdf'" in each for each in step.conditions)


def _in_an_address(variable: re.Match[str]) -> str:
    return f"${variable[1].upper()}"


def _in_a_body(variable: re.Match[str]) -> str:
    return f"'${variable[1].upper()}'"


def _picked(kept: Kept) -> str:
    """Return the way to a value in Python; a row is looked for in its list."""
    said = "answer"
    for place, part in enumerate(kept.way):
        if isinstance(part, Row):
            rest = "".join(f"[{each!r}]" for each in kept.way[place + 1 :])
            return f"next(each{rest} for each in {said} if each['{part.member}'] == {part.value})"
        said += f"[{part!r}]"
    return said


def _said(condition: str) -> str:
    """Say for people what an answer must meet."""
    parts = _CONDITION.fullmatch(condition)
    assert parts is not None, condition
    expected = _POINTER.sub(lambda found: found[1].replace("/", "."), parts[2]).strip("'")
    return f"`{parts[1].replace('/', '.')}` is `{VARIABLE.sub(_in_an_address, expected)}`"
