"""The forms that bring a list: a spreadsheet's file, or cells copied out of one."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import TextAreaField
from wtforms.validators import DataRequired

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
