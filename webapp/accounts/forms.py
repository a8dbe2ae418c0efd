"""The forms of the sign-in and of one's own account."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_security.utils import validate_redirect_url
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length

from webapp.accounts.fields import new_password
from webapp.accounts.models import AnswersTold
from webapp.web.forms import Form


class NextPageForm(Form):
    """A step of the sign-in, which leads to the page that was asked for."""

    next = HiddenField()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.next.data = self.next.data or request.args.get("next", "")

    def validate_next(self, field: Field) -> None:
        """Forget an address that would lead out of Plirec."""
        if not (field.data or "").isprintable() or not validate_redirect_url(field.data):
            field.data = ""


class SignInForm(NextPageForm):
    """The first step of the sign-in."""

    email = EmailField(
        _l("Adresse e-mail"),
        validators=[DataRequired(_l("Écrivez votre adresse e-mail."))],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Mot de passe"),
        validators=[DataRequired(_l("Écrivez votre mot de passe."))],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(NextPageForm):
    """The second step: the code that the telephone shows."""

    code = StringField(
        _l("Code à 6 chiffres"),
        description=_l("Ouvrez votre application de codes : elle affiche celui de Plirec."),
        validators=[DataRequired(_l("Écrivez le code à 6 chiffres."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "size": 10},
    )


class RecoveryForm(NextPageForm):
    """The second step without the telephone."""

    code = StringField(
        _l("Code de secours"),
        description=_l("L’un des dix codes que vous avez notés, tel que « abcde-23456 »."),
        validators=[DataRequired(_l("Écrivez un code de secours."))],
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
            "size": 16,
        },
    )


class NameForm(Form):
    """The name under which colleagues know the account."""

    name = StringField(
        _l("Votre nom"),
        validators=[
            DataRequired(_l("Écrivez votre nom.")),
            Length(max=120, message=_l("Écrivez %(max)d caractères au plus.")),
        ],
        render_kw={"autocomplete": "name", "maxlength": 120},
    )


class AnswersForm(Form):
    """When the account is told what became of its letters."""

    answers_told = RadioField(
        _l("Me prévenir par e-mail de ce que deviennent mes courriers"),
        description=_l("Acceptés, refusés, non réclamés, ou dont l’avis n’a pas pu partir."),
        choices=[
            SelectChoice(AnswersTold.AT_ONCE, _l("À chaque réponse")),
            SelectChoice(AnswersTold.DAILY, _l("Une fois par jour, à 8 heures")),
            SelectChoice(AnswersTold.NEVER, _l("Jamais")),
        ],
        validators=[InputRequired(_l("Choisissez quand vous voulez être prévenu."))],
    )


class CurrentPasswordForm(Form):
    """Asks who is there before what matters."""

    current_password = PasswordField(
        _l("Votre mot de passe actuel"),
        validators=[DataRequired(_l("Écrivez votre mot de passe actuel."))],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(CurrentPasswordForm):
    """A new password in place of the present one."""

    password = new_password(
        _l("Nouveau mot de passe"),
        required=DataRequired(_l("Choisissez un nouveau mot de passe.")),
    )


class SetUpForm(Form):
    """The first code, which shows that the telephone has the secret."""

    sealed = HiddenField()
    code = StringField(
        _l("Code à 6 chiffres"),
        description=_l("Celui que l’application affiche maintenant pour Plirec."),
        validators=[DataRequired(_l("Écrivez le code à 6 chiffres."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "size": 10},
    )


class SecurityForm(Form):
    """What the organisation asks of its administrators."""

    requires_second_factor = BooleanField(
        _l("Les administrateurs se connectent avec un deuxième facteur"),
    )
