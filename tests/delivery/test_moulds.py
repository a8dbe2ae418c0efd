from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, default
from typing import Any

import pytest
from flask import Flask, render_template
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.delivery.moulds import Written, check_header, rendered

LAST_DAY = datetime(2026, 4, 12, 21, 59, 59, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=120) | st.sampled_from(
    ["", '<b>Zoé</b> & "fils" d\'Été', "{{ name }}", "%(name)s %s %%", "\r\nBcc: tous@x.example"]
)
bodies = texts.map(lambda text: f"{text}.")
parts = st.text("abcxyz0189.+-_'&", min_size=1, max_size=60)
values = st.fixed_dictionaries(dict.fromkeys(("name", "link", "number", "stop_link"), texts))
shared = st.fixed_dictionaries(
    {
        "sender": st.none() | texts,
        "last_day": st.just(LAST_DAY),
        "is_trial": st.booleans(),
        "public_address": st.just("https://courrier.example"),
    }
)
checked = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
TEMPLATES = [f"delivery/{name}" for name in ("notice.txt", "notice.html", "reminder.txt")]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("template", [*TEMPLATES, "delivery/reminder.html"])
@checked
@given(alike=shared, own=values)
def test_what_is_put_into_a_mould_is_what_the_template_gives(
    app: Flask, template: str, language: str, alike: dict[str, Any], own: dict[str, str]
) -> None:
    with app.app_context(), force_locale(language):
        assert rendered(template, alike, own) == render_template(template, **alike, **own)


HEADERS = {
    "From": "=?utf-8?q?Courrier_recommand=C3=A9?= <avis@courrier.example>",
    "Subject": "Rappel : un courrier recommandé électronique vous attend, avant le 12 avril 2026",
    "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
    "Content-Language": "fr",
}
OWN = {"To": "louise@courriel.example", "Message-ID": "<4T7K-2M9Q-8VXC.1@courrier.example>"}


@checked
@given(text=bodies, html=bodies)
def test_a_message_reads_as_the_one_that_the_library_would_have_made(text: str, html: str) -> None:
    written = Written(HEADERS, OWN, text, html)
    made = EmailMessage(policy=SMTP)
    made.set_content(text, cte="quoted-printable")
    made.add_alternative(html, subtype="html", cte="quoted-printable")
    for name, value in {**HEADERS, **OWN}.items():
        made[name] = value
    content = written.as_bytes()
    assert all(str(written[name]) == value for name, value in OWN.items())
    ours, theirs = (message_from_bytes(one, policy=default) for one in (content, made.as_bytes()))
    for name in (*HEADERS, *OWN):
        assert ours[name] == theirs[name]
    assert not [part.defects for part in ours.walk() if part.defects]
    for kind in ("plain", "html"):
        one, other = ours.get_body((kind,)), theirs.get_body((kind,))
        assert one is not None
        assert other is not None
        assert one.get_content().rstrip("\r\n") == other.get_content().rstrip("\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content.isascii()


def test_an_accented_address_stands_in_utf8_where_the_server_was_told_so() -> None:
    written = Written(HEADERS, {"To": "zoé@été.example"}, "Bonjour.", "<p>Bonjour.</p>")
    assert "To: zoé@été.example\r\n".encode() in written.as_bytes(policy=SMTPUTF8)
    assert str(written["To"]) == "zoé@été.example"


def test_a_header_takes_one_line() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        check_header("To", "a@x.example\r\nBcc: tous@x.example")


@checked
@given(local=parts, domain=parts)
def test_an_address_stands_in_its_header_as_the_library_would_write_it(
    local: str, domain: str
) -> None:
    address = f"{local}@{domain}.example"
    own = {"To": address, "Message-ID": f"<{address}>"}
    made = EmailMessage(policy=SMTP)
    for name, value in own.items():
        made[name] = value
    lines = Written(HEADERS, own, "Bonjour.", "Bonjour.").as_bytes()
    assert made.as_bytes().rstrip() in lines
