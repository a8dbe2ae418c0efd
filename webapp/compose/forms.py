"""The one-page send form, apart from its rows of occasional recipients."""

import secrets
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Length, Optional

from webapp.accounts.access import actor
from webapp.compose.recipient_forms import RecipientForm
from webapp.delivery.departure_form import day_field, hour_field, moment_asked, problem_with

SUBJECT_LENGTH = 200
MESSAGE_LENGTH = 10_000
REFERENCE_LENGTH = 60
KEY_LENGTHS = (16, 40)
NOW, LATER = "now", "later"
"""When a letter leaves, as the form says it."""

NOT_KEPT = frozenset(
    {
        *("csrf_token", "key", "consent_stated", "agreed", "consent_sources"),
        *("contact_search", "people_search", "people_kind", "people_page", "people_before"),
    }
)
"""What a draft leaves: what is declared of consent is said of the very list that one sends to."""

_TWO_WISHES = _l(
    "Ce courrier partirait maintenant, malgré le jour écrit ici : choisissez « Envoyer à une date "
    "choisie », ou effacez ce jour."
)

CHOICES_ALONE = frozenset(
    {
        *("taken_out", "on_paper", "without_agreement", "save_group", "pasted_status"),
        *("departure", "leaves_time", "names_sender", "consent_days"),
    }
)
"""Fields that say nothing where no other is filled in."""


def new_key() -> str:
    """Make what tells one filled form from another, so that it makes one letter only."""
    return secrets.token_urlsafe(24)


class LetterForm(RecipientForm):
    """What is sent; its recipients stand in the part of the form that names them."""

    key = HiddenField(default=new_key, validators=[Length(*KEY_LENGTHS)])
    subject = StringField(
        _l("Objet"),
        description=_l("Par exemple : Convocation à l’assemblée générale du 12 décembre."),
        validators=[
            DataRequired(_l("Écrivez l’objet du courrier.")),
            Length(
                max=SUBJECT_LENGTH,
                message=_l("L’objet ne peut pas dépasser %(max)d caractères."),
            ),
        ],
    )
    message = TextAreaField(
        _l("Message"),
        description=_l("Du texte simple, en paragraphes ; 10 000 caractères au plus."),
        validators=[
            DataRequired(_l("Écrivez le message.")),
            Length(
                max=MESSAGE_LENGTH,
                message=_l("Le message ne peut pas dépasser %(max)d caractères."),
            ),
        ],
    )
    own_reference = StringField(
        _l("Votre référence"),
        description=_l(
            "Pour retrouver ce courrier dans vos dossiers. Les destinataires ne la voient pas."
        ),
        validators=[
            Length(
                max=REFERENCE_LENGTH,
                message=_l("La référence ne peut pas dépasser %(max)d caractères."),
            )
        ],
    )
    names_sender = RadioField(
        _l("Le nom de l’expéditeur dans l’avis"),
        description=_l(
            "Le choix habituel de l’association est coché ; changez-le pour ce courrier seulement."
        ),
        choices=[
            SelectChoice("no", _l("Cacher l’expéditeur jusqu’à ce que le destinataire accepte")),
            SelectChoice("yes", _l("Nommer l’expéditeur : le destinataire sait qui lui écrit")),
        ],
        default=lambda: "yes" if actor().organisation.names_sender else "no",
    )
    meeting_on = DateField(
        _l("Date de la réunion"),
        description=_l(
            "Si ce courrier convoque à une réunion : Plirec dit le dernier jour d’envoi."
        ),
        validators=[Optional()],
    )

    departure = RadioField(
        _l("Départ"),
        choices=[
            SelectChoice(NOW, _l("Envoyer maintenant")),
            SelectChoice(LATER, _l("Envoyer à une date choisie")),
        ],
        default=NOW,
    )
    leaves_on = day_field(Optional())
    leaves_time = hour_field(Optional())

    def leaves_at(self) -> datetime | None:
        """Give the moment (UTC) at which the letter is to leave, None where it is now."""
        if self.departure.data != LATER:
            return None
        return moment_asked(self.leaves_on.data, self.leaves_time.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Hold the date of the departure against those that are possible, and against the choice.

        A letter that left at once although a day was written cannot be called back.
        """
        valid = bool(super().validate(extra_validators))
        if self.leaves_on.errors or self.leaves_time.errors:
            return valid
        if self.departure.data == LATER:
            problem = problem_with(self.leaves_at(), datetime.now(UTC))
        else:
            problem = _TWO_WISHES if self.leaves_on.data else None
        self.leaves_on.errors = [problem] if problem else []
        return valid and problem is None

    def process(self, *arguments: Any, **named: Any) -> None:
        """Say in French what is wrong with a date that is none."""
        super().process(*arguments, **named)
        if self.meeting_on.process_errors:
            self.meeting_on.process_errors = [_("Écrivez la date comme ceci : 2026-04-12.")]

    def filled(self) -> list[tuple[str, str]]:
        """Give the names and texts that a draft keeps, in the form's order."""
        return [
            (field.name, text)
            for field in self
            if field.name not in NOT_KEPT
            for text in _texts(field)
        ] + [(f"consent-{group}-means", means) for group, means in self.group_means.items()]


def _texts(field: Field) -> list[str]:
    """Give a field's texts as they came, or, where several are ticked, as they stand now."""
    if isinstance(field, SelectMultipleField):
        return [str(value) for value in field.data or ()]
    return [str(text) for text in field.raw_data or ()]
