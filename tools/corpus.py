"""Writes messy and hostile files into a folder, to try an import on by hand.

    python tools/corpus.py [FOLDER]

The tests make the same ones. None of them harms a spreadsheet program that is up to date, but some
of them make it slow.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.sheets.hostile_files import HOSTILE  # noqa: E402  (the path is only set above)
from tests.sheets.messy_files import MESSY  # noqa: E402


def main(folder: Path) -> None:
    """Write every file, those that can be read apart from those that cannot."""
    for name, files in (("messy", MESSY), ("hostile", HOSTILE)):
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        for filename, file in files.items():
            (place / filename).write_bytes(file.make())
        print(f"{len(files)} files in {place}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "corpus")
