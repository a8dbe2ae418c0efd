"""Stamps are asked of a real authority, and of one that is down, slow, or lies."""

import asyncio
import contextlib
import hashlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from sqlalchemy.orm import Session

from config import Config
from tests.browser.installation import free_port
from tests.delivery.conftest import make_certificate
from tests.evidence.authority import LocalAuthority, running_authority
from webapp.evidence import authority_call, stamps, witness_setting
from webapp.evidence.stamps import Authority, NoStamp

DIGEST = hashlib.sha256(b"une racine").digest()


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[LocalAuthority]:
    with running_authority(tmp_path / "authority") as running:
        yield running


def test_a_stamp_of_a_real_authority_is_one_for_openssl_too(
    authority: LocalAuthority, tmp_path: Path
) -> None:
    token = Authority(authority.url).stamp(DIGEST)
    said = stamps.read(token, DIGEST)
    assert said.signer == "Horodatage de l’essai"
    assert len(said.certificate) == 64
    assert said.stamped_at.tzinfo is not None
    file = tmp_path / "stamp.tsr"
    file.write_bytes(stamps.as_response(token))
    assert authority.verifies(file, DIGEST)
    assert not authority.verifies(file, bytes(32))


def test_the_question_tells_the_digest_and_nothing_else(authority: LocalAuthority) -> None:
    for _ in range(2):
        Authority(authority.url).stamp(DIGEST)
    first, second = (tsp.TimeStampReq.load(question) for question in authority.asked)
    assert first["message_imprint"].native == {
        "hash_algorithm": {"algorithm": "sha256", "parameters": None},
        "hashed_message": DIGEST,
    }
    assert first["cert_req"].native is True
    assert first["nonce"].native != second["nonce"].native


@pytest.mark.parametrize(
    ("behaviour", "stage"),
    [
        ("down", "answer"),
        ("endless", "answer"),
        ("rubbish", "answer"),
        ("refuse", "status"),
        ("replay", "nonce"),
        ("other", "imprint"),
        ("forged", "signature"),
    ],
)
def test_an_authority_that_is_down_or_lies_is_not_believed(
    authority: LocalAuthority, behaviour: str, stage: str
) -> None:
    Authority(authority.url).stamp(DIGEST)
    authority.behaviour = behaviour
    with pytest.raises(NoStamp) as problem:
        Authority(authority.url).stamp(DIGEST)
    assert problem.value.stage == stage


def test_an_authority_that_answers_a_byte_now_and_then_is_cut_off(
    authority: LocalAuthority,
) -> None:
    authority.behaviour = "slow"
    with pytest.raises(NoStamp) as problem:
        Authority(authority.url, seconds=0.3).stamp(DIGEST)
    assert problem.value.stage == "time"


def test_where_nobody_answers_it_is_said() -> None:
    with pytest.raises(NoStamp) as problem:
        Authority(f"http://localhost:{free_port()}/").stamp(DIGEST)
    assert problem.value.stage == "connect"


def test_no_address_is_called_but_the_one_that_was_given(
    authority: LocalAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_authority(tmp_path / "other") as other:
        authority.behaviour, authority.other_url = "elsewhere", other.url
        monkeypatch.setenv("http_proxy", other.url)
        with pytest.raises(NoStamp, match="HTTP 307"):
            Authority(authority.url).stamp(DIGEST)
        assert (len(authority.asked), other.asked) == (1, [])


@pytest.fixture
def over_tls(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An authority behind TLS, and the file that vouches for it."""
    until = datetime.now(UTC) + timedelta(hours=1)
    certificate = make_certificate(tmp_path / "tls.pem", "localhost", until)
    with running_authority(tmp_path / "behind", certificate) as running:
        yield running.url, certificate


def test_over_tls_a_stamp_is_had_from_whom_somebody_vouches_for_and_from_nobody_else(
    over_tls: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, certificate = over_tls
    with pytest.raises(NoStamp) as problem:
        Authority(url).stamp(DIGEST)
    assert problem.value.stage == "tls"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert stamps.read(Authority(url).stamp(DIGEST), DIGEST)
    with pytest.raises(NoStamp) as problem:
        Authority(url.replace("localhost", "127.0.0.1")).stamp(DIGEST)
    assert problem.value.stage == "tls"


def test_who_is_slow_to_say_who_he_is_over_tls_is_cut_off_too() -> None:
    over = threading.Event()

    def drip() -> None:
        line, _address = listening.accept()
        with line, contextlib.suppress(OSError):
            line.sendall(bytes.fromhex("1603034000"))
            while not over.wait(0.05):
                line.sendall(b"\x02")

    with socket.create_server(("localhost", 0)) as listening:
        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(NoStamp) as problem:
            Authority(f"https://localhost:{listening.getsockname()[1]}/", 0.3).stamp(DIGEST)
        over.set()
        thread.join()
    assert problem.value.stage == "time"


def test_each_changed_byte_of_a_stamp_is_found_or_changes_nothing_that_it_says(
    authority: LocalAuthority,
) -> None:
    token = Authority(authority.url).stamp(DIGEST)
    said, passed = stamps.read(token, DIGEST), 0
    for place in range(0, len(token), 7):
        changed = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
        try:
            assert stamps.read(changed, DIGEST) == said
            passed += 1
        except NoStamp:
            continue
    # The root's certificate came along unsigned, and is not asked for anything.
    assert passed < len(token) / 7


def test_a_stamp_serves_for_no_other_digest(authority: LocalAuthority) -> None:
    token = Authority(authority.url).stamp(DIGEST)
    with pytest.raises(NoStamp):
        stamps.read(token, bytes(32))
    with pytest.raises(NoStamp):
        stamps.read(b"rien", DIGEST)


def test_pyhanko_asks_the_same_authority(authority: LocalAuthority) -> None:
    stamper = stamps.time_stamper(Authority(authority.url))
    token = asyncio.run(stamper.async_timestamp(DIGEST, "sha256"))
    assert isinstance(token, cms.ContentInfo)
    assert stamps.read(token.dump(), DIGEST)
    authority.behaviour = "down"
    with pytest.raises(NoStamp):
        asyncio.run(stamper.async_timestamp(DIGEST, "sha256"))


def test_the_authority_is_the_environments_else_the_pages_else_none(
    session: Session, config: Config
) -> None:
    assert stamps.authority(session, config) is None
    witness_setting.save(session, "https://page.example/", ["b@x.example"])
    assert stamps.authority(session, config) == Authority("https://page.example/")
    fixed = replace(config, timestamp_url="https://machine.example/", witness_mails="A@x.example")
    assert stamps.authority(session, fixed) == Authority("https://machine.example/")
    assert witness_setting.mails(session, fixed) == ["a@x.example"]
    assert witness_setting.mails(session, config) == ["b@x.example"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://a.example",
        "file:///etc/passwd",
        "https://",
        "http://a:b@c.example",
        "http://a:x/",
    ],
)
def test_what_is_no_address_of_an_authority(url: str) -> None:
    assert not authority_call.is_address(url)


def test_addresses_of_authorities() -> None:
    assert authority_call.is_address("http://a.example:8080/tsr?x=1")
    assert authority_call.is_address("https://a.example")
