"""``python -m benches``: measures the parts that are asked for, prints the figures, and writes them down on demand."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from benches import paper, reports, webhooks
from benches.invoices import measure
from benches.report import report

PAPER = Path(__file__).parent.parent / "docs" / "benchmarks.md"
PARTS = ("edge", "invoices", "reports", "paper", "webhooks")


def main(
    *,
    parts: Annotated[
        str, typer.Option(help="What to measure: edge (no database), invoices, reports, paper, webhooks.")
    ] = "edge,invoices",
    books: Annotated[str, typer.Option(help="Invoices in each book.")] = "10000,100000",
    clients: Annotated[str, typer.Option(help="Clients at a time; the aims are for 8.")] = "1,8,32",
    seconds: Annotated[int, typer.Option(min=1, help="Length of each single measurement.")] = 4,
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured, in turns.")] = 3,
    write: Annotated[bool, typer.Option("--write", help=f"Write the figures into docs/{PAPER.name}.")] = False,
) -> None:
    """Measure the parts that are asked for and print their figures."""
    wanted = parts.split(",")
    if unknown := set(wanted) - set(PARTS):
        raise typer.BadParameter(f"There is no part {', '.join(unknown)}.", param_hint="--parts")
    shown = []
    if "edge" in wanted:
        shown.append(f"### The edge alone\n\n```\n{_edge()}```\n")
    if "invoices" in wanted:
        results = measure(_numbers(books), _numbers(clients), seconds=seconds, rounds=rounds)
        shown.append(report(results, seconds=seconds, rounds=rounds))
    if shown:
        _tell("figures", "\n".join(shown), write=write)
    if "reports" in wanted:
        measured = reports.measure(_numbers(books), seconds=seconds, rounds=rounds)
        _tell("figures of reports", reports.report(measured, seconds=seconds, rounds=rounds), write=write)
    if "paper" in wanted:
        _tell("figures of paper", paper.report(paper.measure(seconds=seconds), seconds=seconds), write=write)
    if "webhooks" in wanted:
        sent = webhooks.measure(seconds=seconds)
        _tell("figures of webhooks", webhooks.report(sent, seconds=seconds), write=write)


def _numbers(text: str) -> list[int]:
    try:
        return sorted({int(part) for part in text.split(",")})
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no list of numbers such as 1,8,32.") from None


def _edge() -> str:
    """Measure the edge in a process of its own, and return what it says."""
    return subprocess.run([sys.executable, "-m", "benches.edge"], stdout=subprocess.PIPE, text=True, check=True).stdout


def _tell(what: str, text: str, *, write: bool) -> None:
    """Print figures, and replace those in the paper if they are to be written; what stands around them stays."""
    sys.stdout.write(text)
    if write:
        begin, end = f"<!-- {what} -->", f"<!-- end of {what} -->"
        before, _, rest = PAPER.read_text(encoding="utf-8").partition(begin)
        after = rest.partition(end)[2]
        PAPER.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
