"""The telephone's codes, against the vectors of RFC 6238 (appendix B, SHA-1)."""

from datetime import UTC, datetime

import pytest

from webapp.accounts import totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_the_norm_are_met(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    # The vectors have eight digits, of which six are the last of the same number.
    assert totp.matching_step(SECRET, code[-6:], now, after=0) == seconds // 30


@pytest.mark.parametrize(
    ("late", "accepted"), [(-31, False), (-30, True), (0, True), (59, True), (60, False)]
)
def test_a_clock_may_be_one_step_off(late: int, accepted: bool) -> None:
    now = datetime.fromtimestamp(1234567890 + late, UTC)
    assert (totp.matching_step(SECRET, "005924", now, after=0) is not None) == accepted


def test_a_code_that_was_used_serves_no_more() -> None:
    now = datetime.fromtimestamp(1234567890, UTC)
    step = totp.matching_step(SECRET, "005924", now, after=0)
    assert step is not None
    assert totp.matching_step(SECRET, "005924", now, after=step) is None


@pytest.mark.parametrize("code", ["", "000000", "5924", "٠٠٥٩٢٤", "005924 "])
def test_what_is_no_code_is_not_right(code: str) -> None:
    now = datetime.fromtimestamp(1234567890, UTC)
    assert totp.matching_step(SECRET, code, now, after=0) is None


def test_the_secret_is_given_in_letters_and_as_an_address() -> None:
    assert totp.in_letters(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    address = totp.address(SECRET, "odile@lavoir.example")
    assert address.startswith("otpauth://totp/Plirec:odile%40lavoir.example?")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in address
    assert len(totp.new_secret()) == 20
    assert totp.new_secret() != totp.new_secret()
