"""The fields in which an organisation says who it is, on the first run and ever after."""

from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, StringField, URLField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from webapp.accounts.fields import is_email
from webapp.accounts.organisations import Identity
from webapp.contacts import rules
from webapp.contacts.messages import describe
from webapp.contacts.recipient import Recipient
from webapp.web.forms import Form

FIELD_OF = {"company": "organisation_name"}
"""What the rules call a field, and the form calls otherwise."""

_ADDRESS = ("company", "address_1", "address_2", "postal_code", "city", "country")


def is_public_address(_form: Form, field: Any) -> None:
    """Refuse what is not the beginning of a web address, and keep it without a slash at its end."""
    address = beginning_of_address(field.data)
    if address is None:
        raise ValidationError(
            _("Écrivez l’adresse seule, telle que https://courrier.exemple.fr, sans rien après.")
        )
    field.data = address


def beginning_of_address(text: str) -> str | None:
    """Give a web address's scheme and host (`https://courrier.exemple.fr`), if it holds no more."""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    if not whole or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        return None
    return f"{parts.scheme}://{parts.netloc}"


def public_address_field(hint: Any) -> URLField:
    """Make the field for the address that recipients open."""
    return URLField(
        _l("Adresse publique de Plirec"),
        description=hint,
        validators=[
            DataRequired(_l("Écrivez l’adresse publique.")),
            Length(max=200, message=_l("Écrivez %(max)d caractères au plus.")),
            is_public_address,
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class SenderForm(Form):
    """Who sends: what the law wants on each proof, and whether a notice names it."""

    organisation_name = StringField(
        _l("Nom de l’association ou de l’organisme"),
        description=_l("Il figurera sur vos courriers et sur chaque preuve."),
        validators=[DataRequired(_l("Écrivez le nom de l’association ou de l’organisme."))],
        render_kw={"autocomplete": "organization", "maxlength": 120},
    )
    address_1 = StringField(
        _l("Adresse"),
        validators=[DataRequired(_l("Écrivez le numéro et la rue."))],
        render_kw={"autocomplete": "address-line1", "maxlength": 120},
    )
    address_2 = StringField(
        _l("Complément d’adresse"),
        render_kw={"autocomplete": "address-line2", "maxlength": 120},
    )
    postal_code = StringField(
        _l("Code postal"),
        validators=[DataRequired(_l("Écrivez le code postal."))],
        render_kw={"autocomplete": "postal-code", "maxlength": 16, "size": 10},
    )
    city = StringField(
        _l("Ville"),
        validators=[DataRequired(_l("Écrivez la ville."))],
        render_kw={"autocomplete": "address-level2", "maxlength": 120},
    )
    country = StringField(
        _l("Pays"),
        description=_l("Laissez vide pour la France."),
        render_kw={"autocomplete": "country-name", "maxlength": 80},
    )
    organisation_email = EmailField(
        _l("Adresse e-mail de l’expéditeur"),
        description=_l(
            "Celle de l’association, ou la vôtre. La loi veut qu’elle figure sur les preuves."
        ),
        validators=[DataRequired(_l("Écrivez l’adresse e-mail de l’expéditeur.")), is_email],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    names_sender = RadioField(
        _l("Le nom de l’expéditeur dans l’avis"),
        description=_l(
            "Un avis prévient d’abord le destinataire qu’un courrier l’attend. Pour la lettre "
            "recommandée électronique, la loi veut que l’expéditeur reste inconnu tant que le "
            "destinataire n’a pas accepté (article R53-3 du code des postes). Pour l’envoi "
            "recommandé simple, que fait Plirec, elle laisse le choix : à vous de dire."
        ),
        choices=[
            SelectChoice("no", _l("Cacher l’expéditeur jusqu’à ce que le destinataire accepte")),
            SelectChoice("yes", _l("Nommer l’expéditeur : le destinataire sait qui lui écrit")),
        ],
        default="no",
        validators=[InputRequired(_l("Choisissez si l’avis nomme l’expéditeur."))],
    )
    sender: Recipient
    """The organisation's name and address as the rules leave them, once the form is valid."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Hold the organisation's address against the rules that every recipient's meets."""
        valid = bool(super().validate(extra_validators))
        texts = {name: self[FIELD_OF.get(name, name)].data or "" for name in _ADDRESS}
        checked = rules.check({**texts, "status": rules.PROFESSIONAL})
        for finding in checked.findings:
            if finding.field in _ADDRESS and finding.severity == "error":
                field = self[FIELD_OF.get(finding.field, finding.field)]
                field.errors = field.errors or [describe(finding, _)]
        if checked.recipient is None:
            return False
        self.sender = checked.recipient
        return valid

    def identity(self, language: str) -> Identity:
        """Give what was typed, clean; only a valid form has it.

        :param language: of the notices, by its code.
        """
        email, names_sender = self.organisation_email.data, self.names_sender.data == "yes"
        return identity_of(self.sender, email or "", names_sender, language)


def identity_of(sender: Recipient, email: str, names_sender: bool, language: str) -> Identity:
    """Give what an organisation says of itself, its name and address as the rules left them."""
    return Identity(
        name=sender.company,
        address_1=sender.address_1,
        address_2=sender.address_2,
        postal_code=sender.postal_code,
        city=sender.city,
        country=sender.country,
        email=email,
        names_sender=names_sender,
        language=language,
    )
