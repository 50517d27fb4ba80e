"""The one file of the demo: the delivery note that came with a bill, kept as an upload is."""

import hashlib
from dataclasses import replace

from domain import attachments, happenings
from domain.access import members
from domain.attachments import Upload
from domain.books import Books
from domain.documents.kinds import BILL
from domain.ids import new_id
from domain.organization import open_organization
from domain.statements import Statement
from server import desk
from server.demo.masters import USER
from server.settings import Settings
from server.storage.file_storage import file_storage, spool_of
from server.storage.uploads import ANNOUNCE

_NOTE = """Indrayani Paper Mart, 17 Laxmi Road, Pune 411030

Delivery note for IPM/2388
  900 reams of paper, 2,400 notebooks, 240 boxes of pens
  Received in good order: M. Kulkarni
"""
_BILL = Statement(
    """
select id
  from documents
 where organization_id = %(organization_id)s
   and kind = %(kind)s
   and reference_number = 'IPM/2388'
"""
)


async def keep_delivery_note(settings: Settings, url: str, organization_id: str) -> None:
    """Attach the delivery note; its bytes are announced before they are kept, so that no crash leaves them behind."""
    content = _NOTE.encode()
    digest = hashlib.sha256(content).hexdigest()
    upload = Upload(new_id("att"), "delivery-note-2388.txt", "text/plain", len(content), digest)

    async def announce(books: Books) -> None:
        opened = await open_organization(books, organization_id)
        await opened.connection.execute(ANNOUNCE, (organization_id, upload.id))

    async def attach(books: Books) -> None:
        user = await members.find_user(books, USER["email"])
        opened = replace(await open_organization(books, organization_id), user_id=user.id)
        bill = await opened.value(_BILL, kind=BILL.name)
        said = {"entity_type": BILL.name, "entity_id": bill, "description": "Signed by the warehouse."}
        await attachments.attach(opened, upload, **said)
        await happenings.record(opened)

    await desk.in_one_transaction(url, announce)
    spool = spool_of(settings).directory
    spool.mkdir(parents=True, exist_ok=True)
    source = spool / upload.id
    source.write_bytes(content)
    key = attachments.key_of(organization_id, upload.id)
    await file_storage(settings).keep(key, source, filename=upload.filename, content_type=upload.content_type)
    await desk.in_one_transaction(url, attach)
