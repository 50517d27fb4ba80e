"""Uploaded pictures on their way from the edge to the books: drawn anew before a transaction begins."""

import hashlib

from adapters.pictures import NoPicture, PicturesBusy, Redrawing
from domain.errors import Invalid, Unavailable
from domain.pictures import Picture
from server.contract.received import details_of
from server.exchange import Spooled

_FILE = "file"


class Pictures:
    """Makes pictures of uploaded files."""

    def __init__(self) -> None:
        self._redrawing = Redrawing()

    async def of(self, file: Spooled) -> Picture:
        """Return the picture. Raises: Invalid for what cannot be taken as one, Unavailable."""
        try:
            drawn = await self._redrawing(file.path)
        except NoPicture as reason:
            message, told = f"The file cannot be taken as a picture. {reason}", details_of(_FILE, file.filename)
            raise Invalid(message, field=_FILE, details=told) from None
        except PicturesBusy:
            again = {"Retry-After": "5"}
            raise Unavailable("The picture took too long to read; nothing was kept.", headers=again) from None
        return Picture(drawn.png, drawn.width, drawn.height, hashlib.sha256(drawn.png).hexdigest())
