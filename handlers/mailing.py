"""What every operation that sends something by e-mail answers: the mail, as it will be read."""

from domain import registers
from domain.books import Books
from domain.mails.mail import MAIL_NOUN, Mail
from handlers.replies import Reply, shown
from handlers.shapes.mails import MAIL
from models.mails import mails

READING = registers.reading(mails, MAIL.columns)


async def queued(books: Books, mail: Mail) -> Reply:
    """Show a mail that has just been queued."""
    fresh = await registers.read(books, READING, MAIL_NOUN, mail.id)
    return shown("mail", fresh)
