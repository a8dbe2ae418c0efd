"""The forms after a failure: another address, or paper instead."""

from collections.abc import Sequence
from typing import ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import Length

from webapp.contacts.forms import MEANS_LENGTH
from webapp.contacts.messages import describe
from webapp.contacts.rules import LENGTHS, Finding
from webapp.web.forms import Form

TOO_LONG = _l("%(max)d caractères au plus.")


class CorrectionForm(Form):
    """The address to which one notice goes next; its fields begin with the number of the send."""

    email = EmailField(
        _l("Nouvelle adresse e-mail"),
        validators=[Length(max=LENGTHS["email"], message=TOO_LONG)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    means = StringField(
        _l("Comment et quand l’accord a été donné pour cette adresse"),
        description=_l(
            "À remplir pour une adresse dont l’accord n’est pas encore noté dans Plirec : la loi "
            "le veut pour chaque adresse d’un particulier. Par exemple : par téléphone, le 3 mars "
            "2026. Cette phrase figure sur les preuves."
        ),
        validators=[Length(max=MEANS_LENGTH, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    doubted = HiddenField()
    """The address whose doubt was shown: sent again as it is, it is meant."""

    def refuse(self, field: str, message: str) -> None:
        """Tie to its field what stands in the way."""
        self[field].errors = [message]


def _part(label: str, field: str, autocomplete: str) -> StringField:
    return StringField(
        label,
        validators=[Length(max=LENGTHS[field], message=TOO_LONG)],
        render_kw={"autocomplete": autocomplete},
    )


class PostalForm(Form):
    """Where a letter goes that was to go by e-mail."""

    address_1 = _part(_l("Adresse"), "address_1", "off")
    address_2 = _part(_l("Complément"), "address_2", "off")
    postal_code = _part(_l("Code postal"), "postal_code", "off")
    city = _part(_l("Ville"), "city", "off")
    country = _part(_l("Pays"), "country", "off")

    FIELDS: ClassVar = ("address_1", "address_2", "postal_code", "city", "country")

    def texts(self) -> dict[str, str]:
        """Give what was typed, by the names of `rules.FIELDS`."""
        return {name: self[name].data or "" for name in self.FIELDS}

    def refuse(self, findings: Sequence[Finding]) -> None:
        """Tie to its field what the rules say."""
        for finding in findings:
            if finding.severity == "error" and finding.field in self.FIELDS:
                field = self[finding.field]
                field.errors = [*field.errors, describe(finding, _)]
        if not self.errors:
            self.address_1.errors = [_("Écrivez une adresse postale complète.")]
