"""With which user and password a registration signs in at the e-invoice portal: kept sealed, never shown."""

from tests.running import Caller, Firm, rows


async def test_the_password_is_kept_sealed_and_never_shown(call: Caller, firm: Firm) -> None:
    said = {"gstin": "27AACCS4321K1ZD", "user_name": "sahyadri_api", "password": "correct horse"}
    reply = await call("PUT", "/einvoice_credentials", said)
    assert reply.status_code == 200 and "correct horse" not in reply.text
    listed = await call("GET", "/einvoice_credentials")
    assert listed.json()["einvoice_credentials"][0]["user_name"] == "sahyadri_api"
    assert "correct horse" not in listed.text
    (kept,) = rows(
        firm.url, "select sealed_password from einvoice_credentials where organization_id = %s", firm.organization_id
    )
    assert "correct" not in kept["sealed_password"]
    trail = rows(
        firm.url, "select changes::text as changes from activity where organization_id = %s", firm.organization_id
    )
    assert all("correct horse" not in row["changes"] for row in trail)
    elsewhere = await call("PUT", "/einvoice_credentials", {**said, "gstin": "29AACCB1234F1Z3"})
    assert (elsewhere.status_code, elsewhere.json()["field"]) == (404, "gstin")
