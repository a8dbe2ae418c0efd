"""The forms of deposits: how they are made, numbered, posted, and what came of each letter."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, ValidationError

from webapp.letters.steps import State
from webapp.paper.models import Level
from webapp.web.forms import Form

_PRICE = re.compile(r"(\d{1,4})(?:[.,](\d{1,2}))?", re.ASCII)
OUTCOMES = (State.DELIVERED, State.RETURNED)
REASONS = (
    _l("Pli avisé et non réclamé"),
    _l("Destinataire inconnu à l’adresse"),
    _l("Pli refusé par le destinataire"),
    _l("Défaut d’accès ou d’adressage"),
)


class PrepareForm(Form):
    """Which level the post guarantees, and how the sender files the deposit."""

    key = HiddenField(validators=[Length(16, 64, _l("Rechargez la page, puis recommencez."))])
    level = SelectField(
        _l("Niveau de garantie de la poste"),
        choices=[
            SelectChoice("R1", _l("R1, le niveau de base")),
            SelectChoice("R2", _l("R2")),
            SelectChoice("R3", _l("R3")),
        ],
        validate_choice=False,
        validators=[AnyOf(tuple(Level), _l("Choisissez un niveau de garantie."))],
    )
    reference = StringField(
        _l("Votre référence"),
        validators=[Length(max=60, message=_l("60 caractères au plus."))],
        render_kw={"maxlength": 60, "autocomplete": "off"},
    )


class PostedForm(Form):
    """The day of the post's stamp, and what each letter cost."""

    posted_on = DateField(
        _l("Déposé à la poste le"), validators=[InputRequired(_l("Choisissez le jour du dépôt."))]
    )
    price = StringField(
        _l("Prix par lettre, en euros"),
        validators=[Optional()],
        render_kw={"inputmode": "decimal", "size": 8, "autocomplete": "off"},
    )

    def validate_price(self, _field: Any) -> None:
        """Refuse what is no price."""
        if self.price_cents is None:
            raise ValidationError(_("Écrivez un prix comme 5,60."))

    @property
    def price_cents(self) -> int | None:
        """The price in euro cents; None when there is none."""
        match = _PRICE.fullmatch(self.price.data or "")
        return int(match[1]) * 100 + int(f"{match[2] or '':0<2}") if match else None


class OutcomeForm(Form):
    """What the post's receipt says of some letters."""

    outcome = SelectField(
        _l("Ce que dit la poste"),
        choices=[
            SelectChoice(State.DELIVERED, _l("Distribuée au destinataire")),
            SelectChoice(State.RETURNED, _l("Revenue à l’expéditeur")),
        ],
        validate_choice=False,
        validators=[
            AnyOf((State.DELIVERED, State.RETURNED), _l("Choisissez ce que dit la poste."))
        ],
    )
    on = DateField(_l("Le"), validators=[InputRequired(_l("Choisissez le jour."))])
    note = StringField(
        _l("Signé par, ou motif du retour"),
        validators=[Length(max=200, message=_l("200 caractères au plus."))],
        render_kw={"maxlength": 200, "list": "reasons", "autocomplete": "off"},
    )


class ScanForm(Form):
    """A scanned slip or receipt."""

    scan = FileField(
        _l("Bordereau tamponné ou avis de réception, numérisé"),
        description=_l("Un PDF ou une photo (JPEG, PNG), 10 Mo au plus."),
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png"},
    )


class WindowForm(Form):
    """Where the window of the envelopes is."""

    top = IntegerField(
        _l("Distance du haut de la feuille, en mm"),
        validators=[
            InputRequired(_l("Écrivez un nombre de millimètres.")),
            NumberRange(20, 120, _l("Écrivez un nombre entre %(min)s et %(max)s.")),
        ],
        render_kw={"size": 5, "inputmode": "numeric"},
    )
    left = IntegerField(
        _l("Distance du bord gauche, en mm"),
        validators=[
            InputRequired(_l("Écrivez un nombre de millimètres.")),
            NumberRange(10, 115, _l("Écrivez un nombre entre %(min)s et %(max)s.")),
        ],
        render_kw={"size": 5, "inputmode": "numeric"},
    )
