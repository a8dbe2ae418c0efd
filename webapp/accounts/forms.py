"""The sign-in form."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security.forms import EmailValidation, IsString, LoginForm
from flask_security.utils import validate_redirect_url
from wtforms import EmailField, Field, PasswordField
from wtforms.validators import DataRequired

from webapp.web.forms import Form


class SignInForm(Form, LoginForm):
    """Flask-Security's form, with one and the same answer to every wrong attempt."""

    email = EmailField(
        _l("Adresse e-mail"),
        validators=[
            IsString(),
            DataRequired(_l("Écrivez votre adresse e-mail.")),
            EmailValidation(verify=False),
        ],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Mot de passe"),
        validators=[IsString(), DataRequired(_l("Écrivez votre mot de passe."))],
        render_kw={"autocomplete": "current-password"},
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        del self.remember
        del self.submit

    def validate(self, **arguments: Any) -> bool:
        """Say neither whether the address is known, nor that the account is closed."""
        if super().validate(**arguments):
            return True
        if self.email.data and self.password.data:
            self.password.errors = []
            self.email.errors = [_("L’adresse e-mail ou le mot de passe n’est pas juste.")]
        return False

    def validate_next(self, field: Field) -> None:
        """Forget an address that would lead out of Plirec."""
        if field.data and not validate_redirect_url(field.data):
            field.data = ""
