"""What an installation checks before it starts: its seal is there, and is its own."""

import sys
from datetime import UTC, datetime

import click
from sqlalchemy import inspect

from webapp.evidence import seal, triggers, witness_guards
from webapp.evidence.models import SealingKey
from webapp.extensions import db
from webapp.web.settings import current


def require_database() -> None:
    """Stop with one line that says what to do while the database is not there, or not the key.

    Leaves no transaction open.
    """
    if not inspect(db.engine).has_table(SealingKey.__tablename__):
        _stop("La base de données n’est pas prête : lancez d’abord « plirec database upgrade ».")
    if trouble := key_trouble():
        _stop(trouble)


def key_trouble() -> str:
    """Say, in French, what is wrong with the seal's key and what to do; empty: nothing is.

    For a word that goes on all the same. Leaves no transaction open.
    """
    try:
        seal.require_own(db.session, current().keys_directory)
    except seal.WrongSealingKey as error:
        return str(error)
    finally:
        db.session.rollback()
    return ""


def require_sound() -> None:
    """Register the sealing key at the first start; afterwards stop unless all is as it was.

    Stops with one line that says what to do when the database is not there yet, when its guards
    against changes to the journal are missing, or when the key is another.
    """
    require_database()
    with db.engine.connect() as connection:
        missing = triggers.GUARDS.missing(connection) | witness_guards.GUARDS.missing(connection)
    if missing:
        _stop(
            "La base de données a perdu ses protections du journal "
            f"({', '.join(sorted(missing))}) : restaurez la dernière sauvegarde."
        )
    try:
        seal.register(db.session, current().keys_directory, datetime.now(UTC))
    except seal.WrongSealingKey as error:
        _stop(str(error))
    db.session.commit()


def _stop(explanation: str) -> None:
    click.echo(explanation, err=True)
    sys.exit(2)
