"""What CPCE art. R53-2 and R53-3 want on a proof: each item, on each kind of it."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session, sessionmaker

from config import Config
from webapp.evidence import proofs
from webapp.evidence.journal import Event, append
from webapp.evidence.kinds import EventKind

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 20, 8, 0, tzinfo=UTC)
ADDRESS = "https://recommande.jardins.example"
CLIENT = {"email": "lukasz@courriel.example", "ip": "192.0.2.7", "user_agent": "Un navigateur"}
NOTICE = {
    "email": "lukasz@courriel.example",
    "message_id": "<1@jardins.example>",
    "expires_at": "2026-03-17T23:00:00+00:00",
    "server": "250 OK",
}
ENDS: dict[str, tuple[EventKind, dict[str, Any]]] = {
    "reception": (EventKind.CONSIGNMENT_ACCEPTANCE, {**CLIENT, "declared_name": "Ł. Dœring"}),
    "refusal": (EventKind.CONSIGNMENT_REJECTION, CLIENT),
    "non_claim": (
        EventKind.ACCEPTANCE_REJECTION_EXPIRY,
        {"expires_at": "2026-03-17T23:00:00+00:00"},
    ),
    "failure": (
        EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE,
        {**CLIENT, "reason": "data: 552", "status": "5.2.2", "words": "552", "sha256": "b" * 64},
    ),
}
KINDS = ("deposit", "sending", *ENDS)
TOLD = ("sending", "reception", "refusal", "non_claim", "failure")
OF_R53_2 = {
    "the sender's name": "Nom ou raison sociale Association Les Jardins de l’Œuvre",
    "the sender's e-mail": "Adresse électronique bureau@jardins.example",
    "the recipient's name": "Nom ou raison sociale Łukasz Dœring",
    "the recipient's e-mail": "Adresse électronique lukasz@courriel.example",
    "the number of the send": "Numéro de l’envoi 7KQF-2M9X-HT4R",
    "date and time of deposit": "Dépôt 1er mars 2026 à 23:59:58 (heure de Paris) 2026-03-01",
    "the seal": "Certificat du sceau Plirec – sceau de cette installation (ECDSA P-256)",
}
OF_R53_3 = {
    "sending": "Fin du délai prévu 18 mars 2026 à 00:00:00",
    "reception": "Réception 3 mars 2026 à 23:59:58 (heure de Paris) 2026-03-03 22:59:58 UTC",
    "refusal": "Refus 3 mars 2026 à 23:59:58 (heure de Paris) 2026-03-03 22:59:58 UTC",
    "non_claim": "Constat 18 mars 2026 à 00:00:01 (heure de Paris) 2026-03-17 23:00:01 UTC",
    "failure": "Retour de l’avis 3 mars 2026 à 23:59:58 (heure de Paris)",
}


@pytest.fixture
def proof_of_kind(
    sessions: sessionmaker[Session], config: Config, fingerprint: str, story: Any
) -> Any:
    """Write a letter's way into the journal up to a kind of proof, and give that one's text."""
    assert fingerprint

    def made(kind: str, names_sender: bool = False) -> str:
        with sessions.begin() as session:
            story.submit(session, of_letter={"names_sender": names_sender})
            if kind != "deposit":
                event = Event(EventKind.NOTIFICATION_FOR_ACCEPTANCE, story.subject, NOTICE)
                append(session, story.chain, [event], story.deposit + timedelta(minutes=1))
            if kind in ENDS:
                late = datetime(2026, 3, 17, 23, 0, 1, tzinfo=UTC)
                at = late if kind == "non_claim" else story.deposit + timedelta(days=2)
                end, facts = ENDS[kind]
                append(session, story.chain, [Event(end, story.subject, facts)], at)
            entry_id = proofs.due(session, 10)[-1]
        with sessions() as session:
            proof = proofs.make(session, entry_id, replace(config, public_url=ADDRESS + "/"), NOW)
        assert proof.kind == kind
        pdf = PdfReader(io.BytesIO(proofs.sealed(proof, config.files_directory)))
        assert len(pdf.pages) == 1
        return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())

    return made


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_what_r53_2_lists_and_the_certificate_s_print(
    proof_of_kind: Any, kind: str, fingerprint: str
) -> None:
    text = proof_of_kind(kind)
    missing = [item for item, words in OF_R53_2.items() if words not in text]
    assert missing == []
    assert f"Empreinte du certificat (SHA-256) {fingerprint}" in text


@pytest.mark.parametrize("kind", list(OF_R53_3))
def test_each_outcome_has_the_date_and_time_that_r53_3_wants(proof_of_kind: Any, kind: str) -> None:
    assert OF_R53_3[kind] in proof_of_kind(kind)


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize(("names_sender", "said"), [(True, "Oui"), (False, "Non, il était caché")])
def test_each_proof_of_a_notice_says_whether_it_named_the_sender(
    proof_of_kind: Any, kind: str, names_sender: bool, said: str
) -> None:
    assert f"Expéditeur nommé dans l’avis {said}" in proof_of_kind(kind, names_sender)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_in_plain_words_that_it_is_simple_and_where_to_check_it(
    proof_of_kind: Any, kind: str
) -> None:
    text = proof_of_kind(kind)
    for words in (
        "un envoi recommandé électronique simple (ERE), non qualifié au sens du règlement européen",
        "(article 43, et non article 44)",
        "un juge ne peut pas écarter cette preuve au seul motif qu’elle est électronique",
        "un envoi qualifié, qui seul équivaut à une lettre recommandée (CPCE, article L100)",
        f"{ADDRESS}/verifier",
        f"{ADDRESS}/sceau",
        "aucun tiers ne les certifie",
    ):
        assert words in text
