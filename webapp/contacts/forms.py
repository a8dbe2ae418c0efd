"""The forms of the group pages."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from webapp.contacts.book import (
    NAME_LENGTH,
    GroupNameProblem,
    NameMissing,
    NameTaken,
    NameTooLong,
)
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


def explained(problem: GroupNameProblem) -> str:
    """Say in words why a group cannot have a name."""
    explanations = {
        NameMissing: _("Écrivez le nom du groupe."),
        NameTooLong: _("Le nom du groupe est trop long : raccourcissez-le."),
        NameTaken: _("Un groupe porte déjà ce nom : choisissez-en un autre, ou ouvrez-le."),
    }
    return str(explanations[type(problem)])
