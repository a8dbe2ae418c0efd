"""The invented people of the demonstration: an association, its members, its board, companies."""

from itertools import product

from webapp.accounts.organisations import Identity

LAVOIR = Identity(
    name="Les Amis du Lavoir",
    address_1="3 rue du Lavoir",
    address_2="",
    postal_code="01000",
    city="Bourg-en-Bresse",
    country="",
    email="bureau@lavoir.example",
    names_sender=False,
    language="fr",
)
"""The association that tests and measures are about too."""

FIRST_NAMES = (
    "Louise", "Marc", "Élodie", "Jean-Pierre", "Nadia", "Hervé", "Solène", "Ahmed", "Brigitte",
    "Tomás", "Anaïs", "Mireille",
)  # fmt: skip
LAST_NAMES = (
    "Blanc", "Dubois", "Noël", "Lefèvre", "Benali", "Le Goff", "D’Angelo", "Garcia", "Roux",
    "Müller", "Perret", "Chapuis",
)  # fmt: skip
STREETS = ("rue des Lilas", "avenue de la Gare", "chemin du Moulin", "place de l’Église")
TOWNS = (("01000", "Bourg-en-Bresse"), ("69003", "Lyon"), ("71000", "Mâcon"), ("39000", "Lons"))
COMPANIES = (
    "Imprimerie Chapuis", "Boulangerie du Pont", "Mairie de Viriat", "Mairie de Péronnas",
    "Garage Perret", "Fleurs & Cie", "Cabinet Müller", "Électricité Roux", "Banque du Revermont",
    "Assurances Bressanes", "Menuiserie Le Goff", "Librairie des Halles", "Traiteur Garcia",
    "Plomberie Benali", "Office de tourisme", "Comité des fêtes", "École de musique",
    "Paroisse Notre-Dame", "Centre social", "Papeterie Noël", "Serrurerie Blanc", "Optique Lefèvre",
    "Pharmacie de la Gare", "Transports Dubois", "Jardins de l’Ain", "Photo Anaïs",
    "Clinique de l’Étang", "Le Progrès local", "Sécurité Bresse", "Nettoyage 01",
    "Crédit du Lavoir", "Notaires associés", "Huissiers de l’Ain", "Caves du Bugey",
    "Ferme du Four", "Théâtre municipal", "Piscine de Carré d’Eau", "Syndicat des eaux",
)  # fmt: skip

Texts = dict[str, str]


def members() -> list[Texts]:
    """Give a hundred individuals; one in twelve has no e-mail, half have a postal address."""
    pairs = list(product(LAST_NAMES, FIRST_NAMES))[:100]
    return [_person(number, last, first) for number, (last, first) in enumerate(pairs)]


def board() -> list[Texts]:
    """Give the twelve of the board, who are members too."""
    return members()[4::8][:12]


def suppliers() -> list[Texts]:
    """Give companies and town halls, all of them professionals."""
    return [_company(number, name) for number, name in enumerate(COMPANIES)]


def _person(number: int, last: str, first: str) -> Texts:
    texts = {"last_name": last, "first_name": first, "status": "particulier"}
    if number % 12 != 7:
        texts["email"] = f"{_plain(first)}.{_plain(last)}@courriel.example"
    if number % 2 or "email" not in texts:
        texts |= _address(number)
    return texts


def _company(number: int, name: str) -> Texts:
    texts = {"company": name, "status": "professionnel"} | _address(number)
    if number % 9 != 4:
        texts["email"] = f"contact{number + 1}@entreprise.example"
    return texts


def _address(number: int) -> Texts:
    postal_code, city = TOWNS[number % len(TOWNS)]
    street = STREETS[number % len(STREETS)]
    return {"address_1": f"{number + 1} {street}", "postal_code": postal_code, "city": city}


def _plain(name: str) -> str:
    accents = str.maketrans("éèëôïüáÉ’ ", "eeeoiuae--")
    return name.lower().translate(accents)
