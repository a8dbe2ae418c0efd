"""The forms of "Mon équipe", and of the pages that its links open."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length

from webapp.accounts.fields import is_email, new_password
from webapp.accounts.kinds import EXPLANATIONS
from webapp.web.forms import Form


def _kind() -> RadioField:
    return RadioField(
        _l("Sorte de compte"),
        choices=[SelectChoice(kind, text) for kind, text in EXPLANATIONS.items()],
        validators=[InputRequired(_l("Choisissez une sorte de compte."))],
    )


class InvitationForm(Form):
    """Whom to invite, and to which kind of account."""

    name = StringField(
        _l("Nom de la personne"),
        validators=[Length(max=120, message=_l("Écrivez %(max)d caractères au plus."))],
        render_kw={"autocomplete": "off", "maxlength": 120},
    )
    email = EmailField(
        _l("Adresse e-mail de la personne"),
        description=_l("Elle se connectera avec cette adresse."),
        validators=[DataRequired(_l("Écrivez l’adresse e-mail de la personne.")), is_email],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    kind = _kind()


class KindForm(Form):
    """Which kind an account shall be of."""

    kind = _kind()


class AcceptanceForm(Form):
    """What an invited person says to make an account."""

    name = StringField(
        _l("Votre nom"),
        description=_l("Il se montre à votre équipe."),
        validators=[
            DataRequired(_l("Écrivez votre nom.")),
            Length(max=120, message=_l("Écrivez %(max)d caractères au plus.")),
        ],
        render_kw={"autocomplete": "name", "maxlength": 120},
    )
    password = new_password(_l("Choisissez un mot de passe"))


class AskPasswordForm(Form):
    """Whose password is forgotten."""

    email = EmailField(
        _l("Votre adresse e-mail"),
        description=_l("Celle avec laquelle vous vous connectez."),
        validators=[DataRequired(_l("Écrivez votre adresse e-mail.")), is_email],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )


class NewPasswordForm(Form):
    """The password that takes the place of the forgotten one."""

    password = new_password(_l("Choisissez un nouveau mot de passe"))
