"""The form of the post's numbers: a field for each letter of a deposit that goes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from webapp.paper.models import Deposit
from webapp.web.forms import Form


class NumberForm(Form):
    """The numbers on the labels, by the letters' positions in the deposit."""

    def of(self, position: int) -> Any:
        """Give the field of a letter."""
        return self[_name(position)]

    def refuse(self, messages: Mapping[int, str]) -> None:
        """Say of letters, by their positions, what is wrong with their numbers."""
        for position, message in messages.items():
            self.of(position).errors = [message]


def number_form(deposit: Deposit, **arguments: Any) -> NumberForm:
    """Ask for the number of each letter that goes, and for the first of those that follow.

    :param arguments: the form's own: `formdata=None` for a page on which nothing was typed yet.
    """

    class Asked(NumberForm):
        pass

    for item in deposit.going:
        label = _("Numéro de l’envoi de %(name)s", name=item.addressee.name)
        setattr(Asked, _name(item.position), _field(label, default=item.item_number))
    hint = _l(
        "Pour les numéros comme RK 123 456 785 FR seulement : les cases vides sont remplies de "
        "numéros qui se suivent. Les autres, écrivez-les un à un."
    )
    label = _l("Étiquettes qui se suivent : premier numéro")
    Asked.first = _field(label, description=hint)
    return Asked(**arguments)


def typed(form: NumberForm, deposit: Deposit) -> dict[int, str]:
    """Give the numbers as they were typed, by the letters' positions."""
    return {item.position: form.of(item.position).data or "" for item in deposit.going}


def _name(position: int) -> str:
    return f"item-{position}"


def _field(label: Any, **arguments: Any) -> Any:
    return StringField(
        label,
        validators=[Length(max=40, message=_l("40 caractères au plus."))],
        render_kw={"maxlength": 40, "autocomplete": "off"},
        **arguments,
    )
