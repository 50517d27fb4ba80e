"""What /metrics tells of the state that all processes share, from a real worker; and the alerts that look at it."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from adapters.mail import OutboxMailer
from server.jobs.job_queue import job_queue
from server.postgres import figures
from server.postgres.figures import FigureReader
from tests.conftest import NewDatabase
from tests.running import Caller, Firm, calling, found, rows, workers
from tests.server.conftest import Site
from tests.server.test_mailing import a_post, sent
from tests.server.test_mails import a_sent_invoice, mailed

_ROOT = Path(__file__).parent.parent.parent
_ALERTS = _ROOT / "docs" / "alerts.yml"
_NOT_OURS = {"up"}
"""What Prometheus tells of each of its targets."""

_WORDS = re.compile(r"\b(?:up|finzbooks_\w+)\b")
Told = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(scope="module")
def site(new_database: NewDatabase) -> Iterator[Site]:
    """A server with a database of its own, whose figures nobody else changes."""
    database = new_database()
    with workers(database, 1) as started:
        yield Site(database, started)


async def page_of(call: Caller) -> str:
    reply = await call.client.get(f"{call.urls[0]}/metrics")
    assert reply.status_code == 200
    return reply.text


def told_in(page: str) -> Told:
    samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


async def read(url: str) -> dict[str, dict[tuple[str, ...], float]]:
    """The figures as they are now."""
    told = await FigureReader(url).read()
    assert told.is_up
    return {name: dict(samples) for name, samples in told.samples.items()}


def alerts() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(_ALERTS.read_text())["groups"]
    return list(group["rules"])


async def test_jobs_are_told_by_queue_and_state(firm: Firm) -> None:
    rows(firm.url, "delete from procrastinate_jobs")
    async with (queue := job_queue(firm.url)).open_async():
        for wish in ({}, {}, {"schedule_in": {"hours": 1}}):
            mail = {"organization_id": "org_none", "mail_id": "mail_none"}
            await queue.configure_task("send_mail", **wish).defer_async(**mail)  # type: ignore[arg-type]  # a mapping
        rows(firm.url, "update procrastinate_events set at = at - interval '70 seconds' where type = 'deferred'")
        before = await read(firm.url)
        assert before["jobs"] == {("mail", "waiting"): 2, ("mail", "scheduled"): 1}
        assert 70 <= before["job_lag"]["mail",] < 120
        worker = await queue.job_manager.register_worker()
        for _ in range(2):
            assert await queue.job_manager.fetch_job(["mail"], worker_id=worker) is not None
        newest = "(select max(id) from procrastinate_jobs where status = 'doing')"
        rows(firm.url, f"update procrastinate_jobs set worker_id = null where id = {newest}")
        after = await read(firm.url)
    assert after["jobs"] == {("mail", "running"): 1, ("mail", "stalled"): 1, ("mail", "scheduled"): 1}
    assert "job_lag" not in after
    assert after["workers"] == {(): 1}
    rows(firm.url, "delete from procrastinate_jobs")


async def test_mails_are_told_by_what_came_of_attempts(call: Caller, firm: Firm, tmp_path: Path) -> None:
    mail = await mailed(call, await a_sent_invoice(call))
    rows(firm.url, "update mails set created_at = now() - interval '2 hours' where id = %s", mail["mail_id"])
    assert 7200 <= (await read(firm.url))["mail_lag"][()] < 7300
    await sent(firm, mail, a_post(OutboxMailer(tmp_path), tmp_path))

    told = await read(firm.url)
    assert told["mail_lag"] == {(): 0}
    assert told["outcomes mail"] == {("", "sent"): 1}


_ENDPOINT = """
insert into webhook_endpoints (organization_id, id, url, events, payload, secret_sealed, is_active, reached, version,
                               created_at, modified_at)
values (%s, 'whe_1', 'https://example.in/', '{*}', 'SUMMARY', 'sealed', true, 0, 1, now(), now())
"""
_DELIVERY = """
insert into webhook_deliveries (organization_id, id, endpoint_id, lane, event_id, event_type, entity_type, entity_id,
                                occurred_at, summary, status, next_at, created_at)
values (%s, 'whd_1', 'whe_1', 'inv_1', 'evt_1', 'INVOICE_CREATED', 'INVOICE', 'inv_1', now(), '{}', 'PENDING',
        now() - interval '90 seconds', now())
"""


async def test_the_feed_and_webhooks_tell_how_far_behind_they_are(call: Caller, firm: Firm) -> None:
    """Events that nobody is to be told of may wait for a place; those of an endpoint may not."""
    await a_sent_invoice(call)
    assert (await read(firm.url))["feed_lag"] == {(): 0}
    rows(firm.url, _ENDPOINT, firm.organization_id)
    rows(firm.url, _DELIVERY, firm.organization_id)
    rows(firm.url, "update events set occurred_at = now() - interval '5 minutes' where organization_id = %s",
         firm.organization_id)  # fmt: skip
    told = await read(firm.url)
    assert 300 <= told["feed_lag"][()] < 360
    assert 90 <= told["webhook_lag"][()] < 150
    assert told["webhook_endpoints"] == {("well",): 1}

    await call("GET", "/events")
    rows(firm.url, "update webhook_endpoints set failing_since = now(), last_failed_at = now(),"
         " paused_until = now() + interval '1 minute'")  # fmt: skip
    told = await read(firm.url)
    assert (told["feed_lag"], told["webhook_lag"]) == ({(): 0}, {(): 0})
    assert told["webhook_endpoints"] == {("failing",): 1}
    rows(firm.url, "delete from webhook_deliveries")
    rows(firm.url, "delete from webhook_endpoints")


async def test_the_page_tells_all_of_it(call: Caller) -> None:
    told = told_in(await page_of(call))
    assert told["finzbooks_database_up", ()] == 1
    assert 0 < told["finzbooks_database_connections", ()] < told["finzbooks_database_connections_limit", ()]
    assert 0 < told["finzbooks_disk_free_bytes", ()] <= told["finzbooks_disk_size_bytes", ()]


async def test_without_a_database_the_page_comes_all_the_same(new_database: NewDatabase) -> None:
    database = new_database()
    firm = await found(database)
    with workers(database, 1) as (worker,):
        async with calling(worker.url) as caller:
            await caller.with_token(firm.token)("GET", "/whoami")
            parts = urlsplit(database)
            name, other = parts.path[1:], parts._replace(path="/postgres").geturl()
            rows(other, f"alter database {name} allow_connections false")
            rows(other, f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
            began = time.monotonic()
            told = told_in(await page_of(caller))
            assert time.monotonic() - began < figures.PATIENCE_SECONDS + 5
            rows(other, f"alter database {name} allow_connections true")
    assert told["finzbooks_database_up", ()] == 0
    assert told["finzbooks_requests_total", (("operation", "whoami"), ("status", "200"))] == 1
    assert not [name for name, _ in told if name.startswith("finzbooks_jobs")]


async def test_what_takes_too_long_is_given_up(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_FIGURES", "select 'jobs', '{}'::text[], 1.0 from pg_sleep(30)")
    began = time.monotonic()
    assert not (await FigureReader(firm.url).read()).is_up
    assert time.monotonic() - began < figures.PATIENCE_SECONDS + 2


async def test_however_often_it_is_asked_the_database_is_asked_once(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = FigureReader(firm.url)
    first = await reader.read()
    monkeypatch.setattr(figures, "_FIGURES", "select nothing that there is")
    assert await reader.read() is first


async def test_every_alert_looks_at_what_is_told(call: Caller) -> None:
    """Each metric that a rule names stands on the page of a real server, with the labels that it picks by."""
    page = await page_of(call)
    await call("GET", "/whoami")
    page = await page_of(call)
    families = {family.name: family.type for family in text_string_to_metric_families(page)}
    named = {
        *families,
        *(f"{name}_total" for name, kind in families.items() if kind == "counter"),
        *(f"{name}_bucket" for name, kind in families.items() if kind == "histogram"),
    }
    for rule in alerts():
        looked_at = set(_WORDS.findall(rule["expr"])) - _NOT_OURS
        assert looked_at <= named, rule["alert"]


def test_every_alert_says_how_bad_it_is_and_what_to_do() -> None:
    document = (_ROOT / "docs" / "operations.md").read_text()
    rules = alerts()
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 14
    for rule in rules:
        assert rule["annotations"]["summary"].endswith(".")
        line = next(line for line in document.splitlines() if line.startswith(f"| `{rule['alert']}` |"))
        _, _, severity, advice, _ = (part.strip() for part in line.split("|"))
        assert severity == rule["labels"]["severity"] in ("critical", "warning", "info")
        assert len(advice) > 40
    told = re.findall(r"^\| `(FinzBooks\w+)` \|", document, re.MULTILINE)
    assert sorted(told) == sorted(rule["alert"] for rule in rules)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not on this machine")
def test_prometheus_takes_the_rules() -> None:
    subprocess.run(["promtool", "check", "rules", str(_ALERTS)], check=True)
