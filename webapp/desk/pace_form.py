"""The form that says how fast mail may leave."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from webapp.accounts.pace import Limits
from webapp.web.forms import Form

MOST = 1_000_000


def _limit(label: str, description: str) -> IntegerField:
    return IntegerField(
        label,
        description=description,
        validators=[
            Optional(),
            NumberRange(1, MOST, _l("Écrivez un nombre à partir de %(min)s, ou rien.")),
        ],
        render_kw={"inputmode": "numeric", "size": 8},
    )


class PaceForm(Form):
    """The limits of the mail server, as its provider gives them."""

    per_minute = _limit(_l("Messages par minute, au plus"), _l("Vide : pas de limite."))
    per_hour = _limit(
        _l("Messages par heure, au plus"),
        _l("Votre messagerie le dit dans son aide. Vide : pas de limite."),
    )

    def limits(self) -> Limits:
        """Give what was typed; only a valid form has it."""
        return Limits(self.per_minute.data, self.per_hour.data)
