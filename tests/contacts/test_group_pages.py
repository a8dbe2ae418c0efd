import html
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation, User
from webapp.contacts import book
from webapp.contacts.models import Contact, Group
from webapp.contacts.rules import check

SignIn = Callable[[User], Browser]
LOUISE = {
    "email": "louise@courriel.example",
    "last_name": "Blanc",
    "first_name": "Louise",
    "status": "individual",
}


@pytest.fixture
def group(session: scoped_session[Session], organisation: Organisation) -> Group:
    group = book.create_group(session, organisation.id, "Adhérents", NOW)
    session.commit()
    return group


def put(session: scoped_session[Session], group: Group, **texts: str) -> Contact:
    recipient = check({**LOUISE, **texts}).recipient
    assert recipient is not None
    contact = book.add_contact(session, group, recipient, NOW)
    session.commit()
    return contact


@pytest.fixture
def louise(session: scoped_session[Session], group: Group) -> Contact:
    return put(session, group)


def names(session: scoped_session[Session]) -> list[str]:
    return sorted(session.scalars(select(Contact.last_name)))


def test_the_first_visit_says_what_a_group_is(browser: Browser) -> None:
    page = browser.get("/groupes")
    assert page.status_code == 200
    assert "Un groupe est une liste que vous gardez" in page.text


def test_a_group_is_added_by_its_name_and_opened(browser: Browser) -> None:
    answer = browser.post("/groupes", {"name": "  Adhérents   2026 "})
    assert answer.status_code == 303
    page = browser.get("/groupes").text
    assert "Le groupe « Adhérents 2026 » est créé : ouvrez-le" in page
    assert 'href="/groupes/1">Adhérents 2026</a>' in page


@pytest.mark.parametrize("name", ["", "ADHERENTS", "a" * 121])
def test_a_name_that_no_group_can_have_is_refused_with_a_reason(
    browser: Browser, group: Group, name: str
) -> None:
    answer = browser.post("/groupes", {"name": name})
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert browser.get("/groupes").text.count('scope="row"') == 1


@pytest.mark.parametrize("htmx", [True, False])
def test_a_group_is_renamed_in_its_place(browser: Browser, group: Group, htmx: bool) -> None:
    asked = browser.get(f"/groupes/{group.id}/nom", htmx=htmx)
    assert 'value="Adhérents"' in asked.text
    assert ("<title>" in asked.text) is not htmx
    browser.post(f"/groupes/{group.id}/nom", {"name": "Membres"}, htmx=htmx)
    assert "<h1>Membres</h1>" in browser.get(f"/groupes/{group.id}").text


@pytest.mark.parametrize("htmx", [True, False])
def test_a_contact_is_added_with_and_without_javascript(
    browser: Browser, session: scoped_session[Session], group: Group, htmx: bool
) -> None:
    answer = browser.post(f"/groupes/{group.id}/contacts", LOUISE, htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    if htmx:
        assert 'id="contacts" hx-swap-oob="true"' in answer.text
        assert "Contact ajouté : Louise Blanc." in answer.text
    assert names(session) == ["Blanc"]
    assert "Louise Blanc" in browser.get(f"/groupes/{group.id}").text


@pytest.mark.parametrize("htmx", [True, False])
def test_a_contact_that_breaks_a_rule_comes_back_with_what_was_typed(
    browser: Browser, session: scoped_session[Session], group: Group, htmx: bool
) -> None:
    wrong = {**LOUISE, "status": "", "email": "louise@"}
    answer = browser.post(f"/groupes/{group.id}/contacts", wrong, htmx=htmx)
    assert answer.status_code == 422
    assert 'value="louise@"' in answer.text
    assert 'href="#email"' in answer.text
    assert 'href="#status"' in answer.text
    assert ("<title>Erreur :" in answer.text) is not htmx
    assert names(session) == []


def test_the_same_person_twice_is_refused(
    browser: Browser, session: scoped_session[Session], group: Group, louise: Contact
) -> None:
    answer = browser.post(f"/groupes/{group.id}/contacts", {**LOUISE, "last_name": "BLANC"})
    assert answer.status_code == 422
    assert "Cette personne est déjà dans le groupe" in answer.text
    assert names(session) == ["Blanc"]


def test_a_live_check_answers_messages_for_filled_fields_and_never_an_input(
    browser: Browser, group: Group
) -> None:
    typed = {"prefix": "contact-3-", "contact-3-email": "louise@gmial.com"}
    answer = browser.post(f"/groupes/{group.id}/contacts/verifier", typed, htmx=True)
    assert 'id="contact-3-email-message" hx-swap-oob="true"' in answer.text
    assert "gmail.com" in answer.text
    assert "Indiquez le statut" not in answer.text
    assert "<input" not in answer.text


@pytest.mark.parametrize("htmx", [True, False])
def test_a_contact_is_changed_in_its_row(
    browser: Browser,
    session: scoped_session[Session],
    group: Group,
    louise: Contact,
    htmx: bool,
) -> None:
    address = f"/groupes/{group.id}/contacts/{louise.id}/modifier"
    form = browser.get(address, htmx=htmx)
    assert f'name="contact-{louise.id}-email"' in form.text
    assert ("<title>" in form.text) is not htmx
    prefix = f"contact-{louise.id}-"
    fields = {f"{prefix}{name}": value for name, value in LOUISE.items()}
    wrong = browser.post(address, {"prefix": prefix, **fields, f"{prefix}last_name": ""}, htmx=htmx)
    assert wrong.status_code == 422
    right = browser.post(
        address, {"prefix": prefix, **fields, f"{prefix}last_name": "Noir"}, htmx=htmx
    )
    assert right.status_code == (200 if htmx else 303)
    assert names(session) == ["Noir"]


@pytest.mark.parametrize("htmx", [True, False])
def test_a_contact_is_removed_after_a_question_in_its_row(
    browser: Browser,
    session: scoped_session[Session],
    group: Group,
    louise: Contact,
    htmx: bool,
) -> None:
    address = f"/groupes/{group.id}/contacts/{louise.id}/retirer"
    question = browser.get(address, htmx=htmx)
    assert "Retirer Louise Blanc de ce groupe" in question.text
    assert names(session) == ["Blanc"]
    for _ in range(2):
        browser.post(address, htmx=htmx)
    assert names(session) == []


def test_removing_from_one_group_leaves_the_contact_in_the_other(
    browser: Browser,
    session: scoped_session[Session],
    organisation: Organisation,
    group: Group,
    louise: Contact,
) -> None:
    board = book.create_group(session, organisation.id, "Bureau", NOW)
    assert put(session, board).id == louise.id
    browser.post(f"/groupes/{board.id}/contacts/{louise.id}/retirer")
    assert names(session) == ["Blanc"]
    assert "Louise Blanc" in browser.get(f"/groupes/{group.id}").text
    assert "Louise Blanc" not in browser.get(f"/groupes/{board.id}").text


def test_the_search_finds_every_word_whatever_its_accents(
    browser: Browser, session: scoped_session[Session], group: Group, louise: Contact
) -> None:
    put(session, group, email="eloise@autre.example", first_name="Éloïse", last_name="Forêt")
    put(session, group, email="a_b@autre.example", first_name="Ali", last_name="Gris")
    for words, found in (
        ("foret ELOISE", 1),
        ("autre.example", 2),
        ("blanc eloise", 0),
        ("%", 0),
        ("_b@", 1),
    ):
        page = browser.get(f"/groupes/{group.id}?recherche={words}", htmx=True)
        assert page.text.count('id="contact-') == found, words


def test_long_groups_come_in_pages_of_fifty(
    browser: Browser, session: scoped_session[Session], group: Group
) -> None:
    recipients = [
        check({**LOUISE, "email": f"p{n}@x.example", "last_name": f"Nom {n:03}"}).recipient
        for n in range(120)
    ]
    book.add_contacts(session, group, [person for person in recipients if person], NOW)
    session.commit()
    seen, address, told = [], f"/groupes/{group.id}", ("1 à 50", "51 à 100", "101 à 120")
    for place in told:
        page = browser.get(address).text
        assert f"Contacts {place} sur 120" in page
        seen += re.findall(r'<tr id="contact-(\d+)"', page)
        address = link(page, "Page suivante") or link(page, "Page précédente")
    assert seen == list(map(str, session.scalars(select(Contact.id).order_by(Contact.sort_name))))
    assert "Contacts 51 à 100 sur 120" in browser.get(address).text, "back again"
    last = browser.get(link(browser.get(f"/groupes/{group.id}").text, "Dernière page")).text
    assert "Contacts 101 à 120 sur 120" in last
    assert last.count('<tr id="contact-') == 20
    assert link(last, "Première page") == f"/groupes/{group.id}"


def link(page: str, label: str) -> str:
    found = re.search(rf'href="([^"]+)">{label}<', page)
    return html.unescape(found[1]) if found else ""


@pytest.mark.parametrize("htmx", [True, False])
def test_a_contact_of_a_later_page_is_changed_and_removed_where_it_stands(
    browser: Browser, session: scoped_session[Session], group: Group, htmx: bool
) -> None:
    people = [
        put(session, group, email=f"p{n}@x.example", last_name=f"Nom {n:03}") for n in range(51)
    ]
    last = people[-1]
    place = f"?recherche=nom&apres={people[49].id}"
    escaped = place.replace("&", "&amp;")
    address = f"/groupes/{group.id}/contacts/{last.id}"
    form = browser.get(f"{address}/modifier{place}", htmx=htmx).text
    assert f'action="{address}/modifier{escaped}"' in form
    assert f'href="/groupes/{group.id}{escaped}"' in form
    prefix = f"contact-{last.id}-"
    typed = {f"{prefix}{name}": value for name, value in LOUISE.items()}
    kept = browser.post(f"{address}/modifier{place}", {"prefix": prefix, **typed}, htmx=htmx)
    assert kept.location == (None if htmx else f"/groupes/{group.id}{place}")
    removed = browser.post(f"/groupes/{group.id}/contacts/{people[0].id}/retirer{place}", htmx=htmx)
    if htmx:
        assert "49 contacts trouvés" in removed.text
        assert removed.text.count('<th scope="row"') == 49, "a page that is gone shows the last one"
    else:
        assert removed.location == f"/groupes/{group.id}{place}"


def test_a_form_that_is_opened_by_its_address_alone_shows_its_contact(
    browser: Browser, session: scoped_session[Session], group: Group, louise: Contact
) -> None:
    address = f"/groupes/{group.id}/contacts/{louise.id}/modifier"
    assert f'name="contact-{louise.id}-email"' in browser.get(f"{address}?recherche=zzz").text


@pytest.mark.parametrize("number", ["0", "-3", "deux", "9", "99999999999999999999999"])
@pytest.mark.parametrize("name", ["apres", "avant", "page"])
def test_a_page_that_does_not_exist_shows_one_that_does(
    browser: Browser, group: Group, louise: Contact, name: str, number: str
) -> None:
    page = browser.get(f"/groupes/{group.id}?{name}={number}")
    assert page.status_code == 200
    assert "Louise Blanc" in page.text


def test_changing_a_contact_of_two_groups_says_so_and_changes_it_in_both(
    browser: Browser,
    session: scoped_session[Session],
    organisation: Organisation,
    group: Group,
    louise: Contact,
) -> None:
    alone = browser.get(f"/groupes/{group.id}/contacts/{louise.id}/modifier").text
    assert "est aussi dans" not in alone
    board = book.create_group(session, organisation.id, "Bureau", NOW)
    put(session, board)
    shared = browser.get(f"/groupes/{group.id}/contacts/{louise.id}/modifier").text
    assert "est aussi dans" in shared
    assert "Bureau. Ce que vous changez ici" in shared
    prefix = f"contact-{louise.id}-"
    typed = {f"{prefix}{name}": value for name, value in {**LOUISE, "last_name": "Noir"}.items()}
    address = f"/groupes/{group.id}/contacts/{louise.id}/modifier"
    browser.post(address, {"prefix": prefix, **typed})
    assert "Louise Noir" in browser.get(f"/groupes/{board.id}").text


def test_the_focus_has_a_place_after_each_swap(
    browser: Browser, session: scoped_session[Session], group: Group, louise: Contact
) -> None:
    row = f"/groupes/{group.id}/contacts/{louise.id}"
    put(session, group, email="a@b.example", last_name="Gris")
    for answer in (
        browser.get(row, htmx=True),
        browser.get(f"{row}/modifier", htmx=True),
        browser.get(f"{row}/retirer", htmx=True),
        browser.get(f"/groupes/{group.id}/nom", htmx=True),
        browser.post(f"/groupes/{group.id}/nom", {"name": "Membres"}, htmx=True),
        browser.post(f"/groupes/{group.id}/contacts", {**LOUISE, "email": "z@b.fr"}, htmx=True),
        browser.post(f"/groupes/{group.id}/contacts", {}, htmx=True),
        browser.post(f"{row}/retirer", htmx=True),
    ):
        assert answer.text.count("autofocus") == 1, answer.request.path


ADDRESSES = [
    ("get", "/groupes/{group}"),
    ("get", "/groupes/{group}/nom"),
    ("post", "/groupes/{group}/nom"),
    ("post", "/groupes/{group}/contacts"),
    ("post", "/groupes/{group}/contacts/verifier"),
    ("get", "/groupes/{group}/contacts/{contact}"),
    ("get", "/groupes/{group}/contacts/{contact}/modifier"),
    ("post", "/groupes/{group}/contacts/{contact}/modifier"),
    ("get", "/groupes/{group}/contacts/{contact}/retirer"),
    ("post", "/groupes/{group}/contacts/{contact}/retirer"),
]


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_another_organisation_finds_nothing_and_changes_nothing(
    sign_in: SignIn,
    stranger: User,
    session: scoped_session[Session],
    group: Group,
    louise: Contact,
    method: str,
    address: str,
) -> None:
    browser = sign_in(stranger)
    place = address.format(group=group.id, contact=louise.id)
    answer = browser.get(place) if method == "get" else browser.post(place, {"name": "Pris"})
    assert answer.status_code == 404
    session.expire_all()
    assert (group.name, names(session)) == ("Adhérents", ["Blanc"])


@pytest.mark.parametrize(
    ("method", "address"), [("get", "/groupes"), ("post", "/groupes"), *ADDRESSES]
)
def test_a_simple_account_is_told_why_it_has_no_groups(
    sign_in: SignIn, simple: User, group: Group, louise: Contact, method: str, address: str
) -> None:
    browser = sign_in(simple)
    place = address.format(group=group.id, contact=louise.id)
    answer = browser.get(place) if method == "get" else browser.post(place)
    assert answer.status_code == 403
    assert "envoie à un seul destinataire" in answer.text


def test_a_filter_shows_whom_it_keeps_and_all_of_them_can_be_taken(
    browser: Browser, session: scoped_session[Session], group: Group, louise: Contact
) -> None:
    home = {"address_1": "3 rue du Lavoir", "postal_code": "01000", "city": "Bourg-en-Bresse"}
    put(session, group, email="", last_name="Gris", first_name="", **home)
    put(session, group, email="pro@x.example", last_name="Noir", first_name="", status="pro")
    for word, shown in (
        ("", ["Louise Blanc", "Gris", "Noir"]),
        ("professionnels", ["Noir"]),
        ("particuliers", ["Louise Blanc", "Gris"]),
        ("sans-email", ["Gris"]),
        ("sans-adresse", ["Louise Blanc", "Noir"]),
        ("sans-accord", ["Louise Blanc"]),
    ):
        page = browser.get(f"/groupes/{group.id}?voir={word}").text
        assert re.findall(r'<label for="choose-\d+">([^<]+)<', page) == shown, word
        assert f'<option value="{word}" selected>' in page or not word
    newest = browser.get(f"/groupes/{group.id}?tri=recents").text
    assert re.findall(r'<label for="choose-\d+">([^<]+)<', newest) == [
        "Noir",
        "Gris",
        "Louise Blanc",
    ]
    page = browser.get(f"/groupes/{group.id}?voir=sans-adresse").text
    assert "Tous les 2 contacts trouvés" in page
    assert '<input type="hidden" name="voir" value="sans-adresse">' in page
    question = browser.get(f"/groupes/{group.id}/plusieurs/retirer?everyone=y&voir=sans-adresse")
    assert "Louise Blanc, Noir" in question.text
    assert f'action="/groupes/{group.id}/plusieurs/retirer?voir=sans-adresse"' in question.text
    nobody = browser.get(f"/groupes/{group.id}?voir=sans-email&recherche=noir").text
    assert "Aucun contact ne contient ces mots" in nobody
