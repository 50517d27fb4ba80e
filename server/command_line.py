"""The command ``finzbooks``: what a person does with a server, from starting it to handing out a token.

What only some commands need is imported when they are carried out, for it takes seconds; `serve` has its nursery
started by then.
"""

import logging
import os
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

import typer

from server.postgres.place import PostgresError
from server.postgres.private import database
from server.processes import supervisor
from server.processes.stand_ins import lighten_connexion
from server.settings import BadSetting, Settings, table

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_GROUPS = {
    "organization": "server.commands.organizations:app",
    "user": "server.commands.users:app",
    "token": "server.commands.tokens:app",
    "oauth": "server.commands.oauth:app",
    "report": "server.commands.reports:app",
    "import": "server.commands.imports:app",
    "jobs": "server.commands.jobs:app",
}
"""Where the commands of a group are."""


class _Commands(typer.core.TyperGroup):
    """Our own commands, and groups that are imported when they are named."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names, ours first."""
        return [*super().list_commands(ctx), *_GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command or a group by its name."""
        if cmd_name not in _GROUPS:
            return super().get_command(ctx, cmd_name)
        lighten_connexion()
        group: typer.Typer = pkgutil.resolve_name(_GROUPS[cmd_name])
        group.rich_markup_mode = commands.rich_markup_mode
        return typer.main.get_group(group)


commands = typer.Typer(
    name="finzbooks",
    cls=_Commands,
    help="GST bookkeeping for Indian firms: an HTTP API over a double-entry ledger.",
    epilog="Begin with: `finzbooks serve --demo`. "
    "What is set, such as PORT, is set by environment variables; `finzbooks settings` lists them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


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
            typer.secho(str(refusal), fg="red", err=True)
            raise typer.Exit(2) from refusal

    return guarded


def _read_settings() -> Settings:
    settings = Settings.from_environment()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells at every start that there was nothing to do
    return settings


def _upgrade(settings: Settings) -> None:
    from server.postgres import migrations

    assert settings.database_url, "the supervisor runs its steps with a database"
    migrations.upgrade(settings.database_url)


def _announce(settings: Settings) -> None:
    typer.echo(f"FinzBooks answers on {settings.public_url}/api/public/v1 (Ctrl-C stops it).")


def _provide_demo(settings: Settings) -> None:
    from server.commands import demo

    demo.provide(settings)


def _tell_of_demo(settings: Settings) -> None:
    from server.commands import demo

    demo.tell(settings)


def _announce_with_demo(settings: Settings) -> None:
    _announce(settings)
    _tell_of_demo(settings)


WithDemo = Annotated[bool, typer.Option("--demo", help="Provide the demo organization, and print its token.")]
WithParent = Annotated[bool, typer.Option("--with-parent", help="Stop when the process that started this one ends.")]


SimulatorPort = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")]
SimulatorHost = Annotated[str, typer.Option("--host", help="Address to listen on.")]


@commands.command(epilog="Example: PORT=8080 finzbooks serve --demo")
@_in_plain_words
def serve(*, with_demo: WithDemo = False, with_parent: WithParent = False) -> None:
    """Start the API: the database if none is named, migrations, the workers and the job worker.

    Ctrl-C stops all of it. Without DATABASE_URL a private PostgreSQL is kept in the data directory.
    """
    settings = _read_settings()
    code = supervisor.serve(
        settings,
        prepare=[_upgrade, _provide_demo] if with_demo else [_upgrade],
        announce=_announce_with_demo if with_demo else _announce,
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
        _provide_demo(settings)
    _tell_of_demo(settings)


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
        _upgrade(replace(settings, database_url=url))
    typer.echo("The tables are up to date.")


@commands.command("portal-simulator", epilog="Example: finzbooks portal-simulator --port 8900")
@_in_plain_words
def portal_simulator(*, port: SimulatorPort = 8900, host: SimulatorHost = "127.0.0.1") -> None:
    """Simulate the e-invoice portal, for sandboxes and tests: what it registers is registered nowhere.

    `serve` starts one itself; a server elsewhere finds this one by FINZBOOKS_PORTAL_SIMULATOR_URL. What is registered
    is kept in the data directory.
    """
    from server.simulator.main import register_path, run

    run(host, port, register_path(_read_settings().data_directory))


@commands.command(
    "api",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    epilog="Example: finzbooks api invoices list --status SENT",
)
def call_api(context: typer.Context) -> None:
    """Call the API over HTTP: every operation is a command; `finzbooks api --help` lists them."""
    from server.client.main import main as call

    raise typer.Exit(call(context.args))


@commands.command("settings")
def list_settings() -> None:
    """List the environment variables that are read, with their defaults and what they are for."""
    from rich.console import Console
    from rich.table import Table

    shown = Table("Variable", "Default", "What it is for", box=None, pad_edge=False)
    for variable, default, why in table():
        shown.add_row(variable, default or "-", why)
    Console().print(shown)
