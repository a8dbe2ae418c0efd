"""The seal and the authority that dates it: stamped while it answers, late or without when not."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery.conftest import HandOver
from tests.delivery.test_time import GivenClock
from tests.evidence.authority import LocalAuthority, running_authority
from webapp.accounts.models import User
from webapp.delivery.tasks import seal_due
from webapp.evidence import proofs, seal, troubles
from webapp.evidence.models import Proof
from webapp.evidence.verdicts import Answer
from webapp.evidence.verification import verify
from webapp.letters.models import Letter

pytestmark = pytest.mark.slow

AnySession = scoped_session[Session]
HOUR = timedelta(hours=1)
STAMPED = "une autorité d’horodatage extérieure (RFC 3161) a daté le sceau"
UNSTAMPED = "aucun tiers ne les certifie"


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[LocalAuthority]:
    with running_authority(tmp_path / "authority") as running:
        yield running


@pytest.fixture
def stamping(configure: Callable[..., Config], authority: LocalAuthority) -> Config:
    return configure(timestamp_url=authority.url, public_url="https://recommande.x.example")


@pytest.fixture
def letter(hand_over: HandOver, stamping: Config) -> Letter:
    """A letter with two proofs of deposit to make."""
    return hand_over("ada@x.example", "bob@x.example")


@pytest.fixture
def clock() -> GivenClock:
    return GivenClock(datetime.now(UTC) + timedelta(seconds=1))


def sealed(session: AnySession, config: Config) -> list[bytes]:
    session.rollback()
    found = session.scalars(select(Proof).order_by(Proof.id)).all()
    return [proofs.sealed(proof, config.files_directory) for proof in found]


def text_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def why(session: AnySession) -> str | None:
    session.rollback()
    kept = troubles.trouble(session, troubles.STAMP)
    return kept.problem if kept else None


def test_with_an_authority_the_seal_is_dated_by_it_and_pyhanko_finds_both_good(
    session: AnySession,
    letter: Letter,
    stamping: Config,
    authority: LocalAuthority,
    clock: GivenClock,
) -> None:
    seal_due(stamping, clock)
    made = sealed(session, stamping)
    assert len(made) == 2
    assert len(authority.asked) == 3, "one a seal, and one to know how long an answer is"
    for content in made:
        (found,) = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
        trusted = ValidationContext(trust_roots=[found.signer_cert], allow_fetching=False)
        root = load_cert_from_pemder(str(authority.root))
        stamps = ValidationContext(trust_roots=[root], allow_fetching=False)
        status = validate_pdf_signature(found, trusted, ts_validation_context=stamps)
        assert status.intact
        assert status.valid
        assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        assert status.timestamp_validity is not None
        assert status.timestamp_validity.intact
        assert status.timestamp_validity.valid
        assert status.timestamp_validity.trusted
        verdict = verify(content, seal.fingerprints(session), lambda _digest: True)
        assert verdict.answer is Answer.GENUINE
        assert STAMPED in text_of(content)
        assert UNSTAMPED not in text_of(content)
        assert "https://recommande.x.example/verifier" in text_of(content)


def test_without_an_authority_the_seal_has_no_date_of_an_outsider_and_says_so(
    session: AnySession, hand_over: HandOver, config: Config, clock: GivenClock
) -> None:
    hand_over("ada@x.example")
    seal_due(config, clock)
    (content,) = sealed(session, config)
    (found,) = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
    assert found.signer_info["unsigned_attrs"].native is None, "no stamp"
    assert UNSTAMPED in text_of(content)


@pytest.mark.parametrize("behaviour", ["down", "rubbish", "refuse", "forged", "other"])
def test_an_authority_that_fails_is_asked_again_after_pauses_and_the_proofs_wait(
    session: AnySession,
    letter: Letter,
    stamping: Config,
    authority: LocalAuthority,
    clock: GivenClock,
    behaviour: str,
) -> None:
    authority.behaviour = behaviour
    seal_due(stamping, clock)
    assert sealed(session, stamping) == []
    assert why(session)
    asked = len(authority.asked)
    assert asked == 1, "the first that fails tells for all"
    clock.now += timedelta(seconds=59)
    seal_due(stamping, clock)
    assert len(authority.asked) == asked
    clock.now += HOUR / 4
    authority.behaviour = "stamp"
    seal_due(stamping, clock)
    assert all(STAMPED in text_of(content) for content in sealed(session, stamping))
    assert len(sealed(session, stamping)) == 2
    assert why(session) is None


def test_after_six_hours_without_an_authority_the_proof_is_sealed_without_its_stamp_for_ever(
    session: AnySession,
    letter: Letter,
    stamping: Config,
    authority: LocalAuthority,
    clock: GivenClock,
) -> None:
    authority.behaviour = "down"
    seal_due(stamping, clock)
    clock.now += 6 * HOUR - timedelta(minutes=1)
    seal_due(stamping, clock)
    assert sealed(session, stamping) == []
    clock.now += timedelta(minutes=20)
    seal_due(stamping, clock)
    late = sealed(session, stamping)
    assert len(late) == 2
    assert all(UNSTAMPED in text_of(content) for content in late)
    assert why(session), "what comes later still waits for it"
    authority.behaviour = "stamp"
    clock.now += HOUR
    seal_due(stamping, clock)
    assert sealed(session, stamping) == late, "a proof is made once"


def test_what_happened_while_nothing_ran_waits_six_hours_from_the_first_failure_too(
    session: AnySession,
    letter: Letter,
    stamping: Config,
    authority: LocalAuthority,
    clock: GivenClock,
) -> None:
    authority.behaviour = "down"
    clock.now += 48 * HOUR
    seal_due(stamping, clock)
    assert sealed(session, stamping) == []


def test_an_authority_that_is_taken_away_is_waited_for_no_longer(
    session: AnySession,
    letter: Letter,
    stamping: Config,
    authority: LocalAuthority,
    configure: Callable[..., Config],
    clock: GivenClock,
) -> None:
    authority.behaviour = "down"
    seal_due(stamping, clock)
    clock.now += HOUR / 4
    seal_due(configure(timestamp_url=""), clock)
    assert len(sealed(session, stamping)) == 2
    assert why(session) is None


def test_pages_say_what_is_not_sealed_since_when_and_why(
    session: AnySession,
    letter: Letter,
    stamping: Config,
    authority: LocalAuthority,
    clock: GivenClock,
    browser: Browser,
    administrator: User,
    sign_in: Callable[[User], Browser],
) -> None:
    authority.behaviour = "down"
    seal_due(stamping, clock)
    page = sign_in(administrator).get("/organisation/etat").text
    assert "Preuves en attente de sceau" in page
    assert "2, la plus ancienne depuis le" in page
    assert "Horodatage des sceaux" in page
    assert "503" in page
    page = browser.get(f"/courriers/{letter.number}").text
    assert "Preuve de dépôt\u00a0: pas encore scellée" in page
    assert "l’horodatage du sceau est attendu depuis le" in page


def test_a_proof_that_cannot_be_made_is_shown_until_it_is(
    session: AnySession,
    hand_over: HandOver,
    config: Config,
    clock: GivenClock,
    administrator: User,
    sign_in: Callable[[User], Browser],
) -> None:
    hand_over("ada@x.example")
    key = config.keys_directory / "seal.pem"
    kept = key.read_bytes()
    key.unlink()
    seal_due(config, clock)
    page = sign_in(administrator).get("/organisation/etat").text
    assert "Preuve qui ne se fait pas" in page
    assert "WrongSealingKey" in page
    key.write_bytes(kept)
    session.rollback()
    clock.now += HOUR / 4
    seal_due(config, clock)
    assert len(sealed(session, config)) == 1
    assert "Preuve qui ne se fait pas" not in sign_in(administrator).get("/organisation/etat").text
