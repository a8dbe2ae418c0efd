"""The mail server in use, within the limits that are set; whatever sends mail sends it by this."""

from types import TracebackType
from typing import Self

from config import Config
from webapp.accounts import pace
from webapp.clock import Clock, machine_clock
from webapp.database import AnySession
from webapp.mail import DeliveryProblem, SmtpChannel
from webapp.message import Following, Mail

AT_ONCE = 50
"""How many departures are counted at a time where no limit is set; the others are given back.

With a limit each is counted by itself, so that no worker holds back what another could send.
"""


class PacedMail:
    """A connection to the mail server that counts what leaves. Use it in a `with` block.

    It writes what it counts in transactions of its own: none may be open when it is asked.

    :param is_awaited: a person waits for these messages, so that they may use the reserve.
    :param clock: gives the moment (aware) that it is.
    :param following: as for `webapp.mail.SmtpChannel`.
    """

    def __init__(
        self,
        session: AnySession,
        config: Config,
        *,
        is_awaited: bool,
        clock: Clock = machine_clock,
        following: Following | None = None,
    ) -> None:
        self._session, self._config, self._is_awaited = session, config, is_awaited
        self._clock = clock
        self._channel = SmtpChannel(config, following)
        self._minute, self._taken = pace.minute_of(clock()), 0
        self._full: pace.LimitReached | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._channel.__exit__(kind, error, trace)
        self._give_back()

    def send(self, message: Mail, return_path: str = "") -> str:
        """Hand one message over and give the server's answer.

        :param return_path: where the message comes back to; empty: to the address it is from.
        :raises webapp.accounts.pace.LimitReached: none may leave now; nothing was tried.
        :raises webapp.mail.DeliveryProblem: it did not leave; see `webapp.mail.SmtpChannel.send`.
        """
        self._require_room()
        try:
            answer = self._channel.send(message, return_path)
        except DeliveryProblem as problem:
            if problem.is_about_the_message:
                self._taken -= 1
            raise
        self._taken -= 1
        return answer

    def _require_room(self) -> None:
        now = self._clock()
        if self._full is not None and now < self._full.until:
            raise self._full
        if self._minute != pace.minute_of(now):
            self._give_back()
        if self._taken:
            return
        is_free = not self._is_awaited and not pace.limits(self._session, self._config)
        wanted = AT_ONCE if is_free else 1
        try:
            self._taken = pace.take(
                self._session, self._config, now, wanted, is_awaited=self._is_awaited
            )
        except pace.LimitReached as reached:
            self._full = reached
            raise
        self._minute = pace.minute_of(now)

    def _give_back(self) -> None:
        if self._taken:
            unused, self._taken = self._taken, 0
            pace.give_back(self._session, self._minute, unused)
