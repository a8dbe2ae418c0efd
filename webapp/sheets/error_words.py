"""The words that spreadsheets put into a cell whose value they could not work out."""

WITHOUT_VALUE = "#FORMULE?"
"""Ours, for a formula of which the file holds no value: the program that wrote it never counted."""

ANY_ERROR = "#VALUE!"
"""For an error that the file words in no way that is known here."""

_ENGLISH = (
    "#n/a,#ref!,#div/0!,#value!,#name?,#num!,#null!,#getting_data,#spill!,#calc!,#field!,"
    "#blocked!,#connect!,#unknown!,#busy!,#external!,#python!"
)
_FRENCH = (
    "#n/d,#valeur!,#nom?,#nombre!,#nul!,#epars!,#propagation!,#champ!,#bloque!,#bloqué!,"
    "#connexion!,#inconnu!,#occupe!,#occupé!"
)
_WORDS = frozenset(f"{_ENGLISH},{_FRENCH},{WITHOUT_VALUE.lower()}".split(","))
_NUMBERED = "err:"
"""LibreOffice numbers what it has no word for: « Err:502 »."""


def is_error(text: str) -> bool:
    """Tell whether a cell's text is a spreadsheet's error, of Excel's or LibreOffice's words."""
    word = "".join(text[:30].split()).lower()
    return word in _WORDS or (word.startswith(_NUMBERED) and word[len(_NUMBERED) :].isdecimal())
