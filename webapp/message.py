"""What is known of a message that leaves, and of the one that follows it."""

from typing import Any, Protocol


class Mail(Protocol):
    """A message, as far as channels look at it: an `EmailMessage`, or one made of bytes."""

    def __getitem__(self, name: str, /) -> Any:
        """Give the value of a header."""
        ...

    def as_bytes(self, unixfrom: bool = False, policy: Any = None) -> bytes:
        """Give the whole message, by a policy of the library's: `SMTP` or `SMTPUTF8`."""
        ...


class Following(Protocol):
    """The message that is next, as far as it can be prepared while the one in hand is on its way.

    Nothing of its content leaves before its turn; what it does raises nothing.
    """

    def prepare(self) -> None:
        """Do what can be done while the server takes the one in hand."""
        ...

    def sender(self) -> str:
        """Give the return path by which it will leave; empty where none is known."""
        ...


class Nothing:
    """Nothing is known to follow."""

    def prepare(self) -> None:
        """Let the server take its time."""

    def sender(self) -> str:
        """Give no return path."""
        return ""
