"""The form that brings a spreadsheet."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from webapp.web.forms import Form


class UploadForm(Form):
    """One file; whether it can be read is said by the reader, on this field."""

    file = FileField(
        _l("Votre fichier"),
        validators=[FileRequired(_l("Choisissez d’abord le fichier qui contient votre liste."))],
        render_kw={"accept": ".xlsx,.xls,.ods,.csv,.tsv"},
    )
