"""The form of the first run."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from webapp.accounts.fields import is_email, new_password
from webapp.accounts.first_run import Opening
from webapp.accounts.users import CommonPassword, WeakPassword, check_password
from webapp.accounts.wording import common_password
from webapp.desk.sender_form import SenderForm, public_address_field
from webapp.web.language import DEFAULT


class FirstRunForm(SenderForm):
    """What an installation must know before its first letter, in the order of the page."""

    administrator_name = StringField(
        _l("Votre nom"),
        validators=[
            DataRequired(_l("Écrivez votre nom.")),
            Length(max=120, message=_l("Écrivez %(max)d caractères au plus.")),
        ],
        render_kw={"autocomplete": "name", "maxlength": 120},
    )
    administrator_email = EmailField(
        _l("Votre adresse e-mail"),
        description=_l("Vous vous connecterez avec elle."),
        validators=[DataRequired(_l("Écrivez votre adresse e-mail.")), is_email],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = new_password(
        _l("Choisissez un mot de passe"),
        hint=_l(
            "12 caractères au moins ; par exemple quatre mots sans rapport, avec des espaces. "
            "Notez-le : il ne pourra pas vous être renvoyé."
        ),
    )
    public_url = public_address_field(
        _l(
            "L’adresse que vos destinataires ouvriront depuis leur e-mail. Pour essayer sur cette "
            "machine, laissez celle qui est écrite ; pour de vrais envois il faudra une adresse en "
            "https://, visible d’Internet."
        )
    )

    def validate_password(self, field: Field) -> None:
        """Refuse a password that is guessed first, of whoever knows the names on this page."""
        names = (self.administrator_name, self.administrator_email, self.organisation_name)
        try:
            check_password(field.data or "", [name.data or "" for name in names])
        except CommonPassword:
            raise ValidationError(common_password()) from None
        except WeakPassword:
            return  # its length has been said

    def opening(self, public_url: str) -> Opening:
        """Give what was typed, clean; only a valid form has it.

        :param public_url: the one that the settings decide; empty when it was asked.
        """
        typed = self.data
        return Opening(
            sender=self.identity(DEFAULT),
            administrator_name=typed["administrator_name"],
            administrator_email=typed["administrator_email"],
            password=typed["password"],
            public_url=public_url or typed["public_url"],
        )
