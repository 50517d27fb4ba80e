"""The jobs that look after the file storage."""

import asyncio
import logging

from procrastinate import App

from adapters.files import StorageAway
from server.printing.keeping import give_up_renders
from server.settings import Settings
from server.storage.file_storage import file_storage, spool_of
from server.storage.uploads import remove_stale, remove_unclaimed

_log = logging.getLogger("finzbooks.files")


def add_file_housekeeping(queue: App, settings: Settings, url: str) -> None:
    """Have bytes that nobody claims removed each minute."""
    files, spool = file_storage(settings), spool_of(settings)

    @queue.periodic(cron="* * * * *")
    @queue.task(name="remove_unclaimed_files", queueing_lock="remove_unclaimed_files", pass_context=False)
    async def remove_unclaimed_files(timestamp: int) -> None:
        """Remove the bytes of deleted attachments, and what crashes left behind; what fails is tried again."""
        await asyncio.to_thread(remove_stale, spool.directory)
        try:
            await remove_unclaimed(url, files)
        except StorageAway as reason:
            _log.warning("The file storage is away: %s", reason)

    @queue.periodic(cron="*/10 * * * *")
    @queue.task(name="give_up_renders", queueing_lock="give_up_renders", pass_context=False)
    async def give_up_old_renders(timestamp: int) -> None:
        """Forget PDFs that are due, and the oldest of organizations that have too many; their bytes follow."""
        await give_up_renders(url, room_bytes=settings.renders_room_bytes)
