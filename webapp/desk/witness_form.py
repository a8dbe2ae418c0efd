"""The form of the outside witness: who stamps the daily root, and to whom it is mailed."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField, URLField
from wtforms.validators import Length, Optional, ValidationError

from config import Config
from webapp.accounts.users import EmailInvalid, clean_email
from webapp.evidence.authority_call import is_address
from webapp.evidence.witness_setting import addresses_in
from webapp.web.forms import Form

MOST_WITNESSES = 20


class WitnessForm(Form):
    """The authority and the witnesses; a field that the environment fixes is taken out."""

    timestamp_url = URLField(
        _l("Adresse de l’autorité d’horodatage (RFC 3161)"),
        description=_l(
            "Celle que donne l’autorité que vous avez choisie. Elle reçoit une empreinte par jour, "
            "et rien d’autre. Vide : pas d’horodatage."
        ),
        validators=[Optional(), Length(max=500, message=_l("Écrivez %(max)d caractères au plus."))],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    mails = TextAreaField(
        _l("Adresses e-mail des témoins"),
        description=_l(
            "Une par ligne, de personnes hors de l’association si possible. Chaque jour, elles "
            "reçoivent l’empreinte, qu’il leur suffit de garder. Vide : personne."
        ),
        validators=[Optional()],
        render_kw={"rows": 4, "autocomplete": "off", "spellcheck": "false"},
    )

    @classmethod
    def of(cls, config: Config, in_use: Config, **options: Any) -> "WitnessForm":
        """Make the form with what is in use, without what the environment fixes.

        :param config: the settings as the environment gives them.
        """
        mails = "\n".join(addresses_in(in_use.witness_mails))
        form = cls(timestamp_url=in_use.timestamp_url, mails=mails, **options)
        for name in ("timestamp_url", "mails"):
            if getattr(config, "witness_mails" if name == "mails" else name):
                del form[name]
        return form

    def validate_timestamp_url(self, field: Any) -> None:
        """Refuse what is no address of a server."""
        if not is_address(field.data):
            raise ValidationError(
                _("Écrivez une adresse entière, qui commence par https:// ou http://.")
            )

    def validate_mails(self, field: Any) -> None:
        """Refuse what is no list of addresses, and keep it clean."""
        addresses = []
        for address in addresses_in(field.data):
            try:
                addresses.append(clean_email(address))
            except EmailInvalid:
                raise ValidationError(
                    _("« %(address)s » n’est pas une adresse e-mail.", address=address)
                ) from None
        if len(addresses) > MOST_WITNESSES:
            raise ValidationError(_("Nommez %(most)s témoins au plus.", most=MOST_WITNESSES))
        field.data = "\n".join(addresses)

    def url(self) -> str | None:
        """Give the authority's address that was typed; None: the environment fixes it."""
        return (self.timestamp_url.data or "") if "timestamp_url" in self else None

    def witnesses(self) -> list[str] | None:
        """Give the addresses that were typed; None: the environment fixes them."""
        return addresses_in(self.mails.data or "") if "mails" in self else None
