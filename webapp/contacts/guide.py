"""How the template is filled in, in words for its second sheet."""

from collections.abc import Callable
from typing import NamedTuple

from webapp.catalogue import N_
from webapp.contacts.rules import INDIVIDUAL, PROFESSIONAL

Translate = Callable[[str], str]
"""Says a text of the catalogue in some language."""

LIST_SHEET = N_("Destinataires")
TITLE = N_("Comment remplir la feuille « Destinataires »")

INTRODUCTION = (
    N_("Une ligne par destinataire. Ne changez pas les titres de la première ligne."),
    N_(
        "Pour chacun : le statut, un nom ou une raison sociale,"
        " et une adresse e-mail ou une adresse postale complète (ou les deux)."
    ),
    N_("Laissez vides les cases dont vous n’avez pas besoin. Enregistrez au format .xlsx."),
)

HEADINGS = (N_("Colonne"), N_("Que mettre"), N_("Un particulier"), N_("Un professionnel"))


STATUS_WORDS = {PROFESSIONAL: N_("professionnel"), INDIVIDUAL: N_("particulier")}
"""What stands in the column of the status: words that the rules read in any language."""


class Column(NamedTuple):
    """What belongs in one column, and what an individual and a professional may have there."""

    purpose: str
    individual: str
    professional: str

    def said(self, translate: Translate) -> tuple[str, str, str]:
        """Give its texts in another language; an example that is a name or a place stays."""
        individual, professional = (
            translate(example) if example in STATUS_WORDS.values() else example
            for example in (self.individual, self.professional)
        )
        return translate(self.purpose), individual, professional


COLUMNS = {
    "email": Column(
        N_("Une seule adresse e-mail. Sans elle, la personne ne peut rien recevoir par e-mail."),
        *("jeanne.morel@exemple.fr", "contact@boulangerie-exemple.fr"),
    ),
    "last_name": Column(
        N_("Le nom de famille. Il peut rester vide si la raison sociale est remplie."),
        *("Morel", "Petit"),
    ),
    "first_name": Column(N_("Le prénom."), "Jeanne", "Karim"),
    "company": Column(
        N_("Le nom de la société ou de l’organisme. Vide pour un particulier."),
        *("", "Boulangerie Petit"),
    ),
    "status": Column(
        N_("Obligatoire (la loi le demande) : choisissez dans la liste de la case."),
        *(STATUS_WORDS[INDIVIDUAL], STATUS_WORDS[PROFESSIONAL]),
    ),
    "address_1": Column(
        N_("Le numéro et la rue. Seulement pour un envoi sur papier, comme les cases suivantes."),
        *("12 rue des Tilleuls", "3 place du Marché"),
    ),
    "address_2": Column(
        N_("Bâtiment, escalier, étage, lieu-dit… si nécessaire."), "Bâtiment B", ""
    ),
    "postal_code": Column(N_("5 chiffres, avec le zéro du début."), "01000", "75011"),
    "city": Column(N_("La ville ou la commune."), "Bourg-en-Bresse", "Paris"),
    "country": Column(N_("Vide pour la France."), "", "France"),
}
"""By field, in the order of the template's columns."""
