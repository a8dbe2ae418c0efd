"""`plirec users`: accounts by the command line."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from config import Config

if TYPE_CHECKING:
    from webapp.accounts.users import AccountError

KINDS = {
    "administrateur": "administrator",
    "administré": "managed",
    "administre": "managed",
    "simple": "simple",
    "administrator": "administrator",
    "managed": "managed",
}
"""What one may write for each kind of account."""


@click.group("users")
def users() -> None:
    """Les comptes : qui peut se connecter."""


@users.command("create")
@click.option("--email", required=True, help="L’adresse e-mail avec laquelle on se connecte.")
@click.option("--name", required=True, help="Le nom de la personne.")
@click.option(
    "--kind",
    required=True,
    type=click.Choice(list(KINDS), case_sensitive=False),
    help="La sorte de compte. Un compte simple envoie à un seul destinataire.",
)
@click.option("--organisation", help="Son nom, s’il y en a plusieurs.")
def create(email: str, name: str, kind: str, organisation: str | None) -> None:
    """Crée un compte. Le mot de passe est demandé, ou lu sur l’entrée standard."""
    from webapp import create_app
    from webapp.accounts.models import Kind
    from webapp.accounts.users import AccountError, create_user
    from webapp.evidence.start import require_database
    from webapp.extensions import db

    app = create_app(Config.from_environment())
    with app.app_context():
        require_database()
        organisation_id = _organisation(organisation)
        try:
            user = create_user(
                db.session,
                organisation_id,
                name,
                email,
                _password(),
                Kind(KINDS[kind.lower()]),
                datetime.now(UTC),
            )
        except AccountError as problem:
            raise click.ClickException(_explanation(problem)) from None
        db.session.commit()
        click.echo(f"Compte créé : {user.name} <{user.email}>.")


def _password() -> str:
    if sys.stdin.isatty():
        password: str = click.prompt(
            "Mot de passe (12 caractères au moins)",
            hide_input=True,
            confirmation_prompt="Encore une fois",
        )
        return password
    return sys.stdin.readline().rstrip("\r\n")


def _organisation(name: str | None) -> int:
    from sqlalchemy import select

    from webapp.accounts.models import Organisation
    from webapp.extensions import db

    known = db.session.execute(
        select(Organisation.name, Organisation.id).order_by(Organisation.name)
    ).all()
    if not known:
        raise click.ClickException(
            "aucune association n’existe encore : ouvrez d’abord la page /bienvenue."
        )
    matching = [number for known_name, number in known if name in (None, known_name)]
    if len(matching) != 1:
        names = ", ".join(f"« {known_name} »" for known_name, _ in known)
        raise click.ClickException(f"dites laquelle avec --organisation : {names}.")
    return matching[0]


def _explanation(problem: "AccountError") -> str:
    from webapp.accounts import users as accounts

    explanations: dict[type[accounts.AccountError], str] = {
        accounts.NameMissing: "le nom est vide.",
        accounts.EmailInvalid: "cette adresse e-mail n’est pas valable.",
        accounts.EmailTaken: "un compte existe déjà avec cette adresse e-mail.",
        accounts.WeakPassword: "le mot de passe doit avoir entre 12 et 256 caractères.",
        accounts.CommonPassword: (
            "ce mot de passe serait vite deviné : choisissez une phrase de quatre mots "
            "sans rapport entre eux."
        ),
    }
    return explanations[type(problem)]
