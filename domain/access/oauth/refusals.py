"""What is refused to apps, in the words of RFC 6749, section 5.2, and its extensions."""

from typing import ClassVar

from domain.errors import Refusal


class Refused(Refusal):
    """A request of an app that is not carried out; ``code`` is the RFC's word, such as ``invalid_grant``."""

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class UnknownClient(Refused):
    """Whoever asks is no app that we know, or does not prove it."""

    status = 401

    def __init__(self, message: str = "There is no such client, or its secret is another.") -> None:
        super().__init__("invalid_client", message)
