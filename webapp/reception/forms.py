"""What a recipient states when he accepts."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length

from webapp.web.forms import Form


class AcceptanceForm(Form):
    """Who accepts: the recipient, or someone who may act for him. Its address is its secret."""

    class Meta(Form.Meta):
        """The secret address already stands in for a token against forgery."""

        csrf = False

    declared_name = StringField(
        _l("Votre prénom et votre nom"),
        validators=[
            DataRequired(_l("Écrivez votre prénom et votre nom.")),
            Length(max=200, message=_l("Le nom ne peut pas dépasser %(max)d caractères.")),
        ],
    )
    entitled = BooleanField(
        _l("Je suis le destinataire de ce courrier, ou je suis autorisé à le recevoir pour lui."),
        validators=[
            DataRequired(_l("Cochez la case pour dire que ce courrier est bien pour vous."))
        ],
    )
