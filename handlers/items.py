"""Goods and services."""

from domain.catalog import ITEM_LISTING, ITEMS
from handlers.registers import RegisterHandlers
from handlers.shapes.catalog import ITEM

_items = RegisterHandlers(ITEMS, ITEM_LISTING, ITEM, singular="item", plural="items")

list_items = _items.list
get_item = _items.get
create_item = _items.create
update_item = _items.update
archive_item = _items.archive
delete_item = _items.delete
