"""Every test that the security document names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_line_of_the_security_document_names_a_test_that_exists() -> None:
    lines = (ROOT / "docs" / "security.md").read_text().splitlines()
    table = [line for line in lines if re.match(r"\| \d", line)]
    assert len(table) > 20
    missing = []
    for line in table:
        named = re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", line)
        assert named, line
        for path, test in named:
            file = ROOT / path
            if not file.is_file() or (test and f"def {test}(" not in file.read_text()):
                missing.append(f"{path}::{test}")
    assert missing == []
