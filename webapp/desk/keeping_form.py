"""The form of how long letters are kept."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from webapp.letters.keeping import LEAST_YEARS, MOST_YEARS
from webapp.web.forms import Form


class KeepingForm(Form):
    """A number of years; a shorter term than before is to be confirmed."""

    years = IntegerField(
        _l("Garder les courriers pendant (années)"),
        description=_l(
            "De 1 à 30, comptées du dernier événement de chaque courrier. Une année au moins, "
            "c’est la loi. Cinq ans couvrent la plupart des contestations."
        ),
        validators=[
            InputRequired(_l("Écrivez un nombre d’années.")),
            NumberRange(LEAST_YEARS, MOST_YEARS, _l("Écrivez un nombre entre %(min)s et %(max)s.")),
        ],
        render_kw={"inputmode": "numeric", "size": 4},
    )
    confirmed = BooleanField()
