"""The certificate of the seal, where anybody finds it without signing in."""

import io
from dataclasses import replace
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import HandOver
from webapp.delivery.tasks import seal_due
from webapp.evidence import proofs, seal
from webapp.evidence.models import Proof


def test_anybody_reads_the_print_and_takes_the_certificate_that_seals_the_proofs(
    client: FlaskClient, organisation: object, session: scoped_session[Session]
) -> None:
    (fingerprint,) = seal.fingerprints(session)
    session.rollback()
    page = client.get("/sceau")
    assert page.status_code == 200
    assert fingerprint in page.text
    answer = client.get(f"/sceau/{fingerprint}.pem")
    certificate = x509.load_pem_x509_certificate(answer.data)
    assert certificate.fingerprint(hashes.SHA256()).hex() == fingerprint
    assert b"PRIVATE" not in answer.data
    assert (
        answer.headers["Content-Disposition"]
        == f'attachment; filename="sceau-{fingerprint[:16]}.pem"'
    )


def test_a_print_that_is_not_this_installations_is_not_found(
    client: FlaskClient, organisation: object
) -> None:
    assert client.get(f"/sceau/{'0' * 64}.pem").status_code == 404


def test_the_page_names_neither_an_organisation_nor_a_person(
    client: FlaskClient, hand_over: HandOver
) -> None:
    letter = hand_over("ada@x.example")
    page = client.get("/sceau").text
    assert letter.author.organisation.name not in page
    assert letter.author.name not in page


def test_a_proof_leads_to_the_page_at_the_address_that_recipients_open(
    client: FlaskClient,
    session: scoped_session[Session],
    hand_over: HandOver,
    config: Config,
) -> None:
    hand_over("ada@x.example")
    seal_due(replace(config, public_url="https://recommande.x.example/"))
    proof = session.scalars(select(Proof)).one()
    (page,) = PdfReader(io.BytesIO(proofs.sealed(proof, config.files_directory))).pages
    links = [annotation["/A"]["/URI"] for annotation in page["/Annots"] if "/A" in annotation]
    assert links == ["https://recommande.x.example/verifier", "https://recommande.x.example/sceau"]
    assert proof.sealed_at <= datetime.now(UTC)
