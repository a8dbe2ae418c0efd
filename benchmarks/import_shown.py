"""The first step of an import, for a process of its own that `imports.py` starts and measures.

    python benchmarks/import_shown.py DIRECTORY WORKBOOK

It prints the seconds of the step alone; its caller also counts those of the whole process.
"""

import os
import sys
from pathlib import Path

from benchmarks.installation import opened, sign_in


def show(directory: Path, workbook: Path) -> None:
    """Send the workbook, let the worker read and stage it, and show the first page of its lines.

    Prints the seconds of that alone, the reading process included: an installation runs already
    when a list is brought.
    """
    app = opened(directory)
    from webapp.imports import tasks

    client = app.test_client()
    token = sign_in(client)
    start = _own_and_childrens()
    with workbook.open("rb") as file:
        form = {"csrf_token": token, "file": (file, workbook.name)}
        sent = client.post("/groupes/1/importer", data=form)
    with app.app_context():
        tasks.read_all_due()
    answer = client.get(sent.location.removesuffix("/lecture"))
    assert answer.status_code == 200
    assert "À corriger" in answer.text
    print(_own_and_childrens() - start)


def _own_and_childrens() -> float:
    return sum(os.times()[:4])


if __name__ == "__main__":
    show(*map(Path, sys.argv[1:]))
