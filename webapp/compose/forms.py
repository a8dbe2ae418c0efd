"""The one-page send form, apart from its rows of occasional recipients."""

import secrets

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.web.forms import Form

SUBJECT_LENGTH = 200
MESSAGE_LENGTH = 10_000


def new_key() -> str:
    """Make what tells one filled form from another, so that it makes one letter only."""
    return secrets.token_urlsafe(24)


class LetterForm(Form):
    """What is sent, to which groups, and what is stated about consent."""

    key = HiddenField(default=new_key, validators=[Length(16, 40)])
    groups = SelectMultipleField(
        _l("Groupes"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    taken_out = SelectMultipleField(validate_choice=False)
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
    consent_stated = BooleanField(
        _l(
            "Je déclare que ces particuliers ont accepté, avant cet envoi, de recevoir des "
            "recommandés électroniques à cette adresse."
        )
    )
    consent_means = StringField(
        _l("Comment et quand l’ont-ils accepté ?"),
        description=_l("Par exemple : case cochée sur le bulletin d’adhésion 2026."),
        validators=[Length(max=500, message=_l("500 caractères au plus."))],
    )
