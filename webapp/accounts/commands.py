"""`plirec users`: accounts by the command line."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from config import Config

if TYPE_CHECKING:
    from webapp.accounts.models import User
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


@users.command("disable")
@click.option("--email", required=True, help="L’adresse e-mail du compte.")
def disable(email: str) -> None:
    """Désactive un compte : ses connexions s’arrêtent, ses courriers restent à l’association."""
    from webapp import create_app
    from webapp.accounts import team
    from webapp.evidence.start import require_database
    from webapp.extensions import db

    with create_app(Config.from_environment()).app_context():
        require_database()
        user = _account(email)
        try:
            team.disable(db.session, user, None, datetime.now(UTC))
        except team.LastAdministrator:
            raise click.ClickException(
                "c’est le dernier administrateur de l’association : faites-en d’abord un autre."
            ) from None
        db.session.commit()
        click.echo(f"Compte désactivé : {user.name} <{user.email}>.")


@users.command("reset")
@click.option("--email", required=True, help="L’adresse e-mail du compte.")
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Lire le nouveau mot de passe sur l’entrée standard, au lieu d’écrire un lien.",
)
@click.option(
    "--lost-telephone",
    is_flag=True,
    help="Retirer aussi le deuxième facteur : téléphone et codes de secours sont perdus.",
)
def reset(email: str, password_stdin: bool, lost_telephone: bool) -> None:
    """Écrit un lien pour choisir un nouveau mot de passe (une fois, pendant une heure)."""
    from webapp import create_app
    from webapp.accounts import password_links, second_factor
    from webapp.accounts.users import CommonPassword, WeakPassword
    from webapp.evidence.start import require_database
    from webapp.extensions import db

    config = Config.from_environment()
    with create_app(config).app_context():
        require_database()
        user, now = _account(email), datetime.now(UTC)
        if not user.active:
            raise click.ClickException("ce compte est désactivé.")
        if lost_telephone:
            second_factor.turn_off(db.session, user.id)
        if password_stdin:
            try:
                password_links.replace_password(db.session, user, _password(), now)
            except (WeakPassword, CommonPassword) as problem:
                raise click.ClickException(_explanation(problem)) from None
            told = f"Nouveau mot de passe enregistré pour {user.email} ; ses connexions s’arrêtent."
        else:
            token = password_links.make_link(db.session, user, None, now)
            told = _address(config, f"/mot-de-passe/{token}")
        db.session.commit()
    click.echo(told)


def _address(config: Config, path: str) -> str:
    from webapp.accounts.messages import post
    from webapp.extensions import db

    return post(db.session, config).link(path)


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
    from webapp.accounts.organisations import Unclear, organisation_meant
    from webapp.extensions import db

    try:
        return organisation_meant(db.session, name)
    except Unclear as problem:
        raise click.ClickException(str(problem)) from None


def _account(email: str) -> "User":
    from sqlalchemy import select

    from webapp.accounts.models import User
    from webapp.extensions import db

    user = db.session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise click.ClickException(f"aucun compte n’a l’adresse {email}.")
    return user


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
