"""The proofs of a consent: declared by the sender, or given, refused and withdrawn."""

import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session, sessionmaker

from config import Config
from webapp.evidence import proofs
from webapp.evidence.journal import Event, append, organisation_chain
from webapp.evidence.kinds import DATA_ERASED, NO_ANSWER, EventKind
from webapp.evidence.models import JournalEntry

pytestmark = pytest.mark.slow

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHAIN = organisation_chain(1)
ASKED = "consent:7"
SENDER = {"name": "Les Jardins", "email": "bureau@jardins.example"}
DECLARED = {"email": "ada@x.example", "means": "Bulletin signé", "given_on": "2026-01-03"}
REQUESTED = {
    "email": "ada@x.example",
    "sender": SENDER,
    "expires_at": "2026-03-17T23:00:00+00:00",
}
Prove = Callable[..., PdfReader]


@pytest.fixture
def prove(sessions: sessionmaker[Session], config: Config, fingerprint: str) -> Prove:
    """Write events into the organisation's journal a day apart, and prove the last."""
    assert fingerprint

    def proved(*events: tuple[EventKind, Mapping[str, Any]], subject: str = CHAIN) -> PdfReader:
        with sessions.begin() as session:
            for days, (kind, facts) in enumerate(events):
                append(session, CHAIN, [Event(kind, subject, facts)], AT + timedelta(days=days))
            last = session.query(JournalEntry.id).order_by(JournalEntry.id.desc()).first()
        with sessions() as session:
            proof = proofs.make(session, last[0], config, AT)
            assert proof.kind == "consent"
        return PdfReader(io.BytesIO(proofs.sealed(proof, config.files_directory)))

    return proved


def text_of(pdf: PdfReader) -> str:
    assert len(pdf.pages) == 1
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_a_declared_consent_says_how_it_was_given_and_that_it_is_the_senders_word(
    prove: Prove,
) -> None:
    document = {"name": "bulletin.pdf", "sha256": "d" * 64}
    pdf = prove((EventKind.CONSENT_DECLARED, {**DECLARED, "document": document, "sender": SENDER}))
    text = text_of(pdf)
    for words in (
        "Preuve de déclaration d’accord",
        "C’est sa déclaration : la personne ne l’a pas confirmée à Plirec.",
        "Accord donné, selon l’expéditeur, le 3 janvier 2026",
        "Déclaration 2 mars 2026 à 10:00:00 (heure de Paris) 2026-03-02 09:00:00 UTC",
        "Nom ou raison sociale Les Jardins",
        "Adresse électronique ada@x.example",
        "Comment, selon l’expéditeur Bulletin signé",
        "Document à l’appui bulletin.pdf",
        "d" * 64,
        "cette adresse électronique, et aucune autre",
        "article L100",
        "organisation:1",
    ):
        assert words in text
    (entry,) = json.loads(pdf.attachments["faits.json"][0])["entries"]
    assert entry["facts"]["email"] == "ada@x.example"


def test_what_was_declared_before_senders_were_named_is_proved_without(prove: Prove) -> None:
    text = text_of(prove((EventKind.CONSENT_DECLARED, {"email": "a@x.example", "means": "Oral"})))
    assert "Son journal dans l’installation organisation:1" in text
    assert "Document" not in text


def test_a_withdrawn_consent_says_since_when_it_serves_no_more(prove: Prove) -> None:
    text = text_of(prove((EventKind.CONSENT_WITHDRAWN, {"email": "ada@x.example"})))
    assert "Preuve de retrait d’accord" in text
    assert "Retrait 2 mars 2026 à 10:00:00" in text


@pytest.mark.parametrize(
    ("kind", "title", "happened"),
    [
        (EventKind.CONSENT_GIVEN, "Preuve d’accord", "Accord"),
        (EventKind.CONSENT_REFUSED, "Preuve de refus d’accord", "Refus"),
    ],
)
def test_an_answer_to_a_request_is_proved_with_the_request_before_it(
    prove: Prove, kind: EventKind, title: str, happened: str
) -> None:
    answer = {"email": "ada@x.example", "ip": "192.0.2.7"}
    pdf = prove((EventKind.CONSENT_REQUESTED, REQUESTED), (kind, answer), subject=ASKED)
    text = text_of(pdf)
    for words in (
        title,
        "Demande 2 mars 2026 à 10:00:00",
        f"{happened} 3 mars 2026 à 10:00:00",
        "Fin du délai pour répondre 18 mars 2026 à 00:00:00",
        "Adresse électronique ada@x.example",
        "Répondu depuis l’adresse IP 192.0.2.7",
        "Demande, écriture nº 1",
        f"{happened}, écriture nº 2",
    ):
        assert words in text
    entries = json.loads(pdf.attachments["faits.json"][0])["entries"]
    assert [entry["kind"] for entry in entries] == ["ConsentRequested", str(kind)]


def test_a_consent_that_came_after_all_tells_that_its_request_was_said_not_to_arrive(
    prove: Prove,
) -> None:
    failed = {"email": "ada@x.example", "sender": SENDER, "reason": "returned: 5.1.1 No such user"}
    pdf = prove(
        (EventKind.CONSENT_REQUESTED, REQUESTED),
        (EventKind.CONSENT_REQUEST_FAILED, failed),
        (EventKind.CONSENT_GIVEN, {"email": "ada@x.example", "ip": "192.0.2.7"}),
        subject=ASKED,
    )
    text = text_of(pdf)
    assert "Demande, écriture nº 1" in text
    assert "Demande non remise, écriture nº 2" in text
    assert "Accord, écriture nº 3" in text


def test_a_request_that_was_not_answered_in_time_is_proved_as_such(prove: Prove) -> None:
    expired = {"email": "ada@x.example", "sender": SENDER, "reason": NO_ANSWER}
    pdf = prove(
        (EventKind.CONSENT_REQUESTED, REQUESTED),
        (EventKind.CONSENT_REFUSED, expired),
        subject=ASKED,
    )
    assert "n’a pas répondu dans le délai à la demande d’accord, ce qui vaut refus" in text_of(pdf)


def test_a_request_that_ended_with_the_persons_data_is_proved_as_such(prove: Prove) -> None:
    erased = {"email": "ada@x.example", "sender": SENDER, "reason": DATA_ERASED}
    text = text_of(prove((EventKind.CONSENT_REFUSED, erased), subject=ASKED))
    assert "a fait effacer ses données avant d’avoir répondu" in text


def test_a_withdrawal_tells_the_consent_that_it_ends_and_not_who_had_answered(
    prove: Prove,
) -> None:
    text = text_of(
        prove(
            (EventKind.CONSENT_REQUESTED, REQUESTED),
            (EventKind.CONSENT_GIVEN, {"email": "ada@x.example", "ip": "192.0.2.7"}),
            (EventKind.CONSENT_WITHDRAWN, {"email": "ada@x.example", "sender": SENDER}),
            subject=ASKED,
        )
    )
    assert "Accord 3 mars 2026 à 10:00:00" in text
    assert "Retrait 4 mars 2026 à 10:00:00" in text
    assert "192.0.2.7" not in text
    assert "Accord, écriture nº 2" in text


def test_answers_are_proved_by_themselves_and_declarations_when_somebody_asks(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        events = [
            Event(EventKind.CONSENT_DECLARED, CHAIN, DECLARED),
            Event(EventKind.CONSENT_WITHDRAWN, CHAIN, {"email": "ada@x.example"}),
            Event(EventKind.CONSENT_REQUESTED, ASKED, REQUESTED),
            Event(EventKind.CONSENT_GIVEN, ASKED, {"email": "ada@x.example"}),
        ]
        append(session, CHAIN, events, AT)
        assert proofs.due(session, 10) == [2, 4]
        assert proofs.sealing(session, CHAIN, [ASKED]) == {ASKED: ["consent"]}
