"""What the tests of paper letters do on the pages, and how they read them."""

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from babel.dates import format_date
from pypdf import PdfReader

from tests.conftest import Browser

TODAY = datetime.now(UTC).date()


def key_on(page: str) -> str:
    found = re.search(r'name="key"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def field_on(page: str, name: str) -> str:
    found = re.search(rf'<(?:input|select)[^>]*name="{name}"[^>]*>', page)
    assert found is not None
    return found[0]


def told_under(page: str, name: str) -> bool:
    """Say whether a field is marked as wrong and has a message under it."""
    field, message = field_on(page, name), re.search(rf'id="{name}-error"[^>]*>\s*<p>', page)
    told = re.search(rf'aria-describedby="[^"]*{name}-error"', field)
    return 'aria-invalid="true"' in field and bool(told) and bool(message)


def written(day: date) -> str:
    return str(format_date(day, "d MMMM y", locale="fr"))


def ticked_on(page: str) -> list[str]:
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    return [re.sub(r'.*value="([^"]+)".*', r"\1", box) for box in boxes if " checked" in box]


def text_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def numbered(browser: Browser, place: str) -> None:
    browser.post(f"{place}/numeros", {"first": "RK 123 456 785 FR"})


def posted(browser: Browser, place: str) -> None:
    numbered(browser, place)
    day = (TODAY - timedelta(days=5)).isoformat()
    browser.post(f"{place}/poste", {"posted_on": day, "price": "5,60"})
