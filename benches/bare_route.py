"""The fastest honest list of fifty invoices: a bare ASGI application and one hand-written statement.

PostgreSQL writes each row's JSON, with the fields and names of the contract, and it is sent as it comes (gathering all
rows by ``json_agg`` costs PostgreSQL a third more). Left out: token, scopes and rate limit, the tenant's row-level
security, the transaction, validation, cursors, entity tags, logs and metrics. Run by uvicorn:
``benches.bare_route:app``, with the database in ``DATABASE_URL``.
"""

import os
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from starlette.types import Receive, Scope, Send

POOL_SIZE = 8

_FIFTY_INVOICES = """
select row_to_json(invoice)::text
  from (select id as invoice_id, number as invoice_number,
               case when status in ('SENT', 'OPEN', 'PARTIALLY_PAID') and due_on < current_date then 'OVERDUE'
                    else status end as status,
               contact_id as customer_id, contact_name as customer_name, is_export_with_payment, billing_address,
               shipping_address, salesperson_name, approved_at as approved_time, voided_at as voided_time,
               is_opening_balance, balance, payment_made, amount_credited, amount_written_off as write_off_amount,
               journal_id, void_reason, branch_id, dated_on as date, due_on as due_date, payment_terms,
               reference_number, place_of_supply, supply_type, gst_treatment, gst_no, currency_code, exchange_rate,
               is_inclusive_tax, is_reverse_charge, discount, discount_percent, sub_total, discount_total,
               taxable_total, cgst_total, sgst_total, igst_total, cess_total, tax_total, untaxed_charges, round_off,
               total, taxes, notes, terms, tags, custom_fields, version, created_at as created_time,
               modified_at as last_modified_time
          from documents
         where organization_id = %s
           and kind = 'INVOICE'
         order by dated_on desc, id desc
         limit 50) as invoice
"""

_BEFORE = b'{"code":0,"message":"success","invoices":['
_AFTER = b'],"page_context":{"per_page":50,"has_more_page":true}}'

_pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
    os.environ.get("DATABASE_URL", ""),
    min_size=POOL_SIZE,
    max_size=POOL_SIZE,
    open=False,
    kwargs={"autocommit": True, "prepare_threshold": 1},
)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """List fifty invoices of the organization that the query names, whatever the path."""
    if scope["type"] == "lifespan":
        await receive()
        await _pool.open(wait=True)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await _pool.close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    async with _pool.connection() as connection:
        cursor = await connection.execute(_FIFTY_INVOICES, (scope["query_string"].decode(),))
        rows = await cursor.fetchall()
    body = _BEFORE + ",".join([row[0] for row in rows]).encode() + _AFTER
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
