"""E-mail addresses as people write them in a list."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.contacts.mailboxes import check_email

LABEL = st.text("abzAZ019-_é\u212a", min_size=1, max_size=8)
ENDING = st.sampled_from(
    ["fr", "COM", "org", "c", "test", "local", "9a", "a1", "xn--p1ai", "test1"]
)
LOCAL = st.text("abzAZ019.+-_é!", min_size=1, max_size=70)


@given(LOCAL, st.lists(LABEL, min_size=0, max_size=3), ENDING)
@example("Info", ["Exemple"], "FR")
@example("WEBMASTER", ["Exemple", "Sub-Domaine"], "Org")
@example("a", ["\u212a"], "fr")
@example("a.", ["b"], "fr")
@example("a", ["-b"], "fr")
@example("a" * 64, ["b" * 63, "c" * 63, "d" * 50], "fr")
@example("a", ["b" * 64], "fr")
@example("a", ["ab--c"], "fr")
def test_the_quick_way_agrees_with_the_whole_validator(
    local: str, labels: list[str], ending: str
) -> None:
    address = f"{local}@{'.'.join([*labels, ending])}"
    try:
        expected = validate_email(address, check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        expected = None
    kept, finding = check_email(address)
    is_refused = finding is not None and finding.severity == "error"
    assert (None if is_refused else kept) == expected


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Jeanne.Morel@Exemple.FR", "Jeanne.Morel@exemple.fr"),
        ("mailto:jeanne@exemple.fr", "jeanne@exemple.fr"),
        ("Jeanne Morel <jeanne@exemple.fr>", "jeanne@exemple.fr"),
        ("jeanne@exemple.fr;", "jeanne@exemple.fr"),
        ("hélène@société.fr", "hélène@société.fr"),
        ("jeanne@xn--socit-esab.fr", "jeanne@société.fr"),
    ],
)
def test_an_address_is_taken_out_of_its_cell(typed: str, kept: str) -> None:
    assert check_email(typed) == (kept, None)


@pytest.mark.parametrize(
    "typed",
    [
        "jeanne",
        "jeanne@exemple",
        "jean ne@exemple.fr",
        "@exemple.fr",
        "jeanne@@exemple.fr",
        "jeanne@exemple..fr",
        "jeanne@machine.local",
        "a" * 65 + "@exemple.fr",
    ],
)
def test_an_address_that_cannot_exist_is_refused(typed: str) -> None:
    kept, finding = check_email(typed)
    assert kept == typed
    assert finding is not None
    assert (finding.code, finding.severity) == ("email_invalid", "error")


@pytest.mark.parametrize(
    "typed",
    ["a@exemple.fr; b@exemple.fr", "a@exemple.fr b@exemple.fr", "A <a@x.fr>, B <b@x.fr>"],
)
def test_two_addresses_in_one_cell_are_told_apart_from_a_wrong_one(typed: str) -> None:
    finding = check_email(typed)[1]
    assert finding is not None
    assert finding.code == "email_several"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jeanne@gmial.com", "gmail.com"),
        ("jeanne@gmail.con", "gmail.com"),
        ("jeanne@hotmial.fr", "hotmail.fr"),
        ("jeanne@wanado.fr", "wanadoo.fr"),
        ("jeanne@laaposte.net", "laposte.net"),
        ("jeanne@orange.fe", "orange.fr"),
    ],
)
def test_a_slip_in_a_known_domain_is_doubted_and_kept(typed: str, meant: str) -> None:
    kept, finding = check_email(typed)
    assert kept == typed
    assert finding is not None
    assert (finding.code, finding.severity) == ("email_domain_typo", "warning")
    assert f"jeanne@{meant}" in finding.message


@pytest.mark.parametrize("domain", ["gmail.com", "mail.com", "ymail.com", "gmx.de", "exemple.fr"])
def test_a_domain_that_exists_is_not_doubted(domain: str) -> None:
    assert check_email(f"jeanne@{domain}")[1] is None
