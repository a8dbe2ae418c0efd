"""A file's size is said in the units that people know."""

import pytest
from flask import Flask

from webapp.web.templating import file_size


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 octets"),
        (1023, "1 023 octets"),
        (1024, "1 Ko"),
        (5 * 1024**2 + 300_000, "5,3 Mo"),
        (70 * 1024**3, "70 Go"),
    ],
)
def test_a_size_is_said_in_its_unit(app: Flask, count: int, said: str) -> None:
    with app.test_request_context():
        assert file_size(count).replace("\u202f", " ").replace("\u00a0", " ") == said
