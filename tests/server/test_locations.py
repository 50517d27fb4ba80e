"""Whatever is made can be read where the answer says that it is, and there is what was made."""

from tests.running import BASE, Caller, Firm, shown
from tests.server.test_audit import prepared
from tests.walking import MUTATING, populate

MAKING = [each for each in MUTATING if "201" in each.document["responses"]]


async def test_every_location_leads_to_what_was_made(call: Caller, firm: Firm) -> None:
    ids = await populate(call, firm)
    lost: dict[str, str] = {}
    for operation in MAKING:
        path, body = await prepared(call, operation, ids)
        body.update(
            {field: operation.id[-20:] for field in ("name", "code", "sku", "reference_number") if field in body}
        )
        made = await call("POST", path, body or None)
        assert made.status_code == 201, f"{operation.id}: {made.text}"
        location = made.headers["Location"]
        assert location.startswith(f"{BASE}/")
        read = await call("GET", location.removeprefix(BASE))
        key = location.rpartition("/")[2]
        if read.status_code != 200 or key not in shown(read).values():
            lost[operation.id] = f"{location}: {read.status_code}"

    assert lost == {}
    assert len(MAKING) > 20


async def test_an_account_that_holds_no_money_is_no_bank_account(call: Caller) -> None:
    (sales,) = (await call("GET", "/accounts?account_type=INCOME&per_page=1")).json()["accounts"]

    assert (await call("GET", f"/accounts/{sales['account_id']}")).status_code == 200
    assert (await call("GET", f"/bank_accounts/{sales['account_id']}")).status_code == 404
