"""The ways a notice can go, behind one small interface."""

from email.message import EmailMessage
from typing import Protocol


class Channel(Protocol):
    """A way for notices to leave."""

    def send(self, message: EmailMessage) -> str:
        """Hand one message over and give the answer of whoever took it.

        Handing the same message over twice is allowed: its Message-ID tells.

        :raises Refused: this message will never be taken.
        :raises Unavailable: it may be taken later.
        """
        ...


class DeliveryProblem(Exception):
    """A message that did not leave: at which stage, and in which words of the server.

    :param stage: one of `settings` (nothing was tried), `name`, `connect`, `tls`, `login`,
        `sender`, `recipient`, `data`.
    """

    def __init__(self, stage: str, words: str) -> None:
        super().__init__(f"{stage}: {words}")
        self.stage = stage
        self.words = words


class Refused(DeliveryProblem):
    """The server will not take this message, now or later."""


class Unavailable(DeliveryProblem):
    """The server cannot take it now; nothing says that it will not later."""
