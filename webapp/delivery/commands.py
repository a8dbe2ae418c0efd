"""`plirec worker` carries notices, `bounces read` takes in what comes back, `proofs export`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from config import Config
from webapp.evidence.commands import proofs

if TYPE_CHECKING:
    from webapp.delivery.returns import TakenIn


@click.command()
@click.option("--once", is_flag=True, help="Faire tout ce qui est à faire, puis s’arrêter (cron).")
@click.pass_context
def worker(context: click.Context, once: bool) -> None:
    """Envoyer les avis et sceller les preuves, jusqu’à l’arrêt."""
    from datetime import UTC, datetime

    from webapp import create_app
    from webapp.cycles import keep_for_good
    from webapp.delivery import sightings
    from webapp.delivery.tasks import wake
    from webapp.evidence.start import require_sound
    from webapp.extensions import db
    from webapp.jobs import consume, do_once

    app = create_app(Config.from_environment())

    def say_alive() -> None:
        with app.app_context():
            sightings.note(db.session, datetime.now(UTC))

    with app.app_context():
        require_sound()
    keep_for_good()
    if once:
        say_alive()
        context.exit(0 if do_once(app) else 1)
    with app.app_context():
        # What became due while no worker ran is done at once, not at the next sweep.
        wake()
    consume(app, say_alive)


@click.group()
def bounces() -> None:
    """Lire les messages qui reviennent (adresse inconnue, boîte pleine…)."""


@bounces.command("read", help="Lit sur l’entrée un message revenu, et note ce qu’il dit.")
@click.option(
    "--to", "recipient", default="", metavar="ADRESSE", help="L’adresse où il est arrivé."
)
@click.pass_context
def read(context: click.Context, recipient: str) -> None:
    """Take in one message from a pipe.

    Exits with 0 when it is recorded, now or before; 65 when it is about no mail of this
    installation; 75 when it is to be handed over again later (sysexits: EX_DATAERR, EX_TEMPFAIL).
    """
    from sqlalchemy.exc import SQLAlchemyError

    from webapp.delivery.returned_mail import MOST_BYTES
    from webapp.delivery.returns import TakenIn
    from webapp.evidence.seal import WrongSealingKey

    content = sys.stdin.buffer.read(MOST_BYTES)
    try:
        outcome = _take_in(content, recipient)
    except WrongSealingKey as error:
        click.echo(str(error), err=True)
        context.exit(75)
    except (SQLAlchemyError, OSError) as error:
        # Whoever pipes a message in would lose it by any other end; the text may name addresses.
        click.echo(f"À rendre plus tard\u00a0: {type(error).__name__}.", err=True)
        context.exit(75)
    click.echo(outcome)
    codes = {TakenIn.UNKNOWN: 65, TakenIn.EARLY: 75}
    context.exit(codes.get(outcome, 0))


def _take_in(content: bytes, recipient: str) -> "TakenIn":
    from datetime import UTC, datetime

    from webapp import create_app
    from webapp.accounts.mail_settings import with_mail_settings
    from webapp.delivery.returns import take_in
    from webapp.delivery.tasks import wake
    from webapp.evidence.seal import require_own
    from webapp.extensions import db
    from webapp.web.settings import current

    with create_app(Config.from_environment()).app_context():
        require_own(db.session, current().keys_directory)
        config = with_mail_settings(db.session, current())
        outcome = take_in(db.session, config, content, recipient, datetime.now(UTC))
        db.session.commit()
        wake()
    return outcome


@proofs.command("export", help="Écrit toutes les preuves d’un courrier dans une archive ZIP.")
@click.argument("number", metavar="NUMÉRO")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.pass_context
def export(context: click.Context, number: str, file: Path) -> None:
    """Write the ZIP of a letter; exit 1 if there is no such letter, 2 if it cannot be written."""
    from webapp import create_app
    from webapp.database import reading_only
    from webapp.evidence.start import require_database

    with create_app(Config.from_environment()).app_context():
        require_database()
        # A long reading must not hold the lock that the running installation writes under.
        was = reading_only.set(True)
        try:
            was_written = _export(number, file)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            click.echo(f"Le fichier {file} ne peut pas être écrit\u00a0: {reason}.", err=True)
            context.exit(2)
        finally:
            reading_only.reset(was)
    if not was_written:
        click.echo(f"Aucun courrier ne porte le numéro {number}.", err=True)
        context.exit(1)
    click.echo(f"Les preuves du courrier {number} sont dans {file}.")


def _export(number: str, file: Path) -> bool:
    from datetime import UTC, datetime

    from sqlalchemy import select

    from webapp.delivery.archive import write_archive
    from webapp.extensions import db
    from webapp.letters.models import Letter
    from webapp.web.settings import current

    letter = db.session.scalar(select(Letter).where(Letter.number == number))
    if letter is None:
        return False
    # "x": an archive that is there already is not overwritten.
    with file.open("xb") as target:
        write_archive(db.session, letter, current(), target, datetime.now(UTC))
    return True
