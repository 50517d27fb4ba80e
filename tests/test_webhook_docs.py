"""The verification code that is given to receivers, run in each language that this machine has."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.webhooks.signatures import signed_headers

FOLDER = Path(__file__).parent.parent / "docs/webhooks"
ESBUILD = "0.25.12"
STRIPS_TYPES = (22, 18)
"""From here on Node.js runs TypeScript itself."""

BODY = '{"event_type":"INVOICE_PAID","data":{"customer_name":"श्री ट्रेडर्स"}}'.encode()
KEY = "whd_01kar7v3fxe7srq2mv8cx0a1wd"
OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
OTHER = "whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

Command = list[str]


def python(place: Path) -> Command:
    return [sys.executable, str(FOLDER / "verify.py")]


def typescript(place: Path) -> Command:
    node = needed("node")
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(int(part) for part in told.strip().lstrip("v").split(".")[:2]) >= STRIPS_TYPES:
        return [node, str(FOLDER / "verify.ts")]
    made = place / "verify.mjs"
    npx = [needed("npx"), "--yes", f"esbuild@{ESBUILD}", str(FOLDER / "verify.ts"), f"--outfile={made}"]
    ended = subprocess.run(npx, capture_output=True, text=True, timeout=120, check=False)
    if ended.returncode:
        pytest.skip(f"this Node.js runs no TypeScript, and esbuild cannot be had: {ended.stderr[-200:]}")
    return [node, str(made)]


def go(place: Path) -> Command:
    made = place / "verify"
    subprocess.run([needed("go"), "build", "-o", made, FOLDER / "verify.go"], check=True, timeout=120)
    return [str(made)]


def php(place: Path) -> Command:
    return [needed("php"), str(FOLDER / "verify.php")]


def java(place: Path) -> Command:
    subprocess.run(
        [needed("javac"), "-Werror", "-Xlint:all", "-d", place, FOLDER / "Verify.java"], check=True, timeout=120
    )
    return [needed("java"), "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", str(place), "Verify"]


def needed(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not on this machine")
    return found


def headers(*secrets: str, age: int = 0) -> dict[str, str]:
    return signed_headers(BODY, delivery_id=KEY, timestamp=int(time.time()) - age, secrets=secrets)


def ours(said: dict[str, str]) -> list[str]:
    return [said["X-AIBooks-Signature"]]


def standard(said: dict[str, str]) -> list[str]:
    return [said["webhook-id"], said["webhook-timestamp"], said["webhook-signature"]]


@pytest.mark.slow
@pytest.mark.parametrize("language", [python, typescript, go, php, java])
def test_the_code_for_receivers_believes_what_is_to_be_believed(
    language: Callable[[Path], Command], tmp_path: Path
) -> None:
    command = language(tmp_path)

    def believes(scheme: str, secret: str, values: list[str], body: bytes = BODY) -> bool:
        ended = subprocess.run(
            [*command, scheme, secret, *values], input=body, capture_output=True, timeout=60, check=False
        )
        assert (ended.returncode, ended.stdout) in ((0, b"good\n"), (1, b"bad\n")), ended
        return ended.returncode == 0

    for scheme, shown in (("aibooks", ours), ("standard", standard)):
        good = shown(headers(NEW))
        assert believes(scheme, NEW, good)
        assert not believes(scheme, NEW, good, BODY + b" ")
        assert not believes(scheme, OTHER, good)
        assert not believes(scheme, NEW, [*good[:-1], good[-1][:-2] + "xx"])
        assert not believes(scheme, NEW, [*good[:-1], "nonsense"])
        assert not believes(scheme, NEW, [""] * len(good))
        assert believes(scheme, NEW, shown(headers(NEW, age=280)))
        assert not believes(scheme, NEW, shown(headers(NEW, age=320)))
        assert not believes(scheme, NEW, shown(headers(NEW, age=-320)))
        in_rotation = shown(headers(NEW, OLD))
        assert believes(scheme, NEW, in_rotation)
        assert believes(scheme, OLD, in_rotation)
        assert not believes(scheme, OTHER, in_rotation)


def test_the_documentation_names_each_file() -> None:
    text = (FOLDER.parent / "webhooks.md").read_text(encoding="utf-8")
    assert [path.name for path in FOLDER.iterdir() if f"webhooks/{path.name}" not in text] == []
