"""Carries out ``finzbooks api``: finds the command, reads its words, calls, and shows the answer."""

import argparse
import os
import sys
from collections.abc import Sequence

from server.client import kept
from server.client.command import Command
from server.client.completion import SCRIPTS, candidates, groups_of
from server.client.options import Call, Mistyped, call_of, parser_of, with_hyphens
from server.client.place import TOKEN, URL, NoPlace, Place, here

DONE, MISTYPED, UNREACHABLE = 0, 2, 6

_NAME = "finzbooks api"
_HELP = f"""\
{_NAME}: every operation of the API as a command.

  {_NAME} GROUP VERB [ID] [OPTIONS]      {_NAME} invoices list --status SENT
  {_NAME} GROUP --help                   what a group has
  {_NAME} GROUP VERB --help              what a command takes
  {_NAME} --completion bash|zsh|fish     what to tell the shell, so that Tab completes

{URL} and {TOKEN} say where to call and as whom; without them the demo is called whose .data/demo.env is here.
"""


def main(words: Sequence[str]) -> int:
    """Carry out what was typed after ``finzbooks api``, and return the exit code."""
    match list(words):
        case ["--completion", shell] if shell in SCRIPTS:
            print(SCRIPTS[shell], end="")
        case ["--completion", *_]:
            _say(f"Say which shell: {', '.join(SCRIPTS)}.")
            return MISTYPED
        case ["--complete", *typed]:
            print(*candidates(kept.commands(), typed), sep="\n")
        case [] | ["--help" | "-h"]:
            _list_groups(kept.commands())
        case [group, *rest]:
            return _in_group(group.replace("-", "_"), rest)
    return DONE


def _list_groups(commands: Sequence[Command]) -> None:
    print(_HELP)
    groups = groups_of(commands)
    width = max(map(len, groups))
    for group, verbs in groups.items():
        shown = " ".join(verbs[:8]) + (" …" if len(verbs) > 8 else "")
        print(f"  {group:<{width}}  {shown if verbs != [group] else ''}".rstrip())


def _in_group(group: str, rest: list[str]) -> int:
    within = [each for each in kept.commands() if each.group == group]
    if not within:
        _say(f"There is no group '{group}'; `{_NAME} --help` lists them.")
        return MISTYPED
    if len(within) == 1 and within[0].verb == group:
        return _carry_out(within[0], f"{_NAME} {group}", rest)
    if not rest or rest[0] in ("--help", "-h"):
        width = max(len(each.verb) for each in within)
        print(f"{_NAME} {group} VERB\n")
        print("\n".join(f"  {each.verb:<{width}}  {each.summary}" for each in within))
        return DONE
    verb = rest[0].replace("-", "_")
    command = next((each for each in within if each.verb == verb), None)
    if command is None:
        _say(f"'{group}' has no '{rest[0]}', but: {', '.join(each.verb for each in within)}.")
        return MISTYPED
    return _carry_out(command, f"{_NAME} {group} {verb}", rest[1:])


def _carry_out(command: Command, name: str, words: list[str]) -> int:
    try:
        code = _call(command, parser_of(command, name).parse_args(with_hyphens(words)))
        sys.stdout.flush()
        return code
    except SystemExit as ended:  # argparse has said what it had to say
        return int(ended.code or DONE)
    except (Mistyped, NoPlace) as mistake:
        _say(mistake)
        return MISTYPED
    except BrokenPipeError:  # who reads, as `head` does, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as failure:
        _say(f"{failure.filename}: {failure.strerror}")
        return MISTYPED


def _call(command: Command, typed: argparse.Namespace) -> int:
    from server.client import calling, curl, showing

    call = call_of(command, typed)
    if command.takes_key:
        key = typed.idempotency_key or calling.new_key()
        call = call._replace(headers={**call.headers, calling.KEY: key})
    if command.is_file and not typed.output:
        if sys.stdout.isatty():
            raise Mistyped("Say with -o where the file is to be saved.")
        typed.output = "-"
    place = here()
    if typed.curl:
        print(curl.curl_of(call, place.url, output=typed.output))
        return DONE
    try:
        return _answered(command, call, place, typed)
    except calling.Unreachable as failure:
        _say(failure)
        if calling.KEY in call.headers:
            _say(f"It is safe to repeat with: --idempotency-key {call.headers[calling.KEY]}")
        return showing.UNREACHABLE


def _answered(command: Command, call: Call, place: Place, typed: argparse.Namespace) -> int:
    from server.client import showing
    from server.client.calling import KEY, send

    pages: list[bytes] = []
    while True:
        answer = send(call, place, tries=typed.max_tries)
        if not answer.is_success:
            return showing.tell_refusal(answer, call.headers.get(KEY))
        pages.append(answer.content)
        cursor = _next_cursor(answer.json(), command.pages) if getattr(typed, "all", False) else None
        if cursor is None:
            break
        call = call._replace(
            query=[*((name, each) for name, each in call.query if name != "cursor"), ("cursor", cursor)]
        )
    content = showing.joined(pages, command.pages) if len(pages) > 1 else pages[0]
    _show(command, typed, content, is_json=showing.is_json(answer))
    return DONE


def _next_cursor(page: dict[str, dict[str, str]], pages: str) -> str | None:
    report, is_report, _ = pages.partition(".")
    return page[report if is_report else "page_context"]["next_cursor"]


def _show(command: Command, typed: argparse.Namespace, content: bytes, *, is_json: bool) -> None:
    from server.client import showing

    if typed.output or not is_json:
        showing.save(content, typed.output or "-")
    elif typed.json:
        showing.show_json(content)
    else:
        showing.show(content, command, getattr(typed, "columns", None))


def _say(words: object) -> None:
    print(words, file=sys.stderr)
