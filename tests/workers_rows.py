"""Rows that only workers write, as a worker would have left them; by straight SQL."""

from tests.running import Firm, rows

_ENDPOINT = """
insert into webhook_endpoints (organization_id, id, url, events, payload, secret_sealed, is_active, disabled_reason,
                               disabled_at, version, created_at, modified_at, reached)
values (%s, 'wh_1', 'https://hooks.example.in/books', '{*}', 'SUMMARY', 'sealed', false, 'MANUAL', now(), 1, now(),
        now(), 0)
returning 1
"""
_DELIVERY = """
insert into webhook_deliveries (organization_id, id, endpoint_id, lane, event_id, event_type, entity_type, entity_id,
                                occurred_at, summary, status, attempt_count, created_at, ended_at)
values (%s, '01', 'wh_1', '01', 'evt_1', 'ENDPOINT_TEST', 'WEBHOOK_ENDPOINT', 'wh_1', now(), '{}', 'DELIVERED', 1,
        now(), now())
returning 1
"""
_ATTEMPT = """
insert into webhook_attempts (organization_id, delivery_id, number, began_at, url, request_headers, request_body,
                              response_status, milliseconds)
values (%s, '01', 1, now(), 'https://hooks.example.in/books', '{}', '{}', 200, 12)
returning 1
"""


def a_webhook(firm: Firm) -> None:
    """An endpoint that is off, and a test that was delivered to it."""
    for statement in (_ENDPOINT, _DELIVERY, _ATTEMPT):
        rows(firm.url, statement, firm.organization_id)


def an_eway_bill(firm: Firm, document_id: str) -> None:
    """An e-way bill that waits for the portal."""
    values = (firm.organization_id, document_id)
    rows(
        firm.url,
        "insert into eway_bills (organization_id, id, document_id, status, gst_no, purpose, document_type,"
        " transaction_type, consignment_value, distance_km, vehicle_type, created_by, version, created_at, modified_at)"
        " values (%s, 'ewb_1', %s, 'FAILED', '27AAPFU0939F1ZV', 'SUPPLY', 'INV', 1, 118000, 843, 'REGULAR', 'us_1', 1,"
        " now(), now()) returning 1",
        *values,
    )
    rows(
        firm.url,
        "insert into eway_bill_requests (organization_id, id, eway_bill_id, action, status, said, content, errors,"
        " created_by, created_at, modified_at)"
        " values (%s, 'ewr_1', 'ewb_1', 'GENERATE', 'REFUSED', '{}', '{}', '[]', 'us_1', now(), now()) returning 1",
        firm.organization_id,
    )
