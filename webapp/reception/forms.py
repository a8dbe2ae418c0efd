"""What a recipient states when he answers."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from webapp.contacts.rules import PROFESSIONAL
from webapp.letters.identity import Control, Stated
from webapp.letters.models import Addressee
from webapp.texts import clean, without_forbidden
from webapp.web.forms import Form

LONG = _l("Écrivez %(max)d caractères au plus.")


def on_one_line(typed: str | None) -> str:
    """Keep of a name what can be read: it will stand on a proof, as everybody sees it there."""
    return without_forbidden(clean(typed or ""))


def is_six_digits(_form: Form, field: Any) -> None:
    """Keep the digits alone, as people copy a code with its space; refuse what is no code."""
    digits = re.sub(r"\s", "", field.data or "")
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise ValidationError(_("Écrivez les six chiffres du code reçu par e-mail."))
    field.data = digits


class AnswerForm(Form):
    """Who answers: the recipient, or someone who may act for him. Its address is its secret."""

    class Meta(Form.Meta):
        """The secret address already stands in for a token against forgery."""

        csrf = False

    code = StringField(
        _l("Code reçu par e-mail"),
        description=_l("Six chiffres."),
        validators=[
            DataRequired(_l("Écrivez les six chiffres du code reçu par e-mail.")),
            is_six_digits,
        ],
        render_kw={
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "maxlength": 12,
            "size": 10,
        },
    )
    declared_name = StringField(
        _l("Votre prénom et votre nom"),
        description=_l("Corrigez-les s’ils ne sont pas justes."),
        filters=[on_one_line],
        validators=[
            DataRequired(_l("Écrivez votre prénom et votre nom.")),
            Length(max=400, message=_l("Le nom ne peut pas dépasser %(max)d caractères.")),
        ],
    )
    person = StringField(
        _l("Votre prénom et votre nom"),
        filters=[on_one_line],
        validators=[
            DataRequired(_l("Écrivez votre prénom et votre nom.")),
            Length(max=200, message=LONG),
        ],
    )
    capacity = StringField(
        _l("Votre qualité"),
        description=_l("Par exemple : gérante, président, secrétaire."),
        filters=[on_one_line],
        validators=[
            DataRequired(_l("Écrivez en quelle qualité vous répondez.")),
            Length(max=200, message=LONG),
        ],
    )
    entitled = BooleanField(
        _l("Je suis le destinataire de ce courrier, ou je suis autorisé à le recevoir pour lui."),
        validators=[
            DataRequired(_l("Cochez la case pour dire que ce courrier est bien pour vous."))
        ],
    )

    @classmethod
    def for_answer(
        cls, addressee: Addressee, control: Control | None, *, is_empty: bool = False
    ) -> "AnswerForm":
        """Make the form for this addressee, with the name that the sender gave him.

        :param control: the proof that the browser holds already; no code is asked then.
        :param is_empty: nothing of what came with the request is taken.
        """
        kept = {"formdata": None} if is_empty else {}
        form = cls(declared_name=addressee.name, **kept)
        if control is not None:
            del form.code
        if addressee.status == PROFESSIONAL:
            form.declared_name.label.text = _("Nom de l’organisme ou du professionnel")
            form.declared_name.description = _("Corrigez-le s’il n’est pas juste.")
        else:
            del form.person, form.capacity
        return form

    def stated(self) -> Stated:
        """Give who answers; only a valid form has it."""
        typed: dict[str, Any] = self.data
        return Stated(
            typed["declared_name"], typed.get("person") or "", typed.get("capacity") or ""
        )
