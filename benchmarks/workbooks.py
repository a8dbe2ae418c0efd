"""The invented list that every way reads: the same names and mistakes in each run."""

import random
from pathlib import Path

from openpyxl import Workbook

from webapp.contacts.messages import FIELD_NAMES

BAD_ROWS = 0.02


def make_workbook(path: Path, rows: int) -> None:
    """Write an invented list of ten columns, two rows in a hundred of them wrong."""
    chance = random.Random(20260101)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Destinataires")
    sheet.append(list(FIELD_NAMES.values()))
    for number in range(rows):
        sheet.append(_invented(number, chance))
    workbook.save(path)


def _invented(number: int, chance: random.Random) -> list[str]:
    first = chance.choice(("Jérôme", "Léon", "Marie", "Sylvie", "Noël", "Paulette", "Victor"))
    last = chance.choice(("Lefèvre", "Hoarau", "Martin", "Le Gall", "Muñoz", "Petit", "Mahé"))
    is_professional = chance.random() < 1 / 6
    email = f"{last.split()[0].lower()}.{number}@exemple.org".encode("ascii", "ignore").decode()
    row = [
        *(email, f"{last}-{number}", first, f"Société {number}" if is_professional else ""),
        "professionnel" if is_professional else "particulier",
        *(f"{number % 900 + 1} rue des Tilleuls", "Bâtiment B" if number % 9 == 0 else ""),
        *(f"{number % 94 + 1:02}{number % 900:03}", f"Saint-Martin {number % 500}", "France"),
    ]
    if chance.random() < BAD_ROWS:
        column, text = chance.choice(((0, "sans-arobase"), (4, ""), (7, "ABC"), (0, "a@b@c.fr")))
        row[column] = text
    return row
