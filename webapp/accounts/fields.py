"""The fields that several forms of people ask alike."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length, ValidationError

from webapp.accounts.users import (
    PASSWORD_LENGTH,
    PASSWORD_LENGTH_MOST,
    EmailInvalid,
    clean_email,
)
from webapp.web.forms import Form

PASSWORD_HINT = _l(
    "12 caractères au moins ; par exemple quatre mots sans rapport, avec des espaces."
)
_CHOOSE = InputRequired(_l("Choisissez un mot de passe."))


def is_email(_form: Form, field: Any) -> None:
    """Refuse what is no e-mail address, and keep it in lower case."""
    try:
        field.data = clean_email(field.data)
    except EmailInvalid:
        raise ValidationError(
            _(
                "Cette adresse e-mail n’est pas valable : vérifiez-la "
                "(exemple : prenom.nom@exemple.fr)."
            )
        ) from None


def new_password(label: Any, hint: Any = PASSWORD_HINT, required: Any = _CHOOSE) -> PasswordField:
    """Make the field in which somebody chooses a password; whether it is common is asked later.

    :param required: the validator that says what is missing.
    """
    length = Length(
        PASSWORD_LENGTH,
        PASSWORD_LENGTH_MOST,
        _l("Le mot de passe doit avoir entre %(min)d et %(max)d caractères."),
    )
    return PasswordField(
        label,
        description=hint,
        validators=[required, length],
        render_kw={"autocomplete": "new-password", "minlength": PASSWORD_LENGTH},
    )
