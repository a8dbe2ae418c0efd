"""The forms of the settings: who sends, and through which mail server."""

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    EmailField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp

from webapp.accounts.fields import is_email
from webapp.accounts.mail_settings import MailSettings
from webapp.accounts.models import Organisation
from webapp.accounts.organisations import Identity
from webapp.desk.sender_form import SenderForm, public_address_field
from webapp.letters.rhythm import MOST_DAYS
from webapp.web.forms import Form
from webapp.web.templating import NAMES


class IdentityForm(SenderForm):
    """The sender as he is named from the next letter on."""

    language = RadioField(
        _l("Langue des avis"),
        description=_l("Un destinataire peut en choisir une autre sur sa page, pour la suite."),
        choices=[SelectChoice(code, name) for code, name in NAMES.items()],
        validators=[InputRequired(_l("Choisissez la langue des avis."))],
    )
    reminder_days = SelectField(
        _l("Rappels à qui n’a pas répondu"),
        description=_l(
            "Après l’avis, entre 8 h et 20 h, jamais dans les douze dernières heures. Le "
            "destinataire peut les arrêter. Un courrier déposé garde le choix qu’il avait."
        ),
        choices=[
            SelectChoice(0, _l("aucun rappel")),
            SelectChoice(1, _l("chaque jour")),
            *(
                SelectChoice(days, _l("tous les %(days)s jours", days=days))
                for days in range(2, MOST_DAYS + 1)
            ),
        ],
        coerce=int,
    )

    @classmethod
    def of(cls, organisation: Organisation) -> "IdentityForm":
        """Fill the form with what the organisation says now."""
        return cls(
            organisation_name=organisation.name,
            address_1=organisation.address_1,
            address_2=organisation.address_2,
            postal_code=organisation.postal_code,
            city=organisation.city,
            country=organisation.country,
            organisation_email=organisation.email,
            names_sender="yes" if organisation.names_sender else "no",
            language=organisation.language,
            reminder_days=organisation.reminder_days,
        )

    def settled(self) -> Identity:
        """Give what was typed, clean; only a valid form has it."""
        identity = self.identity(self.language.data)
        return replace(identity, reminder_days=self.reminder_days.data)


class PublicAddressForm(Form):
    """The address that recipients open."""

    public_url = public_address_field(
        _l(
            "L’adresse que vos destinataires ouvriront depuis leur e-mail. Pour de vrais envois "
            "elle commence par https:// et se voit d’Internet."
        )
    )


class MailForm(Form):
    """The mail server, as the provider of the mailbox describes it."""

    host = StringField(
        _l("Serveur d’envoi (SMTP)"),
        description=_l("Votre messagerie le donne dans son aide. Par exemple : smtp.exemple.fr."),
        validators=[
            DataRequired(_l("Écrivez le nom du serveur.")),
            Length(max=253, message=_l("Écrivez %(max)d caractères au plus.")),
            Regexp(
                r"^[\w.:-]+$", message=_l("Écrivez le nom seul, sans http:// ni barre ni espace.")
            ),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    security = RadioField(
        _l("Chiffrement"),
        choices=[
            SelectChoice("starttls", _l("STARTTLS, le plus courant (port 587)")),
            SelectChoice("tls", _l("TLS dès la connexion (port 465)")),
            SelectChoice("none", _l("Aucun : seulement pour un serveur de cette machine")),
        ],
        default="starttls",
        validators=[InputRequired(_l("Choisissez un chiffrement."))],
    )
    port = IntegerField(
        _l("Port"),
        default=587,
        validators=[
            InputRequired(_l("Écrivez un nombre, 587 le plus souvent.")),
            NumberRange(1, 65535, _l("Un port est un nombre entre %(min)s et %(max)s.")),
        ],
        render_kw={"inputmode": "numeric", "size": 6},
    )
    username = StringField(
        _l("Identifiant"),
        description=_l("Souvent l’adresse e-mail entière. Vide : le serveur n’en demande pas."),
        validators=[Length(max=254, message=_l("Écrivez %(max)d caractères au plus."))],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Mot de passe de la messagerie"),
        description=_l("Gardé chiffré. Laissez vide pour garder celui qui est enregistré."),
        validators=[Length(max=500, message=_l("Écrivez %(max)d caractères au plus."))],
        render_kw={"autocomplete": "off"},
    )
    mail_from = EmailField(
        _l("Adresse d’où partent les avis"),
        description=_l(
            "Celle du service, pas forcément celle de l’expéditeur : si vos avis cachent "
            "l’expéditeur, elle ne doit pas le trahir."
        ),
        validators=[DataRequired(_l("Écrivez l’adresse d’où partent les avis.")), is_email],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def settings(self) -> MailSettings:
        """Give what was typed; only a valid form has it."""
        typed: dict[str, Any] = self.data
        return MailSettings(
            host=typed["host"],
            port=typed["port"],
            security=typed["security"],
            username=typed["username"],
            password=typed["password"] or None,
            mail_from=typed["mail_from"],
        )
