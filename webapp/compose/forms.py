"""The one-page send form, apart from its rows of occasional recipients."""

import secrets

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from webapp.compose.recipient_forms import RecipientForm

SUBJECT_LENGTH = 200
MESSAGE_LENGTH = 10_000


def new_key() -> str:
    """Make what tells one filled form from another, so that it makes one letter only."""
    return secrets.token_urlsafe(24)


class LetterForm(RecipientForm):
    """What is sent; its recipients stand in the part of the form that names them."""

    key = HiddenField(default=new_key, validators=[Length(16, 40)])
    subject = StringField(
        _l("Objet"),
        description=_l("Par exemple : Convocation à l’assemblée générale du 12 décembre."),
        validators=[
            DataRequired(_l("Écrivez l’objet du courrier.")),
            Length(
                max=SUBJECT_LENGTH,
                message=_l("L’objet ne peut pas dépasser %(max)d caractères."),
            ),
        ],
    )
    message = TextAreaField(
        _l("Message"),
        description=_l("Du texte simple, en paragraphes ; 10 000 caractères au plus."),
        validators=[
            DataRequired(_l("Écrivez le message.")),
            Length(
                max=MESSAGE_LENGTH,
                message=_l("Le message ne peut pas dépasser %(max)d caractères."),
            ),
        ],
    )
