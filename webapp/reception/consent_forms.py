"""What a person states when she agrees."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import DataRequired

from webapp.web.forms import Form


class AgreementForm(Form):
    """That the person herself agrees: a machine that presses every button ticks no box."""

    class Meta(Form.Meta):
        """The secret address already stands in for a token against forgery."""

        csrf = False

    agreed = BooleanField(
        _l("J’accepte de recevoir des recommandés électroniques à cette adresse."),
        validators=[DataRequired(_l("Cochez la case pour dire que vous acceptez."))],
    )
