"""The forms of the group pages."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Length

from webapp.contacts.book import (
    NAME_LENGTH,
    GroupNameProblem,
    NameMissing,
    NameTaken,
    NameTooLong,
)
from webapp.contacts.models import Group
from webapp.web.forms import Form


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


def explained(problem: GroupNameProblem) -> str:
    """Say in words why a group cannot have a name."""
    explanations = {
        NameMissing: _("Écrivez le nom du groupe."),
        NameTooLong: _("Le nom du groupe est trop long : raccourcissez-le."),
        NameTaken: _("Un groupe porte déjà ce nom : choisissez-en un autre, ou ouvrez-le."),
    }
    return str(explanations[type(problem)])
