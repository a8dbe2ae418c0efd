"""The commands about proofs."""

from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from webapp.evidence.verdicts import Verdict


@click.group("proofs", help="Les preuves scellées.")
def proofs() -> None:
    """Gather the commands about proofs."""


@proofs.command(
    "verify",
    help="Dit si un PDF, ou l’archive d’un courrier, est authentique et de cette installation.",
)
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.pass_context
def verify_file(context: click.Context, file: Path) -> None:
    """Print the verdict on a file and its steps; exit 0 genuine, 1 not genuine, 2 unreadable."""
    from webapp.evidence.verdicts import Answer

    try:
        with file.open("rb") as opened:
            verdict = _verdict(opened)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        click.echo(f"Le fichier {file} ne peut pas être lu\u00a0: {reason}.", err=True)
        context.exit(2)
    click.echo(verdict.text)
    if verdict.is_trial:
        click.echo("ESSAI\u00a0: ce courrier était un essai, sans aucune valeur.")
    for step in verdict.steps:
        click.echo(f"  {'oui' if step.passed else 'NON'}  {step.text}")
        for place in step.places:
            click.echo(f"         {place!r}")
    context.exit(0 if verdict.answer is Answer.GENUINE else 1)


@click.group("journal", help="Le journal.")
def journal() -> None:
    """Gather the commands about the journal."""


@journal.command(
    "verify",
    help="Dit si le journal, ses racines, ses preuves et ses fichiers sont restés tels quels.",
)
@click.pass_context
def verify_journal(context: click.Context) -> None:
    """Print each fault with its place; exit 0 when there is none, 1 otherwise."""
    from datetime import UTC, datetime

    from config import Config
    from webapp import create_app
    from webapp.database import reading_only
    from webapp.evidence import proof_check
    from webapp.evidence.fault_words import told
    from webapp.evidence.integrity import verify_all
    from webapp.evidence.start import require_database
    from webapp.extensions import db

    config = Config.from_environment()
    with create_app(config).app_context():
        # A long reading must not hold the lock that the running installation writes under.
        was = reading_only.set(True)
        try:
            require_database()
            found = verify_all(db.session)
            found += proof_check.faults(db.session, config.files_directory, datetime.now(UTC))
            db.session.rollback()
        finally:
            reading_only.reset(was)
        db.engine.dispose()
    for fault in found:
        click.echo(told(fault))
    if not found:
        click.echo("Le journal est entier, conforme à toutes ses racines, et chaque preuve est là.")
    context.exit(1 if found else 0)


def _verdict(file: IO[bytes]) -> "Verdict":
    from config import Config
    from webapp import create_app
    from webapp.evidence.archive_file import Bounds
    from webapp.evidence.examination import examine
    from webapp.evidence.start import require_database
    from webapp.extensions import db

    with create_app(Config.from_environment()).app_context():
        require_database()
        bounds = Bounds(unfolded=4 * 1024**3, parts=1_000_000, proofs=1_000_000)
        return examine(db.session, file, bounds)
