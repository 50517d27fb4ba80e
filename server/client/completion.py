"""What a shell offers at the Tab key: groups, verbs, options and the values that the contract lists."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile

from server.client.command import Command, Option
from server.client.options import flag_of, parser_of

SCRIPTS = {
    "bash": """\
_finzbooks() {
    local IFS=$'\\n' word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    [[ ${COMP_WORDS[1]} == api && COMP_CWORD -gt 1 ]] || return
    COMPREPLY=($(finzbooks api --complete "${COMP_WORDS[@]:2:COMP_CWORD-1}" 2>/dev/null | cut -f1))
}
complete -o default -F _finzbooks finzbooks
""",
    "zsh": """\
#compdef finzbooks
_finzbooks() {
    [[ ${words[2]} == api && CURRENT -gt 2 ]] || { _files; return; }
    local -a found
    found=("${(@f)$(finzbooks api --complete "${(@)words[3,CURRENT]}" 2>/dev/null | sed 's/:/\\\\:/g; s/\\t/:/')}")
    if [[ -n ${found[1]} ]]; then _describe -V finzbooks found; else _files; fi
}
compdef _finzbooks finzbooks
""",
    "fish": """\
function __finzbooks_api
    set -l words (commandline -opc) (commandline -ct)
    finzbooks api --complete $words[3..-1] 2>/dev/null
end
complete -c finzbooks -n '__fish_seen_subcommand_from api' -f -a '(__finzbooks_api)'
complete -c finzbooks -n 'not __fish_seen_subcommand_from api' -a api -d 'Call the API'
""",
}
"""What each shell is told once; it asks ``finzbooks api --complete`` from then on."""


def candidates(commands: Sequence[Command], words: Sequence[str]) -> list[str]:
    """Return what may stand for the last word, each with a tab and what it is."""
    *before, begun = words or [""]
    offered = _offered(commands, before, begun)
    return [f"{word}\t{about}" for word, about in offered if word.startswith(begun)]


def _offered(commands: Sequence[Command], before: Sequence[str], begun: str) -> Iterable[tuple[str, str]]:
    if not before:
        return [(group, ", ".join(verbs)[:60]) for group, verbs in groups_of(commands).items()]
    within = [each for each in commands if each.group == before[0].replace("-", "_")]
    if len(within) > 1 and len(before) == 1:
        return [(each.verb, each.summary) for each in within]
    verb = before[1].replace("-", "_") if len(within) > 1 else before[0].replace("-", "_")
    command = next((each for each in within if each.verb == verb), None)
    return _of_command(command, before, begun) if command else []


def groups_of(commands: Sequence[Command]) -> dict[str, list[str]]:
    """Return the verbs of each group."""
    groups: dict[str, list[str]] = {}
    for each in sorted(commands, key=lambda command: command.group):
        groups.setdefault(each.group, []).append(each.verb)
    return groups


def _of_command(command: Command, before: Sequence[str], begun: str) -> Iterator[tuple[str, str]]:
    flags = {flag_of(each, command): each for each in command.options if each.place != "path" and each.type != "file"}
    asked = flags.get(before[-1].replace("_", "-")) if before[-1].startswith("--") else None
    if asked is not None:
        yield from ((value, "") for value in _values(asked))
    elif begun.startswith("-"):
        yield from ((flag, each.about) for flag, each in flags.items())
        helps = dropwhile(lambda line: "In general" not in line, parser_of(command, "").format_help().splitlines())
        for line in helps:
            word, _, about = line.strip().partition(" ")
            if word.startswith("--"):
                yield word.rstrip(","), about.strip()


def _values(option: Option) -> tuple[str, ...]:
    return option.values or (("true", "false") if option.type == "boolean" else ())
