"""Why a file cannot be read as a spreadsheet, and what to do about it."""

from webapp.catalogue import FRENCH, N_, Speech

REASONS = {
    "missing": N_("Ce fichier ne peut pas être ouvert : vérifiez son nom et son emplacement."),
    "empty": N_("Ce fichier est vide : choisissez celui qui contient votre liste."),
    "too_big": N_(
        "Ce fichier est trop gros (plus de %(limit)s Mo) : partagez la liste en plusieurs fichiers."
    ),
    "password": N_(
        "Ce fichier ou son classeur est protégé par un mot de passe :"
        " ôtez la protection, enregistrez-le, puis recommencez."
    ),
    "pdf": N_(
        "Ce fichier est un PDF : choisissez le tableau d’origine, d’Excel ou de LibreOffice."
    ),
    "not_a_sheet": N_(
        "Ce fichier n’est pas un tableau : choisissez un fichier Excel (.xlsx, .xls),"
        " LibreOffice (.ods) ou texte (.csv, .tsv)."
    ),
    "other_table": N_(
        "Ce fichier n’est pas un vrai fichier Excel ou LibreOffice, même si son nom le dit :"
        " ouvrez-le dans votre tableur, enregistrez-le en .xlsx ou .ods, puis recommencez."
    ),
    "damaged": N_(
        "Ce fichier est abîmé : ouvrez-le dans votre tableur, enregistrez-le à nouveau,"
        " puis recommencez."
    ),
    "too_large_inside": N_(
        "Ce fichier est trop volumineux une fois ouvert :"
        " copiez vos seules lignes dans un nouveau fichier."
    ),
    "reader_stopped": N_(
        "Ce fichier ne peut pas être lu (peut-être une case remplie très loin, à droite ou en"
        " bas) : copiez vos seules lignes dans un nouveau fichier."
    ),
    "reading_cut_off": N_(
        "La lecture de ce fichier s’est arrêtée net plusieurs fois :"
        " partagez la liste en plusieurs fichiers, plus petits."
    ),
    "too_slow": N_(
        "Ce fichier prend trop de temps à lire : copiez vos seules lignes dans un nouveau fichier."
    ),
    "too_many_rows": N_(
        "Ce tableau a plus de %(limit)s lignes : partagez la liste en plusieurs fichiers."
    ),
    "too_many_columns": N_(
        "Ce tableau a plus de %(limit)s colonnes : gardez seulement celles de la liste."
    ),
    "no_row": N_(
        "Ce tableau n’a aucune ligne remplie :"
        " remplissez une ligne par destinataire, enregistrez, puis recommencez."
    ),
}
"""By code, each on one line; `%(limit)s` is filled with the limit that was passed."""


class UnreadableSheet(Exception):
    """A file that gives no rows; `str()` of it says in French what is wrong and what to do."""

    def __init__(self, code: str, limit: int = 0) -> None:
        """:param code: a key of `REASONS`."""
        self.code = code
        self.limit = limit
        super().__init__(self.describe(FRENCH))

    def describe(self, speech: Speech) -> str:
        """Say it in a language (`webapp.web.language.PAGE` on a page)."""
        return speech.text(REASONS[self.code]) % {"limit": speech.number(self.limit)}
