"""The commands about proofs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from webapp.evidence.verification import Verdict


@click.group("proofs", help="Les preuves scellées.")
def proofs() -> None:
    """Gather the commands about proofs."""


@proofs.command("verify", help="Dit si un PDF est une preuve authentique de cette installation.")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.pass_context
def verify_file(context: click.Context, file: Path) -> None:
    """Print the verdict on a file and its steps; exit 0 genuine, 1 not genuine, 2 unreadable."""
    from webapp.evidence.verification import Answer

    try:
        content = file.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        click.echo(f"Le fichier {file} ne peut pas être lu\u00a0: {reason}.", err=True)
        context.exit(2)
    verdict = _verdict(content)
    click.echo(verdict.text)
    for step in verdict.steps:
        click.echo(f"  {'oui' if step.passed else 'NON'}  {step.text}")
    context.exit(0 if verdict.answer is Answer.GENUINE else 1)


@click.group("journal", help="Le journal.")
def journal() -> None:
    """Gather the commands about the journal."""


@journal.command("verify", help="Dit si le journal entier et ses racines sont restés tels quels.")
@click.pass_context
def verify_journal(context: click.Context) -> None:
    """Print each fault with its place; exit 0 when there is none, 1 otherwise."""
    from config import Config
    from webapp import create_app
    from webapp.database import reading_only
    from webapp.evidence.fault_words import told
    from webapp.evidence.integrity import verify_all
    from webapp.evidence.start import require_database
    from webapp.extensions import db

    with create_app(Config.from_environment()).app_context():
        # A long reading must not hold the lock that the running installation writes under.
        was = reading_only.set(True)
        try:
            require_database()
            found = verify_all(db.session)
            db.session.rollback()
        finally:
            reading_only.reset(was)
        db.engine.dispose()
    for fault in found:
        click.echo(told(fault))
    if not found:
        click.echo("Le journal est entier, et conforme à toutes ses racines.")
    context.exit(1 if found else 0)


def _verdict(content: bytes) -> "Verdict":
    from config import Config
    from webapp import create_app
    from webapp.evidence.proofs import is_stored
    from webapp.evidence.seal import fingerprints
    from webapp.evidence.start import require_database
    from webapp.evidence.verification import verify
    from webapp.extensions import db

    with create_app(Config.from_environment()).app_context():
        require_database()
        return verify(
            content, fingerprints(db.session), lambda digest: is_stored(db.session, digest)
        )
