"""The search in the list of letters, and in the recipients of one."""

from datetime import date

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import DateField, SearchField, SelectField
from wtforms.validators import Length, Optional, ValidationError

from webapp.letters.labels import LABELS
from webapp.letters.queries import Wanted
from webapp.web.forms import Form

DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
NO_SUCH_DAY = _l("Écrivez une date comme 31/12/2026.")
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def of_our_age(_form: Form, field: DateField) -> None:
    """Refuse a day so far away that its hours cannot be counted in every time zone.

    :raises ValidationError: it lies outside of 1900 to 2199.
    """
    if field.data and not EARLIEST <= field.data <= LATEST:
        raise ValidationError(NO_SUCH_DAY)


class RecipientSearchForm(Form):
    """Looks for recipients of one letter, by words and by state."""

    class Meta(Form.Meta):
        """It is read from the page's address, and changes nothing."""

        csrf = False

    words = SearchField(
        _l("Chercher"),
        name="recherche",
        validators=[Length(max=200, message=_l("200 caractères au plus."))],
    )
    state = SelectField(_l("État"), name="etat", default="", validate_choice=False)

    def __init__(self, values: MultiDict[str, str]) -> None:
        super().__init__(formdata=values)
        self.state.choices = [("", _l("tous")), *LABELS.items()]
        if self.state.data not in LABELS:
            self.state.data = ""
        self.validate()

    @property
    def wanted(self) -> Wanted:
        """What is asked; a field with an error asks nothing."""
        asked = {
            name: field.data
            for name, field in self._fields.items()
            if field.data and not field.errors
        }
        return Wanted(**asked)

    @property
    def address_values(self) -> dict[str, str]:
        """What the address of another page of the same search holds."""
        return {field.name: field.raw_data[0] for field in self if field.data and field.raw_data}


class LetterSearchForm(RecipientSearchForm):
    """Looks for letters: also by the days of their deposit."""

    since = DateField(
        _l("Déposé depuis le"),
        name="depuis",
        format=DAY_FORMATS,
        validators=[Optional(), of_our_age],
        invalid_value_message=NO_SUCH_DAY,  # type: ignore[call-arg]
    )
    until = DateField(
        _l("jusqu’au"),
        name="jusque",
        format=DAY_FORMATS,
        validators=[Optional(), of_our_age],
        invalid_value_message=NO_SUCH_DAY,  # type: ignore[call-arg]
    )
