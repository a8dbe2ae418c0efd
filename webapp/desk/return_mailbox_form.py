"""The form of the mailbox where notices come back."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, IntegerField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from config import Config
from webapp.accounts.fields import is_email
from webapp.accounts.return_mailbox import MailboxSettings
from webapp.web.forms import Form

LONG = _l("Écrivez %(max)d caractères au plus.")
PREFIX = "retours-"
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class ReturnMailboxForm(Form):
    """An IMAP mailbox, as the provider describes it; its fields stand beside another form's."""

    host = StringField(
        _l("Serveur de réception (IMAP)"),
        description=_l("Par exemple : imap.exemple.fr."),
        validators=[
            DataRequired(_l("Écrivez le nom du serveur.")),
            Length(max=253, message=LONG),
            Regexp(
                r"^[\w.:-]+$", message=_l("Écrivez le nom seul, sans http:// ni barre ni espace.")
            ),
        ],
        render_kw=PLAIN,
    )
    security = RadioField(
        _l("Chiffrement"),
        choices=[
            SelectChoice("tls", _l("TLS dès la connexion, le plus courant (port 993)")),
            SelectChoice("starttls", _l("STARTTLS (port 143)")),
        ],
        default="tls",
        validators=[InputRequired(_l("Choisissez un chiffrement."))],
    )
    port = IntegerField(
        _l("Port"),
        default=993,
        validators=[
            InputRequired(_l("Écrivez un nombre, 993 le plus souvent.")),
            NumberRange(1, 65535, _l("Un port est un nombre entre %(min)s et %(max)s.")),
        ],
        render_kw={"inputmode": "numeric", "size": 6},
    )
    username = StringField(
        _l("Identifiant"),
        description=_l("Souvent l’adresse e-mail entière."),
        validators=[
            DataRequired(_l("Écrivez l’identifiant de la boîte.")),
            Length(max=254, message=LONG),
        ],
        render_kw=PLAIN,
    )
    password = PasswordField(
        _l("Mot de passe de la boîte"),
        description=_l("Gardé chiffré. Laissez vide pour garder celui qui est enregistré."),
        validators=[Length(max=500, message=LONG)],
        render_kw={"autocomplete": "off"},
    )
    folder = StringField(
        _l("Dossier"),
        default="INBOX",
        description=_l("INBOX est la boîte de réception."),
        validators=[DataRequired(_l("Écrivez le nom du dossier.")), Length(max=200, message=LONG)],
        render_kw=PLAIN,
    )
    bounce_address = EmailField(
        _l("Adresse de cette boîte"),
        description=_l(
            "Les avis qui n’arrivent pas y reviennent. Vide : l’adresse d’où partent les avis."
        ),
        validators=[Optional(), is_email],
        render_kw=PLAIN,
    )

    @classmethod
    def of(cls, in_use: Config) -> "ReturnMailboxForm":
        """Fill the form with the mailbox that is read now."""
        return cls(
            formdata=None,
            prefix=PREFIX,
            host=in_use.imap_host,
            port=in_use.imap_port,
            security=in_use.imap_security,
            username=in_use.imap_username,
            folder=in_use.imap_folder,
            bounce_address=in_use.bounce_address,
        )

    def settings(self) -> MailboxSettings:
        """Give what was typed; only a valid form has it."""
        typed: dict[str, Any] = self.data
        return MailboxSettings(
            host=typed["host"],
            port=typed["port"],
            security=typed["security"],
            username=typed["username"],
            password=typed["password"] or None,
            folder=typed["folder"],
            bounce_address=typed["bounce_address"] or "",
        )
