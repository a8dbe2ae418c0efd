import pytest

from tests.delivery.hostile_mail import HOSTILE
from tests.delivery.mail_shapes import Sample
from tests.delivery.returned_mail import SAMPLES
from webapp.delivery.returned_mail import Kind, read

PATH = "avis+4t7k2m9q8vxc-1-abcdefghijklmnop@courrier.example"
IDENTIFIER = "<4t7k-2m9q-8vxc.1@courrier.example>"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_each_server_is_understood(sample: Sample) -> None:
    said = read(sample.build(PATH, IDENTIFIER))
    assert (said.kind, said.status) == (sample.kind, sample.status)
    assert sample.words in said.words
    assert PATH in said.envelope


@pytest.mark.parametrize(
    "sample",
    [sample for sample in SAMPLES if sample.name != "exim, late"],
    ids=lambda sample: sample.name,
)
def test_the_notice_is_named_by_its_own_message_id(sample: Sample) -> None:
    assert IDENTIFIER in read(sample.build(PATH, IDENTIFIER)).quoted


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_broken_or_made_to_harm_is_read_without_an_error(name: str) -> None:
    said = read(HOSTILE[name])
    assert said.kind in Kind
    assert len(said.words) <= 500
    assert said.words.isprintable()


def test_a_report_within_a_message_that_a_person_sends_on_is_not_a_report() -> None:
    report = SAMPLES[0].build(PATH, IDENTIFIER)
    message = b"From: odile@lavoir.example\nTo: avis@courrier.example\nSubject: TR: Undelivered\n"
    mixed = (
        b'Content-Type: multipart/mixed; boundary="m"\n\n--m\nContent-Type: text/plain\n\nVu ?\n'
    )
    attached = b"--m\nContent-Type: message/rfc822\n\n" + report + b"\n--m--\n"
    assert read(message + mixed + attached).kind == Kind.OTHER
