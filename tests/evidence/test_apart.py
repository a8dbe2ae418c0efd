"""A file that is made to hold up its reader holds up nobody: its reading ends, and says so."""

import zlib
from io import BytesIO

import pytest

from tests.verification.test_tamper_archive import zipped
from webapp.evidence.apart import Unreadable, look_apart
from webapp.evidence.archive_file import Bounds, TooLarge
from webapp.evidence.seen import NotKnown
from webapp.evidence.verification import look

pytestmark = pytest.mark.slow

BOUNDS = Bounds(unfolded=100_000_000, parts=100, proofs=10)


def document(*objects: bytes) -> bytes:
    """Make a PDF of these objects, the first of which is its catalogue."""
    content, places = b"%PDF-1.7\n", []
    for number, item in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return content + trailer % (size, start)


def fields_that_double(depth: int) -> bytes:
    """Make a form whose every field names the next one twice: 2^depth ways lead to the last."""
    fields = [b"<</T(a%d)/Kids[%d 0 R %d 0 R]>>" % (n, n + 3, n + 3) for n in range(depth)]
    return document(b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>", *fields, b"<</T(z)>>")


def entries_that_unfold(count: int) -> bytes:
    """Make a PDF whose table says so many places in a thousandth of their size."""
    table = zlib.compress(b"\1\0\0\0\x09\0" * count, 9)
    opening = b"%PDF-1.7\n2 0 obj\n<</Type/Catalog>>\nendobj\n"
    said = b"/Type/XRef/Size %d/W[1 4 1]/Root 2 0 R/Length %d/Filter/FlateDecode"
    stream = b"1 0 obj\n<<%s>>\nstream\n%s\nendstream\nendobj\n"
    content = opening + stream % (said % (count, len(table)), table)
    return content + b"startxref\n%d\n%%%%EOF\n" % len(opening)


@pytest.mark.parametrize("hostile", [fields_that_double(60), entries_that_unfold(20_000_000)])
def test_a_file_without_end_is_given_up(hostile: bytes) -> None:
    with pytest.raises(Unreadable):
        look_apart(BytesIO(hostile), BOUNDS, seconds=3)


def test_a_harmless_file_shows_the_same_apart() -> None:
    plain = document(b"<</Type/Catalog>>")
    assert look_apart(BytesIO(plain), BOUNDS) == look(plain)
    assert look_apart(BytesIO(b"PK rien"), BOUNDS) == NotKnown()


def test_an_archive_beyond_the_bounds_is_told_from_one_that_cannot_be_read() -> None:
    many = zipped({f"preuves/{number}.pdf": b"" for number in range(11)})
    with pytest.raises(TooLarge):
        look_apart(BytesIO(many), BOUNDS)
