"""Rows that only workers write, as a worker would have left them; by straight SQL."""

from tests.running import Firm, rows

_DELIVERED = """
update webhook_deliveries
   set status = 'DELIVERED', attempt_count = 1, next_at = null, ended_at = now()
 where organization_id = %s
   and id = %s
returning 1
"""
_ATTEMPT = """
insert into webhook_attempts (organization_id, delivery_id, number, began_at, url, request_headers, request_body,
                              response_status, milliseconds)
values (%s, %s, 1, now(), 'https://hooks.example.in/books', '{}', '{}', 200, 12)
returning 1
"""


def an_attempt(firm: Firm, delivery_id: str) -> None:
    """A delivery that was taken at the first attempt."""
    for statement in (_DELIVERED, _ATTEMPT):
        rows(firm.url, statement, firm.organization_id, delivery_id)


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
