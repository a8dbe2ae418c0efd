"""Each kind of proof, made by the sweep from what the real steps wrote."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import HandOver
from webapp.delivery.tasks import do_all_due, seal_due
from webapp.evidence import proofs, seal
from webapp.evidence.journal import addressee_subject, letter_chain
from webapp.evidence.kinds import EventKind
from webapp.evidence.moments import in_paris
from webapp.evidence.verdicts import Answer
from webapp.evidence.verification import verify
from webapp.letters import identity, mending, steps
from webapp.letters.attachments import AttachedFile
from webapp.letters.identity import Control, Stated
from webapp.letters.models import Addressee, Channel, Letter
from webapp.letters.submission import FrozenRecipient
from webapp.reception import answers

pytestmark = pytest.mark.slow

CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
AGENDA = AttachedFile("ordre du jour.pdf", "application/pdf", 12345, "a" * 64)
PAPER = FrozenRecipient(
    "Marie Roux", "", "individual", "4 RUE DES LILAS\n01000 BOURG", "", Channel.PAPER
)
MARCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Prove = Callable[[Addressee], dict[str, PdfReader]]


@pytest.fixture
def prove(session: scoped_session[Session], config: Config) -> Prove:
    """Seal all that is due and give the proofs of one addressee by kind, each verified."""

    def proved(addressee: Addressee) -> dict[str, PdfReader]:
        session.commit()
        seal_due(config)
        chain = letter_chain(addressee.letter.number)
        subject = addressee_subject(addressee.number)
        made = proofs.proofs_of_subjects(session, chain, [subject])[subject]
        files = {proof.kind: proofs.sealed(proof, config.files_directory) for proof in made}
        for content in files.values():
            verdict = verify(
                content,
                seal.fingerprints(session),
                lambda digest: proofs.is_stored(session, digest),
            )
            assert verdict.answer is Answer.GENUINE
        return {kind: PdfReader(io.BytesIO(content)) for kind, content in files.items()}

    return proved


def text_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def events_in(pdf: PdfReader) -> list[str]:
    return [entry["kind"] for entry in facts_in(pdf)["entries"]]


def facts_in(pdf: PdfReader) -> Any:
    return json.loads(pdf.attachments["faits.json"][0])


@pytest.fixture
def notified(hand_over: HandOver, session: scoped_session[Session]) -> Addressee:
    """A recipient of a real letter whose notice left on 2 March 2026 at 10:00 in Paris."""
    letter = hand_over("ada@x.example", is_trial=False)
    steps.notify(session, letter.addressees[0], "250 2.0.0 Ok: queued as 4F2", MARCH)
    return letter.addressees[0]


def test_the_proof_of_sending_says_to_whom_when_until_when_and_what_the_server_said(
    notified: Addressee, prove: Prove
) -> None:
    made = prove(notified)
    assert list(made) == ["deposit", "sending"]
    text = text_of(made["sending"])
    for words in (
        "Preuve d’envoi",
        "Envoi de l’avis 2 mars 2026 à 10:00:00 (heure de Paris) 2026-03-02 09:00:00 UTC",
        "Avis envoyé à ada@x.example",
        "250 2.0.0 Ok: queued as 4F2",
        notified.message_id,
        "Fin du délai prévu 18 mars 2026 à 00:00:00 (heure de Paris)",
        "Dernier jour pour répondre 17 mars 2026 inclus",
        "Avis, écriture nº 3",
    ):
        assert words in text
    assert events_in(made["sending"])[-1] == "NotificationForAcceptance"
    assert facts_in(made["sending"])["proof"] == "sending"
    assert len(made["sending"].pages) == 1


@pytest.mark.parametrize("names_sender", [False, True])
def test_the_proof_of_refusal_dates_it_and_says_what_stayed_hidden(
    hand_over: HandOver, session: scoped_session[Session], prove: Prove, names_sender: bool
) -> None:
    organisation = hand_over("first@x.example").author.organisation
    organisation.names_sender = names_sender
    letter = hand_over("ada@x.example", is_trial=False, organisation=organisation)
    (ada,) = letter.addressees
    steps.notify(session, ada, "250 Ok", MARCH)
    steps.reject(session, ada, CLIENT, MARCH + timedelta(days=2))
    pdf = prove(ada)["refusal"]
    text = text_of(pdf)
    for words in (
        "Preuve de refus",
        "a été avisé et a refusé ce courrier",
        "Refus 4 mars 2026 à 10:00:00 (heure de Paris) 2026-03-04 09:00:00 UTC",
        "Refusé depuis l’adresse IP 192.0.2.7",
        letter.message_sha256,
        "Refus, écriture nº 4",
    ):
        assert words in text
    hidden = "Ni le contenu ni le nom de l’expéditeur ne lui ont été montrés."
    assert (hidden in text) is not names_sender
    assert ("Le contenu ne lui a pas été montré." in text) is names_sender
    assert letter.message not in text
    assert events_in(pdf)[-1] == "ConsignmentRejection"
    assert len(pdf.pages) == 1


def test_the_proof_of_non_claim_says_that_the_fifteen_days_went_by(
    notified: Addressee, session: scoped_session[Session], prove: Prove
) -> None:
    assert notified.expires_at is not None
    steps.expire(session, notified, notified.expires_at + timedelta(minutes=1))
    pdf = prove(notified)["non_claim"]
    text = text_of(pdf)
    for words in (
        "Preuve de non-réclamation",
        "n’a ni accepté ni refusé",
        "non réclamé (négligé)",
        "Envoi de l’avis 2 mars 2026 à 10:00:00",
        "Dernier jour pour répondre 17 mars 2026 inclus",
        "Constat 18 mars 2026 à 00:01:00 (heure de Paris)",
        "Non-réclamation, écriture nº 4",
    ):
        assert words in text
    assert events_in(pdf)[-1] == "AcceptanceRejectionExpiry"
    assert len(pdf.pages) == 1


def test_the_proof_of_failure_gives_the_reason_in_the_servers_words(
    hand_over: HandOver,
    mail_server: Callable[..., Any],
    configure: Callable[..., Config],
    prove: Prove,
) -> None:
    server, settings = mail_server()
    configure(**settings)
    server.refused["ada@x.example"] = "550 5.1.1 Personne ici"
    letter = hand_over("ada@x.example", is_trial=False)
    do_all_due()
    pdf = prove(letter.addressees[0])["failure"]
    text = text_of(pdf)
    for words in (
        "Preuve d’échec de l’avis",
        "Avis destiné à ada@x.example",
        "Refusé au moment d’annoncer l’adresse du destinataire",
        "550 5.1.1 Personne ici",
        "le délai pour répondre n’a pas commencé",
        "Échec de l’avis, écriture nº 3",
    ):
        assert words in text
    assert events_in(pdf)[-1] == "NotificationForAcceptanceFailure"


def test_deposit_and_reception_list_the_files_and_the_senders_reference(
    hand_over: HandOver, session: scoped_session[Session], prove: Prove
) -> None:
    letter = hand_over(
        "ada@x.example", is_trial=False, attachments=[AGENDA], own_reference="AG-2026"
    )
    (ada,) = letter.addressees
    steps.notify(session, ada, "250 Ok", MARCH)
    steps.accept(session, ada, "Ada Blanc", CLIENT, MARCH + timedelta(hours=1))
    made = prove(ada)
    assert list(made) == ["deposit", "sending", "reception"]
    for pdf in made.values():
        text = text_of(pdf)
        assert "Référence de l’expéditeur AG-2026" in text
        assert "Pièce jointe 1 ordre du jour.pdf (12 345 octets)" in text
        assert "a" * 64 in text
        assert len(pdf.pages) == 1
    assert f"Réception {in_paris(MARCH + timedelta(hours=1))}" in text_of(made["reception"])


@pytest.mark.parametrize("names_sender", [True, False])
def test_a_proof_says_who_answered_how_that_was_proven_and_whether_the_sender_was_named(
    hand_over: HandOver, session: scoped_session[Session], prove: Prove, names_sender: bool
) -> None:
    letter = hand_over("ada@x.example", is_trial=False, names_sender=names_sender)
    (ada,) = letter.addressees
    steps.notify(session, ada, "250 Ok", MARCH)
    at = MARCH + timedelta(hours=1)
    answer = answers.Answer(
        Control(at, at + timedelta(minutes=1)), Stated("Noir", "Ada", "gérante")
    )
    identity.record_control(session, ada, answer.control, CLIENT)
    answers.accept(session, ada, answer, CLIENT, at + timedelta(minutes=2))
    text = text_of(prove(ada)["reception"])
    for words in (
        "Nom déclaré en acceptant Noir",
        "Par Ada (gérante)",
        "Adresse prouvée par un code à six chiffres envoyé à cette adresse",
        f"Envoi du code {in_paris(at)}",
        "Adresse prouvée, écriture nº 4",
        "Nom corrigé par le destinataire, écriture nº 5",
        f"Expéditeur nommé dans l’avis {'Oui' if names_sender else 'Non'}",
    ):
        assert words in text


@pytest.fixture
def paper(hand_over: HandOver) -> Letter:
    return hand_over("a@x.example", recipients=[PAPER], is_trial=False)


def test_on_paper_the_deposit_gives_the_postal_address_and_leaves_the_rest_to_the_post(
    paper: Letter, session: scoped_session[Session], prove: Prove
) -> None:
    (marie,) = paper.addressees
    steps.post(session, marie, {"item_number": "1A 2", "level": "R1"}, date(2026, 3, 3), MARCH)
    steps.deliver(session, marie, date(2026, 3, 6), "", MARCH)
    made = prove(marie)
    assert list(made) == ["deposit"]
    text = text_of(made["deposit"])
    for words in (
        "Courrier sur papier nº",
        "4 RUE DES LILAS 01000 BOURG",
        "pour le remettre lui-même à la poste",
        "Il ne prouve ni sa remise à la poste ni sa distribution",
    ):
        assert words in text
    for words in ("Accord", "Envoi recommandé électronique", "Adresse électronique None"):
        assert words not in text


def test_every_kind_of_a_trial_bears_its_mark(
    hand_over: HandOver, session: scoped_session[Session], prove: Prove
) -> None:
    ada, bob, cleo = hand_over("a@x.example", "b@x.example", "c@x.example").addressees
    steps.notify(session, ada, "boîte d’essai", MARCH)
    steps.reject(session, ada, CLIENT, MARCH)
    steps.notify(session, bob, "boîte d’essai", MARCH)
    steps.expire(session, bob, MARCH + timedelta(days=17))
    steps.fail(session, cleo, "refusé", MARCH)
    made = [pdf for addressee in (ada, bob, cleo) for pdf in prove(addressee).values()]
    assert len(made) == 8
    for pdf in made:
        assert text_of(pdf).count("ESSAI — SANS VALEUR") == 2


RETURNED = {
    "status": "5.2.2",
    "words": "552 5.2.2 boîte pleine",
    "sha256": "b" * 64,
    "generation": 1,
}


def test_the_proof_of_failure_says_that_the_notice_left_and_came_back_later(
    notified: Addressee, session: scoped_session[Session], prove: Prove
) -> None:
    mending.bounce(session, notified, RETURNED, MARCH + timedelta(hours=3))
    made = prove(notified)
    assert list(made) == ["deposit", "sending", "failure"]
    text = text_of(made["failure"])
    for words in (
        "a été envoyé, puis est revenu",
        "Envoi de l’avis 2 mars 2026 à 10:00:00",
        "Retour de l’avis 2 mars 2026 à 13:00:00",
        "Code de l’échec (RFC 3463) 5.2.2",
        "552 5.2.2 boîte pleine",
        "b" * 64,
        notified.message_id,
    ):
        assert words in text
    assert len(made["failure"].pages) == 1


def test_the_proof_of_failure_says_that_nothing_left_since_the_consent_was_taken_back(
    hand_over: HandOver, session: scoped_session[Session], prove: Prove
) -> None:
    addressee = hand_over("ada@x.example").addressees[0]
    steps.fail(session, addressee, str(EventKind.CONSENT_WITHDRAWN), MARCH)
    text = text_of(prove(addressee)["failure"])
    assert "l’accord du destinataire pour cette adresse était retiré" in text
    assert "Motif accord retiré" in text
    assert "serveur de messagerie" not in text


def test_after_a_correction_the_proofs_name_the_address_that_the_notice_went_to(
    notified: Addressee, session: scoped_session[Session], prove: Prove
) -> None:
    mending.bounce(session, notified, RETURNED, MARCH + timedelta(hours=3))
    key = b"x" * 32
    right = ("ada@neuf.example", "", "Odile Martin", key)
    mending.correct(session, notified, *right, MARCH + timedelta(days=1))
    steps.notify(session, notified, "250 2.0.0 Ok: encore", MARCH + timedelta(days=1))
    steps.accept(session, notified, "Ada Blanc", CLIENT, MARCH + timedelta(days=2))
    reception = text_of(prove(notified)["reception"])
    for words in (
        "Adresse électronique ada@neuf.example",
        "Adresse indiquée au dépôt ada@x.example",
        "Avis envoyé à ada@neuf.example",
        "250 2.0.0 Ok: encore",
        "Envoi de l’avis 3 mars 2026",
        "Fin du délai prévu 19 mars 2026",
        "Correction de l’adresse, écriture nº 5",
    ):
        assert words in reception
