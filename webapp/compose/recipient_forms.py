"""The part of the send form that says who receives, and how individuals consented."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.accounts.models import User
from webapp.compose.choices import ASK_FIRST, ON_PAPER, TAKE_OUT, Choices, Statement
from webapp.compose.rows import Row
from webapp.compose.saving import Saving
from webapp.contacts.book import NAME_LENGTH
from webapp.contacts.consent_models import LONGEST, SHORTEST, USUAL
from webapp.contacts.rules import INDIVIDUAL, PROFESSIONAL
from webapp.web.forms import Form

NEW_GROUP = "new"
MOST_CONTACTS = 500
_MEANS_LENGTH = 500
_GREATEST_ID = 2**31 - 1
_DIGITS = 10
_GROUP_MEANS = re.compile(r"consent-(\d{1,9})-means")
_TOO_LONG = _l("500 caractères au plus.")


def _group_means(fields: Mapping[str, Any]) -> dict[int, str]:
    """Gather how and when the individuals of whole groups consented (`consent-3-means`)."""
    matches = (_GROUP_MEANS.fullmatch(name) for name in fields)
    texts = {int(match[1]): str(fields[match[0]]).strip() for match in matches if match}
    return {group: text[:_MEANS_LENGTH] for group, text in texts.items()}


_WITHOUT_AGREEMENT = [
    SelectChoice("", _l("Je n’ai rien décidé : le courrier attend")),
    SelectChoice(ASK_FIRST, _l("Demander leur accord par e-mail, puis envoyer")),
    SelectChoice(ON_PAPER, _l("Leur écrire sur papier, ou les retirer sans adresse postale")),
    SelectChoice(TAKE_OUT, _l("Les retirer de cet envoi")),
]


class RecipientForm(Form):
    """How recipients are named, one by one or by list, and what is decided about them."""

    groups = SelectMultipleField(
        _l("Groupes"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    contacts = SelectMultipleField(coerce=int, validate_choice=False)
    contact_search = StringField(
        _l("Chercher un contact"),
        description=_l("Un nom, une ville, une société ou un e-mail."),
    )
    pasted = TextAreaField(
        _l("Coller une liste"),
        description=_l(
            "Des lignes copiées d’un tableur (colonnes du modèle, ou avec leurs titres), ou un "
            "e-mail par ligne, avec ou sans le nom devant."
        ),
    )
    pasted_status = RadioField(
        _l("Statut des lignes qui n’en disent rien"),
        choices=[
            SelectChoice(INDIVIDUAL, _l("Particulier")),
            SelectChoice(PROFESSIONAL, _l("Professionnel")),
        ],
        validate_choice=False,
    )
    save_group = SelectField(_l("Enregistrer dans un groupe"), validate_choice=False)
    save_group_name = StringField(
        _l("Nom du nouveau groupe"),
        validators=[
            Length(max=NAME_LENGTH, message=_l("Le nom ne peut pas dépasser %(max)d caractères."))
        ],
    )
    taken_out = SelectMultipleField(validate_choice=False)
    on_paper = SelectMultipleField(validate_choice=False)
    consent_stated = BooleanField(
        _l(
            "Je déclare que ces particuliers ont accepté, avant cet envoi, de recevoir des "
            "recommandés électroniques à cette adresse."
        )
    )
    consent_means = StringField(
        _l("Comment et quand l’ont-ils accepté ?"),
        description=_l("Par exemple : case cochée sur le bulletin d’adhésion 2026."),
        validators=[Length(max=_MEANS_LENGTH, message=_TOO_LONG)],
    )
    consent_sources = HiddenField()
    agreed = SelectMultipleField(validate_choice=False)
    agreed_means = StringField(
        _l("Comment et quand l’ont accepté ceux que vous avez cochés un par un ?"),
        validators=[Length(max=_MEANS_LENGTH, message=_TOO_LONG)],
    )
    without_agreement = SelectField(
        _l("Ceux dont vous n’avez pas l’accord"),
        choices=_WITHOUT_AGREEMENT,
        validate_choice=False,
    )
    consent_days = IntegerField(
        _l("Délai pour donner leur accord, en jours"),
        description=_l(
            "Si vous le leur demandez : de 3 à 30 jours. Le courrier part vers chacun dès qu’il "
            "accepte ; sans réponse, il ne part pas."
        ),
        default=USUAL,
        validators=[
            Optional(),
            NumberRange(SHORTEST, LONGEST, _l("Écrivez un nombre entre %(min)s et %(max)s.")),
        ],
        render_kw={"size": 4, "inputmode": "numeric", "autocomplete": "off"},
    )
    people_search = StringField(_l("Chercher dans cette liste"))
    people_kind = SelectField(_l("Montrer"), validate_choice=False)
    people_page = HiddenField()
    people_before = HiddenField()
    group_means: dict[int, str]
    statements: dict[int, Statement]

    def process(self, formdata: Any = None, *arguments: Any, **named: Any) -> None:
        """Read the fields, and those whose names tell a group."""
        fields = self.meta.wrap_formdata(self, formdata)
        super().process(fields, *arguments, **named)
        self.group_means = _group_means(fields or {})
        self.statements = {
            group: Statement(f"consent-{group}-means", means)
            for group, means in self.group_means.items()
            if f"consent-{group}-stated" in (fields or {})
        }

    def choices(self) -> Choices:
        """Give what the sender decided about the persons."""
        everyone = Statement("consent_means", self.consent_means.data or "")
        return Choices(
            taken_out=frozenset(self.taken_out.data or ()),
            on_paper=frozenset(self.on_paper.data or ()),
            agreed=frozenset(self.agreed.data or ()),
            each=Statement("agreed_means", self.agreed_means.data or ""),
            groups=self.statements,
            everyone=everyone if self.consent_stated.data else None,
            otherwise=self.without_agreement.data or "",
            days=self.consent_days.data or USUAL,
        )

    def offer_no_asking(self) -> None:
        """Leave out of the choices that individuals are asked first: no mail can leave."""
        possible = [choice for choice in _WITHOUT_AGREEMENT if choice.value != ASK_FIRST]
        self.without_agreement.choices = possible

    def chosen_ids(self) -> list[int]:
        """Give the ids of the contacts that were added, as the browser says them."""
        return _ids(self.contacts.data)[:MOST_CONTACTS]

    def group_ids(self) -> list[int]:
        """Give the ids of the groups that are ticked, as the browser says them."""
        return _ids(self.groups.data)


def saving_for(user: User, form: RecipientForm, rows: Iterable[Row]) -> Saving | None:
    """Say in which group the typed recipients are to be kept, None for in none."""
    where = form.save_group.data or ""
    typed = [row.checked.recipient for row in rows if row.checked and row.checked.recipient]
    if not where or not typed or not user.may_send_to_many:
        return None
    if where == NEW_GROUP:
        return Saving(typed, None, form.save_group_name.data or "")
    return Saving(typed, int(where) if where.isdecimal() and len(where) < _DIGITS else 0)


def _ids(said: Iterable[int] | None) -> list[int]:
    return [number for number in dict.fromkeys(said or ()) if 0 < number <= _GREATEST_ID]
