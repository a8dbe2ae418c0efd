"""Fills a database of its own with an invented association, so that every page is seen full.

Everybody in it is invented; every letter is a trial, and nothing leaves the machine. What happened
in the past is written through the product's own steps, only at earlier moments.
"""

import os
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook
from sqlalchemy import select

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tools"))

from demo_people import LAVOIR, board, members, suppliers  # noqa: E402  (the paths are only set above)
from demo_returns import let_come_back  # noqa: E402

from config import Config  # noqa: E402
from webapp import create_app, keys  # noqa: E402
from webapp.accounts.first_run import Opening, open_installation  # noqa: E402
from webapp.accounts.models import Kind, User  # noqa: E402
from webapp.accounts.users import create_user  # noqa: E402
from webapp.compose.copies import remember  # noqa: E402
from webapp.contacts import book, consents  # noqa: E402
from webapp.contacts.models import Contact  # noqa: E402
from webapp.contacts.rules import INDIVIDUAL, Recipient, check, identity  # noqa: E402
from webapp.delivery.tasks import do_all_due  # noqa: E402
from webapp.desk.schema import upgrade  # noqa: E402
from webapp.evidence.start import require_sound  # noqa: E402
from webapp.extensions import db  # noqa: E402
from webapp.imports import staging  # noqa: E402
from webapp.imports.checking import check_file  # noqa: E402
from webapp.letters import departure, steps  # noqa: E402
from webapp.letters.cancellation import cancel_unsent  # noqa: E402
from webapp.letters.models import Addressee, Channel, Letter  # noqa: E402
from webapp.letters.steps import State  # noqa: E402
from webapp.letters.submission import FrozenRecipient, Submission, submit  # noqa: E402
from webapp.paper import deposits, outcomes  # noqa: E402
from webapp.paper.documents import keep_document  # noqa: E402
from webapp.paper.printing import slip_pdf  # noqa: E402
from webapp.sheets.limits import Limits  # noqa: E402

PASSWORD = "quatre mots pour essayer"
NOW = datetime.now(UTC)
MEANS = "case cochée sur le bulletin d’adhésion 2026"
CLIENT = {"ip": "192.0.2.44", "user_agent": "Mozilla/5.0 (invented)"}


def main() -> None:
    """Make the demonstration in the folder of `PLIREC_DATA`, unless it is there already."""
    config = Config.from_environment()
    if not (config.data_directory / "plirec.sqlite").exists():
        print("Je prépare une association inventée : une minute…", flush=True)
        app = create_app(config)
        with app.app_context():
            upgrade()
            require_sound()
            fill()
    print(f"Connectez-vous avec odile@lavoir.example et le mot de passe « {PASSWORD} ».")
    print("Autres comptes, même mot de passe : paul@lavoir.example (administré),")
    print("rose@lavoir.example (simple).", flush=True)


def fill() -> None:
    """Write the association, its people, lists and letters."""
    odile = open_association()
    groups = fill_groups(odile)
    leave_an_import_unfinished(odile)
    past_meeting(odile, groups["Adhérents 2026"])
    call_for_fees(odile, groups["Adhérents 2026"])
    minutes_of_the_board(odile, groups["Conseil d’administration"])
    next_meeting_of_the_board(odile, groups["Conseil d’administration"])
    do_all_due()


def open_association() -> User:
    """Open the installation, with one account of each kind."""
    odile = open_installation(
        db.session,
        Opening(
            sender=LAVOIR,
            administrator_name="Odile Martin",
            administrator_email="odile@lavoir.example",
            password=PASSWORD,
            public_url=f"http://127.0.0.1:{os.environ.get('PLIREC_PORT', '8000')}",
        ),
        NOW - timedelta(days=90),
    )
    for name, email, kind in (
        ("Paul Girard", "paul@lavoir.example", Kind.MANAGED),
        ("Rose Fabre", "rose@lavoir.example", Kind.SIMPLE),
    ):
        create_user(db.session, odile.organisation_id, name, email, PASSWORD, kind, NOW)
    db.session.commit()
    return odile


def fill_groups(odile: User) -> dict[str, list[Recipient]]:
    """Make three groups with 150 contacts; most individuals have consented, some have not."""
    groups = {
        "Adhérents 2026": members(),
        "Conseil d’administration": board(),
        "Fournisseurs et mairies": suppliers(),
    }
    recipients: dict[str, list[Recipient]] = {}
    for name, texts in groups.items():
        group = book.create_group(db.session, odile.organisation_id, name, NOW)
        recipients[name] = []
        for line in texts:
            recipient = check(line).recipient
            if recipient is None:
                raise ValueError(f"an invented contact breaks the rules: {line}")
            book.add_contact(db.session, group, recipient, NOW)
            recipients[name].append(recipient)
    people = [one for one in recipients["Adhérents 2026"] if one.email]
    agreed = [one.email for number, one in enumerate(people) if number % 6]
    started = NOW - timedelta(days=80)
    consents.declare(db.session, odile.organisation_id, agreed, MEANS, odile.id, started)
    db.session.commit()
    return recipients


def leave_an_import_unfinished(odile: User) -> None:
    """Stage a list in which some lines are wrong."""
    workbook = Workbook()
    sheet = workbook.active
    if sheet is None:
        raise ValueError("a new workbook has a sheet")
    sheet.append(["E-mail", "Nom", "Prénom", "Raison sociale", "Statut"])
    for row in (
        ["lea.morel@courriel.example", "Morel", "Léa", "", "particulier"],
        ["hugo.perrin@@courriel.example", "Perrin", "Hugo", "", "particulier"],
        ["zoe.roche@courriel.example", "Roche", "Zoé", "", "peut-être"],
        ["lea.morel@courriel.example", "Morel", "Léa", "", "particulier"],
        ["contact@four.example", "", "", "Le Four à pain", "professionnel"],
    ):
        sheet.append(row)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "nouveaux.xlsx"
        workbook.save(path)
        report = check_file(path, Limits(bytes=1_000_000, rows=1_000))
    group = book.create_group(db.session, odile.organisation_id, "Nouveaux adhérents", NOW)
    staging.stage(db.session, group, odile.id, "nouveaux-adherents.xlsx", report, NOW)
    db.session.commit()


def past_meeting(odile: User, people: list[Recipient]) -> None:
    """A letter of forty days ago: accepted, refused, not claimed, failed, and on paper."""
    sent_at = NOW - timedelta(days=40)
    letter = hand_over(
        odile, people[:70], "Convocation à l’assemblée générale ordinaire", "AG-2026-1", sent_at
    )
    notified_at = sent_at + timedelta(minutes=2)
    for number, addressee in enumerate(letter.addressees):
        answered_at = notified_at + timedelta(days=number % 12, hours=number % 9 + 1)
        if addressee.channel == Channel.PAPER:
            continue
        if number % 17 == 5:
            reason = "recipient: 550 5.1.1 adresse inconnue"
            steps.fail(db.session, addressee, reason, notified_at)
        else:
            steps.notify(db.session, addressee, "250 2.0.0 OK", notified_at)
            answer(addressee, number, answered_at)
    post_on_paper(odile, letter, sent_at)
    db.session.commit()


def post_on_paper(odile: User, letter: Letter, sent_at: datetime) -> None:
    """Let the post deliver some paper letters, bring some back, and still have others."""
    posted_at = sent_at + timedelta(days=1)
    deposit = deposits.prepare(
        db.session, odile, on_paper(letter), "R1", "AG-2026-1", "demonstration-depot-1", posted_at
    )
    deposits.number_items(db.session, deposit, {}, "RK 123 456 785 FR")
    deposits.post(db.session, deposit, posted_at.date(), 574, posted_at)
    files = Config.from_environment().files_directory
    content = slip_pdf(deposit)
    keep_document(db.session, deposit, "bordereau-tampon.pdf", content, files, odile.id, posted_at)
    later, told_at = posted_at.date() + timedelta(days=3), sent_at + timedelta(days=9)
    for number, item in enumerate(deposit.items):
        if number % 3 == 0:
            told = State.DELIVERED, later, item.addressee.name
            outcomes.note(db.session, deposit, [item.position], *told, told_at)
        elif number % 3 == 1:
            told = State.RETURNED, later, "Pli avisé et non réclamé"
            outcomes.note(db.session, deposit, [item.position], *told, told_at)


def on_paper(letter: Letter) -> list[str]:
    """Give the numbers of those who are written to on paper."""
    return [one.number for one in letter.addressees if one.channel == Channel.PAPER]


def answer(addressee: Addressee, number: int, at: datetime) -> None:
    """Let most accept, a few refuse, and some do nothing."""
    if number % 11 == 3:
        steps.reject(db.session, addressee, CLIENT, at)
    elif number % 7 == 2:
        steps.expire(db.session, addressee, NOW - timedelta(days=23))
    else:
        steps.accept(db.session, addressee, addressee.name, CLIENT, at)


def call_for_fees(odile: User, people: list[Recipient]) -> None:
    """A letter of ten days ago that many have not answered yet; its paper waits, partly ready."""
    sent_at = NOW - timedelta(days=10)
    letter = hand_over(odile, people[40:100], "Appel de cotisation 2027", "COT-2027", sent_at)
    for number, addressee in enumerate(letter.addressees):
        if addressee.channel == Channel.EMAIL:
            steps.notify(db.session, addressee, "250 2.0.0 OK", sent_at + timedelta(minutes=1))
            if number % 3 == 0:
                at = sent_at + timedelta(days=1 + number % 5)
                steps.accept(db.session, addressee, addressee.name, CLIENT, at)
    silent = next(one for one in letter.addressees if one.state == State.NOTIFIED)
    let_come_back(silent, sent_at + timedelta(days=1))
    ready = on_paper(letter)[:2]
    deposits.prepare(db.session, odile, ready, "R1", "COT-2027", "demonstration-depot-2", NOW)
    db.session.commit()


def minutes_of_the_board(odile: User, people: list[Recipient]) -> None:
    """A letter of yesterday: one notice waits for the mail server, two were taken back."""
    sent_at = NOW - timedelta(days=1)
    letter = hand_over(odile, people, "Procès-verbal du conseil du 20 octobre", "", sent_at)
    first, second, third = letter.addressees[:3]
    for one in (first, second):
        cancel_unsent(db.session, letter, one.number, odile.name, sent_at)
    third.due_at, third.attempts = NOW + timedelta(hours=2), 3
    third.problem = "connect: [Errno 111] Connection refused"
    for addressee in letter.addressees[3:]:
        steps.notify(db.session, addressee, "250 2.0.0 OK", sent_at + timedelta(minutes=1))
    db.session.commit()


def next_meeting_of_the_board(odile: User, people: list[Recipient]) -> None:
    """A letter of an hour ago that leaves in six days, at nine."""
    leaves_at = departure.moment_of((NOW + timedelta(days=6)).date(), time(9))
    at = NOW - timedelta(hours=1)
    hand_over(odile, people, "Convocation au conseil de décembre", "CA-2026-4", at, leaves_at)


def hand_over(
    odile: User,
    people: list[Recipient],
    subject: str,
    reference: str,
    at: datetime,
    leaves_at: datetime | None = None,
) -> Letter:
    """Submit a trial letter at an earlier moment; its notices leave at once if nothing is said."""
    config = Config.from_environment()
    submission = Submission(
        organisation=odile.organisation,
        author=odile,
        subject=subject,
        message=(
            "Madame, Monsieur,\n\nVous trouverez ici ce que le bureau des Amis du Lavoir doit vous "
            "faire savoir. Merci d’en prendre connaissance.\n\nOdile Martin, secrétaire"
        ),
        is_trial=True,
        recipients=[frozen(one) for one in people if one.email or one.postal_lines],
        key=f"demonstration-{subject}",
        token_key=keys.secret(config.keys_directory, "recipients"),
        host="localhost",
        own_reference=reference,
        leaves_at=leaves_at,
    )
    letter = submit(db.session, submission, at)
    remember(db.session, letter, [("contacts", str(contact.id)) for contact in contacts_of(people)])
    db.session.commit()
    return letter


def contacts_of(people: list[Recipient]) -> list[Contact]:
    """Find the saved contacts that these recipients are."""
    who = [identity(one) for one in people]
    return list(db.session.scalars(select(Contact).where(Contact.identity.in_(who))))


def frozen(recipient: Recipient) -> FrozenRecipient:
    """Freeze an invented recipient: by e-mail if he has one, else on paper."""
    channel = Channel.EMAIL if recipient.email else Channel.PAPER
    return FrozenRecipient(
        name=recipient.name,
        email=recipient.email,
        status=recipient.status,
        postal_address="\n".join(recipient.postal_lines),
        consent=MEANS if recipient.status == INDIVIDUAL and recipient.email else "",
        channel=channel,
    )


if __name__ == "__main__":
    main()
