"""One kept letter for all tests of this room that only read."""

from collections.abc import Iterator

import pytest

from tests.verification.kept_letter import KeptLetter, kept_letter


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptLetter]:
    """A letter that went its way, and its archive; nothing in it may be changed."""
    with kept_letter(tmp_path_factory.mktemp("kept")) as made:
        yield made
