from collections.abc import Callable

from sqlalchemy.orm import Session, scoped_session

from webapp.accounts.models import User
from webapp.letters import queries
from webapp.letters.models import Letter
from webapp.letters.queries import Wanted

Hand = Callable[[User], Letter]


def test_a_managed_account_sees_its_own_letters_and_an_administrator_all(
    session: scoped_session[Session],
    administrator: User,
    managed: User,
    letter: Letter,
    other_letter: Hand,
) -> None:
    own = other_letter(managed)
    assert queries.letter_of(session, managed, letter.number) is None
    assert queries.letter_of(session, managed, own.number) == own
    assert queries.letter_of(session, administrator, own.number) == own
    assert queries.letters_page(session, administrator, Wanted(), 1).total == 2
    assert queries.letters_page(session, managed, Wanted(), 1).total == 1


def test_another_organisation_sees_nothing(
    session: scoped_session[Session], stranger: User, letter: Letter
) -> None:
    assert queries.letter_of(session, stranger, letter.number) is None
    assert queries.letters_page(session, stranger, Wanted(), 1).items == []


def test_each_letter_comes_with_its_recipients_counted_by_state(
    session: scoped_session[Session], administrator: User, letter: Letter
) -> None:
    page = queries.letters_page(session, administrator, Wanted(), 1)
    assert page.items == [(letter, {"submitted": 2})]
    assert queries.is_moving(queries.counts_of(session, letter))
    assert not queries.is_moving({"accepted": 3, "failed": 1})
