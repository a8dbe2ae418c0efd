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
    ),
    "status": ("Statut", "Status", "Professionnel ou particulier", "Pro ?"),
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
