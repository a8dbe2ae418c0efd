"""Who receives a letter: groups, contacts and rows become one list; each person stands once."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from webapp.compose.choices import ASK_FIRST, ON_PAPER, TAKE_OUT, Choices, Statement
from webapp.compose.rows import Row
from webapp.contacts import postal
from webapp.contacts.reach import Reached
from webapp.contacts.rules import FIELDS, INDIVIDUAL, Recipient, identity
from webapp.letters.models import Channel

_EMAIL, _STATUS = FIELDS.index("email"), FIELDS.index("status")
_PLACE = [FIELDS.index(name) for name in ("address_1", "postal_code", "city", "country")]


class Fate(StrEnum):
    """What becomes of a person in this letter."""

    EMAIL = Channel.EMAIL
    PAPER = Channel.PAPER
    OUT = "out"
    UNREACHABLE = "unreachable"


@dataclass(slots=True)
class Candidate:
    """A person or company that groups, contacts or rows name; `key` stands for who it is, in forms.

    :param texts: the ten texts in the order of `rules.FIELDS`, as the rules made them.
    :param groups: the ids of the groups that reach the person.
    :param times: how often the person was named.
    :param lacks_consent: an individual whom an e-mail could reach, without a consent on record.
    :param has_withdrawn: such an individual who took a consent back: nothing is stated of him here.
    :param statement: what the sender states of such an individual.
    :param is_asked: such an individual is asked first, and told of the letter when he has agreed.
    """

    key: str
    texts: Sequence[str]
    groups: tuple[int, ...]
    times: int
    fate: Fate = Fate.EMAIL
    lacks_consent: bool = False
    has_withdrawn: bool = False
    statement: Statement | None = None
    is_asked: bool = False

    @property
    def recipient(self) -> Recipient:
        """The ten texts by their names."""
        return Recipient(*self.texts)

    @property
    def email(self) -> str:
        """The e-mail address, empty when there is none."""
        return self.texts[_EMAIL]

    @property
    def is_individual(self) -> bool:
        """Say whether the law asks for consent before an e-mail (CPCE art. L100)."""
        return self.texts[_STATUS] == INDIVIDUAL

    @property
    def has_postal_address(self) -> bool:
        """Say whether a letter on paper can be addressed."""
        return postal.is_complete(*(self.texts[position] for position in _PLACE))


@dataclass(frozen=True)
class Resolution:
    """Who receives by which way, who cannot or shall not, and what must still be put right.

    `without_consent` are the individuals of the letter for whom no consent is on record, whatever
    the sender decided for them together; `unsettled` those of them for whom he decided nothing: the
    letter stays until he does (CPCE art. L100).
    """

    everyone: Sequence[Candidate] = ()
    without_consent: Sequence[Candidate] = ()
    wrong_rows: Sequence[Row] = field(default=())
    failing: Mapping[str, datetime] = field(default_factory=dict)

    @cached_property
    def by_email(self) -> Sequence[Candidate]:
        """Those who are told by e-mail."""
        return self._with(Fate.EMAIL)

    @cached_property
    def doubtful(self) -> Sequence[Candidate]:
        """Those who are told at an address where notices have failed; `failing` says since when."""
        if not self.failing:
            return []
        return [one for one in self.by_email if one.email.casefold() in self.failing]

    @cached_property
    def on_paper(self) -> Sequence[Candidate]:
        """Those to whom the letter is posted."""
        return self._with(Fate.PAPER)

    @cached_property
    def receiving(self) -> Sequence[Candidate]:
        """Those who receive, in the order in which they were named."""
        return [one for one in self.everyone if one.fate in (Fate.EMAIL, Fate.PAPER)]

    @cached_property
    def unreachable(self) -> Sequence[Candidate]:
        """Those whom neither an e-mail nor a letter on paper can reach."""
        return self._with(Fate.UNREACHABLE)

    @cached_property
    def taken_out(self) -> Sequence[Candidate]:
        """Those whom the sender took out."""
        return self._with(Fate.OUT)

    @cached_property
    def repeated(self) -> Sequence[Candidate]:
        """Those who were named more than once, and receive one letter."""
        return [one for one in self.everyone if one.times > 1]

    @property
    def merged(self) -> int:
        """How many namings too many there were."""
        return sum(one.times - 1 for one in self.repeated)

    @cached_property
    def unsettled(self) -> Sequence[Candidate]:
        """Individuals who would be told by e-mail though nothing is known of their consent."""
        return [
            one
            for one in self.without_consent
            if one.fate == Fate.EMAIL and one.statement is None and not one.is_asked
        ]

    @cached_property
    def asked(self) -> Sequence[Candidate]:
        """Those who are asked for their consent before they are told of the letter."""
        return [one for one in self.without_consent if one.is_asked]

    @cached_property
    def digest(self) -> str:
        """Stand for who receives by which way: the letter goes to the list that was shown."""
        keys = sorted(
            f"{person.key}{person.fate}{'?' if person.is_asked else ''}"
            for person in self.receiving
        )
        return hashlib.sha256(",".join(keys).encode()).hexdigest()[:32]

    def _with(self, fate: Fate) -> Sequence[Candidate]:
        return [one for one in self.everyone if one.fate is fate]


def resolve(
    contacts: Iterable[Reached],
    rows: Iterable[Row],
    choices: Choices,
    consented: Collection[str],
    withdrawn: Collection[str] = (),
    failing: Mapping[str, datetime] = MappingProxyType({}),
) -> Resolution:
    """Make one list of all the ways in which recipients were named.

    :param contacts: those whom groups reach, and those named by themselves.
    :param consented: e-mail addresses for which a consent is on record, in lower case.
    :param withdrawn: those for which one was taken back.
    :param failing: those at which notices fail, with since when.
    """
    rows = list(rows)
    everyone = list(_persons(contacts, rows).values())
    for person in everyone:
        person.has_withdrawn = person.is_individual and person.email.casefold() in withdrawn
    without_consent = [one for one in everyone if _decide(one, choices, consented)]
    wrong = [row for row in rows if row.is_wrong]
    return Resolution(everyone, without_consent, wrong, failing)


def key_of(who: str) -> str:
    """Stand for who a recipient is (`rules.identity`), without writing it into the form."""
    return hashlib.sha256(who.encode()).hexdigest()[:16]


def _persons(contacts: Iterable[Reached], rows: Iterable[Row]) -> dict[str, Candidate]:
    persons: dict[str, Candidate] = {}
    for recipient in (row.checked.recipient for row in rows if row.checked):
        if recipient is not None:
            texts = [getattr(recipient, name) for name in FIELDS]
            _name(persons, Candidate(key_of(identity(recipient)), texts, (), 1))
    for contact in contacts:
        times = len(contact.groups) + contact.chosen
        _name(persons, Candidate(key_of(contact.identity), contact.texts, contact.groups, times))
    return persons


def _name(persons: dict[str, Candidate], person: Candidate) -> None:
    """Enter a person, once: as an individual when in doubt, and rather with a postal address."""
    known = persons.setdefault(person.key, person)
    if known is person:
        return
    if _weight(person) > _weight(known):
        known.texts = person.texts
    known.groups += tuple(group for group in person.groups if group not in known.groups)
    known.times += person.times


def _weight(person: Candidate) -> tuple[bool, bool]:
    return person.is_individual, person.has_postal_address


def _decide(person: Candidate, choices: Choices, consented: Collection[str]) -> bool:
    """Settle what becomes of a person; say whether a consent is to be stated, or done without."""
    email = person.email
    individual = bool(email) and person.is_individual and email.casefold() not in consented
    person.lacks_consent = individual
    if person.key in choices.taken_out:
        person.fate = Fate.OUT
    elif not email or person.key in choices.on_paper:
        person.fate = Fate.PAPER if person.has_postal_address else Fate.UNREACHABLE
    elif individual:
        if not person.has_withdrawn:
            person.statement = choices.statement_for(person.key, person.groups)
        if person.statement is None:
            _do_without(person, choices.otherwise)
        return True
    return False


def _do_without(person: Candidate, otherwise: str) -> None:
    """Apply what the sender decided for all individuals of whom nothing is stated.

    Who took a consent back is not asked by a letter: somebody must mean him.
    """
    if otherwise == ASK_FIRST:
        person.is_asked = not person.has_withdrawn
    elif otherwise == ON_PAPER and person.has_postal_address:
        person.fate = Fate.PAPER
    elif otherwise in (ON_PAPER, TAKE_OUT):
        person.fate = Fate.OUT
