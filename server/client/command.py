"""What a command is: plain tuples, which can be kept as JSON and read back in some milliseconds."""

from typing import Any, NamedTuple

JSON_TEXT = "json"
"""The type of an option whose value is written as JSON: an object, or a list of objects."""


class Option(NamedTuple):
    """A value that an operation takes; ``place`` is query, header, path or body, ``of`` the type in a list."""

    name: str
    place: str
    type: str
    of: str
    is_needed: bool
    values: tuple[str, ...]
    about: str


class Command(NamedTuple):
    """An operation as a command.

    ``rows`` is the member that is a list of things, ``columns`` what a table shows of it. ``pages`` is the path to the
    rows of a page, such as ``invoices`` or ``day_book.entries``; empty where nothing is paged.
    """

    group: str
    verb: str
    operation_id: str
    method: str
    path: str
    summary: str
    about: str
    options: list[Option]
    body: str
    needs_body: bool
    answers: list[str]
    rows: str
    columns: list[str]
    pages: str
    takes_key: bool

    @property
    def needed(self) -> list[Option]:
        """What stands in the path."""
        return [each for each in self.options if each.place == "path"]

    @property
    def is_file(self) -> bool:
        """Whether the answer is only ever a file."""
        return bool(self.answers) and "application/json" not in self.answers


def from_json(kept: list[Any]) -> list[Command]:
    """Return commands that were kept as JSON, which knows no tuples with names."""
    commands = []
    for each in kept:
        command = Command(*each)
        options = [Option(*option) for option in command.options]
        commands.append(command._replace(options=[option._replace(values=tuple(option.values)) for option in options]))
    return commands
