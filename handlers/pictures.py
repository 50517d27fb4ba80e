"""What can be done with a picture of an organization or branch, once: shown, put up, taken down."""

from collections.abc import Awaitable, Callable

from domain import pictures
from domain.books import Books
from domain.pictures import Owner, Picture
from handlers.replies import Reply, pictured

ShowOwner = Callable[[Books, str], Awaitable[Reply]]


class PictureHandlers:
    """The operations of one picture (LOGO or SIGNATURE) under its names in the contract."""

    def __init__(self, owner: Owner, name: str, *, show: ShowOwner) -> None:
        self._owner = owner
        self._name = name
        self._show = show

    async def get(self, books: Books, key: str) -> Reply:
        """Show the picture itself."""
        return pictured(*await pictures.read(books, self._owner, key, self._name))

    async def put(self, books: Books, key: str, picture: Picture) -> Reply:
        """Put it up, and show whose it is."""
        await pictures.put_up(books, self._owner, key, self._name, picture)
        return await self._show(books, key)

    async def remove(self, books: Books, key: str) -> Reply:
        """Take it down, and show whose it was."""
        await pictures.take_down(books, self._owner, key, self._name)
        return await self._show(books, key)
