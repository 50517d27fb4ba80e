"""The command ``finzbooks``: what a person does with a server, from starting it to handing out a token."""

import logging
import os
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Annotated, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from server import migrations, supervisor
from server.commands import demo, imports, organizations, tokens, users
from server.postgres import database
from server.postgres_place import PostgresError
from server.settings import BadSetting, Settings, table

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

commands = typer.Typer(
    name="finzbooks",
    help="GST bookkeeping for Indian firms: an HTTP API over a double-entry ledger.",
    epilog="Begin with: `finzbooks serve --demo`. "
    "What is set, such as PORT, is set by environment variables; `finzbooks settings` lists them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

for group in (organizations.app, users.app, tokens.app, imports.app):
    commands.add_typer(group)

_out = Console()
_err = Console(stderr=True)


def main() -> None:
    """Run the command that the arguments name."""
    commands()


def _in_plain_words(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Turn what an operator can mend into one line on standard error and exit code 2."""

    @wraps(command)
    def guarded(*arguments: Parameters.args, **options: Parameters.kwargs) -> Result:
        try:
            return command(*arguments, **options)
        except (BadSetting, PostgresError, supervisor.CannotServe) as refusal:
            _err.print(str(refusal), style="red", highlight=False, soft_wrap=True, markup=False)
            raise typer.Exit(2) from refusal

    return guarded


def _read_settings() -> Settings:
    settings = Settings.from_environment()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells at every start that there was nothing to do
    return settings


def _upgrade(settings: Settings) -> None:
    assert settings.database_url, "the supervisor runs its steps with a database"
    migrations.upgrade(settings.database_url)


def _announce(settings: Settings) -> None:
    _out.print(f"FinzBooks answers on {settings.public_url}/api/public/v1 (Ctrl-C stops it).", highlight=False)


def _announce_demo(settings: Settings) -> None:
    _announce(settings)
    demo.tell(settings)


WithDemo = Annotated[bool, typer.Option("--demo", help="Provide the demo organization, and print its token.")]
WithParent = Annotated[bool, typer.Option("--with-parent", help="Stop when the process that started this one ends.")]


@commands.command(epilog="Example: PORT=8080 finzbooks serve --demo")
@_in_plain_words
def serve(*, with_demo: WithDemo = False, with_parent: WithParent = False) -> None:
    """Start the API: the database if none is named, migrations, the workers and the job worker.

    Ctrl-C stops all of it. Without DATABASE_URL a private PostgreSQL is kept in the data directory.
    """
    settings = _read_settings()
    code = supervisor.serve(
        settings,
        prepare=[_upgrade, demo.provide] if with_demo else [_upgrade],
        announce=_announce_demo if with_demo else _announce,
        with_parent=with_parent,
    )
    raise typer.Exit(code)


@commands.command(epilog="Example: DATABASE_URL=postgresql://owner@localhost/books finzbooks seed")
@_in_plain_words
def seed() -> None:
    """Write the demo organization into the database, once, and print a token for it.

    It has two branches, parties of every GST treatment and invoices of a few months. Run again, it changes nothing.
    """
    settings = _read_settings()
    with database(settings) as url:
        settings = replace(settings, database_url=url)
        _upgrade(settings)
        demo.provide(settings)
    demo.tell(settings)


@commands.command(epilog="Example: DATABASE_URL=postgresql://owner@db.internal/books finzbooks worker")
@_in_plain_words
def worker() -> None:
    """Carry out jobs (webhooks, mail, recurring documents) without answering requests.

    `serve` starts one job worker itself; this adds another, here or on another machine.
    """
    settings = _read_settings()
    with database(settings) as url:
        os.environ.update(replace(settings, database_url=url).as_environment())
        carry_out_jobs = pkgutil.resolve_name(supervisor.JOB_WORKER)
        carry_out_jobs()


@commands.command(epilog="Example: DATABASE_URL=postgresql://owner@db.internal/books finzbooks migrate")
@_in_plain_words
def migrate() -> None:
    """Bring the database's tables up to date. Safe to run again, and by several at once."""
    settings = _read_settings()
    with database(settings) as url:
        migrations.upgrade(url)
    _out.print("The tables are up to date.")


@commands.command("settings")
def list_settings() -> None:
    """List the environment variables that are read, with their defaults and what they are for."""
    shown = Table("Variable", "Default", "What it is for", box=None, pad_edge=False)
    for variable, default, why in table():
        shown.add_row(variable, default or "-", why)
    _out.print(shown)
