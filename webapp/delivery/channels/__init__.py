"""The ways a notice can go, behind one small interface."""

from typing import Protocol

from webapp.message import Mail


class Channel(Protocol):
    """A way for notices to leave."""

    def send(self, message: Mail, return_path: str = "") -> str:
        """Hand one message over and give the answer of whoever took it.

        Handing the same message over twice is allowed: its Message-ID tells.

        :param return_path: where the message comes back to; empty: to the address it is from.
        :raises webapp.mail.Refused: this message will never be taken.
        :raises webapp.mail.Unavailable: it may be taken later.
        """
        ...
