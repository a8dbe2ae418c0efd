"""The forms that bring a list: a spreadsheet's file, or cells copied out of one."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from webapp.sheets.limits import MEGABYTE
from webapp.sheets.unreadable import UnreadableSheet
from webapp.web import language
from webapp.web.forms import Form


class UploadForm(Form):
    """One file; whether it can be read is said by the reader, on this field."""

    file = FileField(
        _l("Votre fichier"),
        validators=[FileRequired(_l("Choisissez d’abord le fichier qui contient votre liste."))],
        render_kw={"accept": ".xlsx,.xls,.ods,.csv,.tsv"},
    )

    def refuse(self, why: str) -> None:
        """Say beside the field why what was brought cannot be read."""
        self.file.errors = [why]

    def refuse_size(self, most: int) -> None:
        """Say that the file is larger than `most` bytes."""
        self.refuse(UnreadableSheet("too_big", most // MEGABYTE).describe(language.PAGE))


class PasteForm(Form):
    """Cells, as a spreadsheet puts them on the clipboard."""

    cells = TextAreaField(
        _l("Collez vos cellules ici"),
        validators=[DataRequired(_l("Collez d’abord les cellules de votre liste."))],
    )

    @property
    def as_pasted(self) -> str:
        """The text with what stands around it: a tab at its start is an empty first cell."""
        return str(self.cells.raw_data[0]) if self.cells.raw_data else ""

    def refuse(self, why: str) -> None:
        """Say beside the field why what was brought cannot be read."""
        self.cells.errors = [why]

    def refuse_size(self, most: int) -> None:  # noqa: ARG002
        """Say that so many cells are for a file; how many bytes they are helps nobody."""
        self.refuse(
            _(
                "Il y a trop de cellules pour ce cadre : enregistrez votre liste dans un fichier, "
                "puis choisissez-le ci-dessus."
            )
        )
