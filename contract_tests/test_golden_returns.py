"""Whole returns, beside the documents that they are made of: an accountant can check each figure by hand.

``golden/<case>/books.yaml`` is a list of steps (``told.py``), told to a new firm of Maharashtra; the files beside it
are the returns as the portal takes them. ``{gst18}`` is the tax of 18 %, ``{rcm18}`` the same on reverse charge;
``{exempt}``, ``{nil_rated}`` and ``{non_gst}`` are what bears none.
"""

from pathlib import Path

import pytest

from contract_tests.told import read_story, tell
from domain.gst.tax_catalogue import CATALOGUE, TaxShape
from server.settings import DatabaseUrl
from tests.running import Worker, calling, found

_FOLDER = Path(__file__).parent / "golden"
_TAXES = {
    **{
        f"gst{tax.percent.normalize():f}": tax.id
        for tax in CATALOGUE
        if tax.shape is TaxShape.INTRA_STATE and not tax.cess
    },
    **{f"rcm{tax.percent.normalize():f}": tax.id for tax in CATALOGUE if tax.shape is TaxShape.RCM and not tax.igst},
    **{tax.shape.lower(): tax.id for tax in CATALOGUE if not tax.percent},
}
_CASES = sorted(folder.name for folder in _FOLDER.iterdir() if folder.is_dir())


@pytest.mark.parametrize("case", _CASES)
async def test_returns_are_what_their_documents_come_to(
    contract_database: DatabaseUrl, server: Worker, case: str
) -> None:
    firm = await found(contract_database)
    kept = {**_TAXES, "organization": firm.organization_id, "branch": firm.branch_id}
    async with calling(server.url) as caller:
        call = caller.with_token(firm.token)
        for step in read_story(_FOLDER / case / "books.yaml"):
            await tell(call, step, kept, _FOLDER / case)
