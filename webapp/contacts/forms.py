"""The forms of the group pages."""

from collections.abc import Iterable
from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    ValidationError,
)

from webapp.contacts.book import (
    NAME_LENGTH,
    GroupNameProblem,
    NameMissing,
    NameTaken,
    NameTooLong,
)
from webapp.contacts.consent_models import LONGEST, SHORTEST, USUAL
from webapp.contacts.consents import day_of
from webapp.contacts.models import Group
from webapp.web.forms import Form

MEANS_LENGTH = 500
OLDEST_YEAR = 1990
"""Nobody agreed to anything by e-mail before: an older year is a slip of the finger."""


class GroupForm(Form):
    """A group's name."""

    name = StringField(
        _l("Nom du groupe"),
        description=_l("Par exemple : Adhérents 2026, Bureau, Copropriétaires."),
        validators=[
            DataRequired(_l("Écrivez le nom du groupe.")),
            Length(max=NAME_LENGTH, message=_l("Le nom ne peut pas dépasser %(max)d caractères.")),
        ],
    )

    def refuse(self, problem: GroupNameProblem) -> None:
        """Tie what the address book says of the name to its field."""
        self.name.errors = [*self.name.errors, explained(problem)]


class DestinationForm(Form):
    """To which group contacts go: one of those that are there, or a new one by its name."""

    group = SelectField(_l("Groupe"), validate_choice=False)
    name = StringField(_l("Nom d’un nouveau groupe"))

    def offer(self, groups: Iterable[Group]) -> None:
        """Give the groups to choose from."""
        nothing = SelectChoice("", _l("Un nouveau groupe, nommé ci-dessous"))
        self.group.choices = [
            nothing,
            *(SelectChoice(str(group.id), group.name) for group in groups),
        ]

    def refuse(self, problem: GroupNameProblem) -> None:
        """Tie what the address book says of the new name to its field."""
        missing = _("Choisissez un groupe, ou écrivez le nom d’un nouveau groupe.")
        text = missing if isinstance(problem, NameMissing) else explained(problem)
        self.name.errors = [text]


class IntoForm(Form):
    """Into which of the other groups all contacts of one go."""

    group = SelectField(_l("Groupe qui reçoit les contacts"), validate_choice=False)

    def offer(self, groups: Iterable[Group]) -> None:
        """Give the groups to choose from."""
        self.group.choices = [
            SelectChoice("", _l("Choisissez un groupe")),
            *(SelectChoice(str(group.id), group.name) for group in groups),
        ]


class ConsentForm(Form):
    """How and when individuals agreed to receive registered letters by e-mail."""

    means = StringField(
        _l("Comment"),
        description=_l(
            "Par exemple : case cochée sur le bulletin d’adhésion. Cette phrase figure sur les "
            "preuves : n’écrivez que ce que vous pourriez montrer."
        ),
        validators=[
            DataRequired(_l("Écrivez comment l’accord a été donné.")),
            Length(max=MEANS_LENGTH, message=_l("%(max)d caractères au plus.")),
        ],
    )
    given_on = DateField(
        _l("Quand"),
        description=_l("Le jour où l’accord a été donné."),
        validators=[InputRequired(_l("Choisissez le jour où l’accord a été donné."))],
    )

    document = FileField(
        _l("Document"),
        description=_l(
            "Le papier signé ou le message où l’accord est écrit : un PDF, une photo (JPEG, PNG) "
            "ou un texte, 10 Mo au plus. Il est gardé avec l’accord."
        ),
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png,.txt"},
    )

    def validate_given_on(self, field: DateField) -> None:
        """Refuse a day to come: consent comes before the send (CPCE art. L100)."""
        if field.data and field.data > day_of(datetime.now(UTC)):
            raise ValidationError(_("Ce jour n’est pas encore venu."))
        if field.data and field.data.year < OLDEST_YEAR:
            raise ValidationError(_("Vérifiez l’année."))


class AskingForm(Form):
    """How long individuals have to answer whether they agree."""

    days = IntegerField(
        _l("Délai pour répondre, en jours"),
        description=_l(
            "De 3 à 30 jours, comptés à partir du lendemain du message. Sans réponse, c’est un "
            "refus."
        ),
        default=USUAL,
        validators=[
            InputRequired(_l("Écrivez un nombre de jours.")),
            NumberRange(SHORTEST, LONGEST, _l("Écrivez un nombre entre %(min)s et %(max)s.")),
        ],
        render_kw={"size": 4, "inputmode": "numeric", "autocomplete": "off"},
    )


def explained(problem: GroupNameProblem) -> str:
    """Say in words why a group cannot have a name."""
    explanations = {
        NameMissing: _("Écrivez le nom du groupe."),
        NameTooLong: _("Le nom du groupe est trop long : raccourcissez-le."),
        NameTaken: _("Un groupe porte déjà ce nom : choisissez-en un autre, ou ouvrez-le."),
    }
    return str(explanations[type(problem)])
