"""What each finding of the rules says to a person, and what every field is called."""

from collections.abc import Callable
from typing import NamedTuple

from webapp.catalogue import N_

FIELD_NAMES = {
    "email": N_("E-mail"),
    "last_name": N_("Nom"),
    "first_name": N_("Prénom"),
    "company": N_("Raison sociale"),
    "status": N_("Statut"),
    "address_1": N_("Adresse"),
    "address_2": N_("Complément"),
    "postal_code": N_("Code postal"),
    "city": N_("Ville"),
    "country": N_("Pays"),
}

MESSAGES = {
    "status_missing": N_("Indiquez le statut : professionnel ou particulier (la loi le demande)."),
    "status_unknown": N_("Ce statut n’est pas connu : écrivez professionnel ou particulier."),
    "email_invalid": N_(
        "Cette adresse e-mail n’est pas valable : vérifiez-la (exemple : prenom.nom@exemple.fr)."
    ),
    "email_several": N_(
        "Cette case contient plusieurs adresses e-mail : gardez-en une seule,"
        " ou faites une ligne par personne."
    ),
    "email_domain_typo": N_(
        "Vouliez-vous écrire %(suggestion)s ? Vérifiez la fin de l’adresse e-mail."
    ),
    "unreachable": N_(
        "Indiquez une adresse e-mail, ou une adresse postale complète"
        " (adresse, code postal, ville)."
    ),
    "name_missing": N_("Indiquez un nom ou une raison sociale."),
    "individual_without_name": N_(
        "Un particulier a d’habitude un nom : indiquez-le, ou corrigez le statut."
    ),
    "professional_without_company": N_(
        "Un professionnel a d’habitude une raison sociale :"
        " indiquez-la si vous la connaissez, ou corrigez le statut."
    ),
    "street_missing": N_(
        "L’adresse postale est incomplète : indiquez la rue et le numéro pour l’envoi sur papier."
    ),
    "postal_code_missing": N_(
        "L’adresse postale est incomplète : indiquez le code postal pour l’envoi sur papier."
    ),
    "city_missing": N_(
        "L’adresse postale est incomplète : indiquez la ville pour l’envoi sur papier."
    ),
    "postal_code_invalid": N_(
        "Ce code postal n’existe pas en France : il faut 5 chiffres (exemple : 75001)."
        " Pour un autre pays, remplissez la case Pays."
    ),
    "postal_code_completed": N_(
        "Le zéro du début manquait : nous lisons %(completed)s. Corrigez si ce n’est pas cela."
    ),
    "line_too_long": N_(
        "Sur l’enveloppe, cette ligne fera %(length)s caractères au lieu de %(limit)s au plus :"
        " raccourcissez-la si vous le pouvez. Elle ne sera jamais coupée."
    ),
    "duplicate": N_(
        "Cette personne est déjà à la ligne %(row)s : elle ne sera reprise qu’une fois."
    ),
    "stands_in_group": N_(
        "Cette personne est déjà dans le groupe : modifiez sa ligne au lieu de l’ajouter."
    ),
    "too_long": N_("Ce texte est trop long : écrivez %(limit)s caractères au plus."),
    "control_character": N_(
        "Cette case contient un caractère invisible interdit (%(character)s) :"
        " effacez la case et tapez le texte à nouveau."
    ),
    "spreadsheet_error": N_(
        "Cette case contient une erreur du tableur (%(word)s) : tapez la valeur à la place."
    ),
    "formula_without_value": N_(
        "Cette case contient une formule dont le fichier ne garde pas le résultat :"
        " tapez la valeur à la place."
    ),
    "cell_is_date": N_(
        "Cette case ressemble à une date (%(text)s) : si ce n’est pas ce qui devait"
        " y être, corrigez-la."
    ),
    "cell_is_truth": N_(
        "Cette case contient un « vrai ou faux » du tableur, lu « %(text)s » :"
        " corrigez si ce n’est pas cela."
    ),
}
"""By code; `%(name)s` is filled with the finding's parameter of that name."""


class Finding(NamedTuple):
    """What a rule says of one field; a filled and wrong one is an error, an odd one a warning."""

    field: str
    """One of `rules.FIELDS`."""
    code: str
    """A key of `MESSAGES`."""
    severity: str
    """Either `error` or `warning`."""
    parameters: dict[str, str]

    @property
    def message(self) -> str:
        """The French text, for a person."""
        return describe(self, str)


def describe(finding: Finding, translate: Callable[[str], str]) -> str:
    """Say a finding in the language of `translate` (`flask_babel.gettext` on a page)."""
    return translate(MESSAGES[finding.code]) % finding.parameters


def error(field: str, code: str, **parameters: str) -> Finding:
    """Find a field wrong: the recipient cannot be kept like this."""
    return Finding(field, code, "error", parameters)


def warning(field: str, code: str, **parameters: str) -> Finding:
    """Find a field odd: the recipient can be kept, and a person should look."""
    return Finding(field, code, "warning", parameters)
