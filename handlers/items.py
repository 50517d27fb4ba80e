"""Goods and services."""

from domain.catalog import ITEM_LISTING, ITEMS
from domain.imports.kinds import ITEM_ALIASES, ITEM_REFERENCES
from domain.imports.running import ImportKind
from domain.imports.twins import ITEM_TWIN
from handlers.imports import ImportHandlers, adding
from handlers.registers import RegisterHandlers
from handlers.shapes.catalog import ITEM

_items = RegisterHandlers(ITEMS, ITEM_LISTING, ITEM, singular="item", plural="items")

list_items = _items.list
get_item = _items.get
create_item = _items.create
update_item = _items.update
archive_item = _items.archive
delete_item = _items.delete

_import = ImportHandlers(
    ImportKind(
        entity_type="ITEM",
        create=adding(create_item, singular="item", twin=ITEM_TWIN),
        references=ITEM_REFERENCES,
        aliases=ITEM_ALIASES,
    )
)

import_items = _import.run
