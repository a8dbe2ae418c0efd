"""The headings under which lists that people keep have our fields, in French and English."""

ALIASES = {
    "email": (
        *("E-mail", "Email", "Mail", "Courriel", "Mél", "Adresse e-mail", "Adresse mail"),
        *("Adresse électronique", "Adresse courriel", "E-mail address"),
    ),
    "last_name": (
        *("Nom", "Nom de famille", "Nom de naissance", "Nom d’usage", "Patronyme"),
        *("Nom Prénom", "Nom et prénom", "Prénom Nom", "Nom complet"),
        *("Last name", "Surname", "Family name", "Name", "Full name"),
    ),
    "first_name": ("Prénom", "Prénoms", "Prénom(s)", "First name", "Given name", "Forename"),
    "company": (
        *("Raison sociale", "Société", "Entreprise", "Organisation", "Organisme", "Structure"),
        *("Nom de la société", "Dénomination", "Company", "Company name", "Organization"),
        *("Nom de l’entreprise", "Nom de l’organisme", "Nom de la structure"),
    ),
    "status": (
        "Statut",
        "Status",
        "Professionnel ou particulier",
        "Pro ?",
        "Pro/Part",
        "Pro / particulier",
    ),
    "address_1": (
        *("Adresse", "Adresse 1", "Adresse ligne 1", "Adresse (ligne 1)", "Adresse postale"),
        *("Rue", "Voie", "Numéro et rue", "Address", "Address 1", "Address line 1", "Street"),
    ),
    "address_2": (
        *("Complément", "Complément d’adresse", "Complément adresse", "Adresse 2"),
        *("Adresse ligne 2", "Adresse (ligne 2)", "Bâtiment", "Address 2", "Address line 2"),
    ),
    "postal_code": (*("Code postal", "CP", "C.P.", "Postal code", "Postcode", "ZIP", "ZIP code"),),
    "city": ("Ville", "Commune", "Localité", "City", "Town"),
    "country": ("Pays", "Country"),
}

_NEUTRAL = (
    "a adherent adherente adherents c client complet complete contact contacts d de des"
    " destinataire destinataires du facultatif fiche l la le les membre membres mon n notre"
    " obligatoire perso personne personnel personnelle principal principale requis valide votre vos"
    " main member members my of optional person primary recipient required the your"
)
NEUTRAL_WORDS = frozenset(_NEUTRAL.split())
"""Words around a heading that change nothing of what its column holds."""

NOT_OURS = {"county": "", "surnom": "", "pseudonyme": "", "societaire": ""}
"""Headings that look like ours and are not, by `heading_key`."""

POSSIBLE_STATUS = frozenset(
    ("type", "qualite", "categorie", "nature", "profil", "typedecontact", "typedemembre", "kind")
)
"""Headings (`heading_key`) under which a status stands, where the cells themselves say one."""
