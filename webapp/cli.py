"""The command `plirec`: gathers the words that each room gives it."""

import sys

import click

from config import ConfigurationError
from webapp.accounts.commands import users
from webapp.delivery.commands import bounces, worker
from webapp.desk.commands import (
    backup,
    database,
    files,
    organisation,
    restore,
    serve,
    status,
    web,
)
from webapp.evidence.commands import journal, proofs
from webapp.imports.commands import contacts


@click.group()
def plirec() -> None:
    """Plirec : le même courrier recommandé à plusieurs destinataires, et ses preuves."""


COMMANDS = (
    *(serve, web, worker, bounces, status, database, backup, restore),
    *(organisation, users, contacts, proofs, journal, files),
)
for command in COMMANDS:
    plirec.add_command(command)


def main() -> None:
    """Run the command; a setting that cannot be used ends it with one clear line."""
    try:
        plirec()
    except ConfigurationError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
