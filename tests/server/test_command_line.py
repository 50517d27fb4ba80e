"""The command line and the settings, as a stranger meets them."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from server.settings import BadSetting, Settings, table
from tests.conftest import NewDatabase

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-c", "from server.command_line import main; main()"]


def finzbooks(*arguments: str, at: Path = ROOT, **environment: str) -> "subprocess.CompletedProcess[str]":
    variables = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=at, env=variables, capture_output=True, text=True, timeout=60, check=False
    )


def test_help_names_every_command() -> None:
    said = finzbooks("--help").stdout
    for command in ("serve", "seed", "worker", "migrate", "settings", "organization", "user", "token"):
        assert f" {command} " in said


def test_settings_are_listed_with_their_defaults() -> None:
    said = finzbooks("settings").stdout
    assert "DATABASE_URL" in said
    assert "8000" in said


def test_a_wrong_setting_is_one_line_that_names_it() -> None:
    ended = finzbooks("migrate", PORT="eighty")
    assert ended.returncode == 2
    assert ended.stderr == "PORT: 'eighty' is not a whole number from 1 to 65535.\n"


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("PORT", "0", "is not a whole number from 1 to 65535"),
        ("PORT", "٨", "is not a whole number"),
        ("FINZBOOKS_WORKERS", "65", "is not a whole number from 1 to 64"),
        ("FINZBOOKS_WORKERS", "-1", "is not a whole number"),
        ("FINZBOOKS_HOST", "", "is no address"),
        ("FINZBOOKS_LOG_LEVEL", "loud", "is not one of DEBUG"),
        ("FINZBOOKS_ALLOW_INSECURE_WEBHOOKS", "yes", "is neither 1 nor 0"),
        ("FINZBOOKS_TRUSTED_PROXIES", "10.0.0.0/8,proxy", "is not a list of addresses"),
        ("FINZBOOKS_BASE_URL", "books.example.in", "is not a URL"),
        ("FINZBOOKS_DATA_DIRECTORY", "/dev/null", "is not a directory"),
    ],
)
def test_a_setting_out_of_its_limits_is_refused(variable: str, value: str, complaint: str) -> None:
    with pytest.raises(BadSetting, match=f"{variable}: .*{complaint}"):
        Settings.from_environment({variable: value})


def test_a_wrong_database_url_is_not_shown() -> None:
    with pytest.raises(BadSetting) as refused:
        Settings.from_environment({"DATABASE_URL": "mysql://owner:secret@host/books"})
    assert "secret" not in str(refused.value)


def test_settings_pass_unchanged_to_another_process() -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": "postgresql://owner@host/books",
            "FINZBOOKS_TRUSTED_PROXIES": "10.0.0.0/8, 192.168.0.1",
            "FINZBOOKS_BASE_URL": "https://books.example.in/",
            "FINZBOOKS_LOG_LEVEL": "debug",
        }
    )
    assert Settings.from_environment(settings.as_environment()) == settings
    assert settings.public_url == "https://books.example.in"
    assert Settings.from_environment({}) == Settings()


def test_migrate_may_run_again(new_database: NewDatabase) -> None:
    url = new_database()
    ended = finzbooks("migrate", DATABASE_URL=url)
    assert (ended.returncode, ended.stdout) == (0, "The tables are up to date.\n")
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from alembic_version").fetchone() == (1,)


def test_a_command_may_be_given_anywhere(new_database: NewDatabase, tmp_path: Path) -> None:
    ended = finzbooks("migrate", at=tmp_path, DATABASE_URL=new_database())
    assert (ended.returncode, ended.stdout) == (0, "The tables are up to date.\n")


def test_the_readme_tells_every_setting() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [variable for variable, _, _ in table() if f"`{variable}`" not in readme] == []
