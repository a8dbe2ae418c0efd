"""The command line's words on lists: `plirec contacts check` and `plirec contacts import`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from config import Config
from webapp.catalogue import FRENCH, N_

if TYPE_CHECKING:
    from webapp.contacts.models import Group
    from webapp.imports.checking import Report

_PROBLEM = N_("ligne %(row)s, %(field)s : %(message)s")


@click.group()
def contacts() -> None:
    """Listes de destinataires."""


@contacts.command()
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Écrire le résultat en un objet JSON.")
@click.pass_context
def check(context: click.Context, file: Path, as_json: bool) -> None:
    """Vérifier un tableau (.xlsx, .xls, .ods, .csv ou .tsv) sans rien enregistrer.

    Se termine par 0 si tout est en ordre, 1 si des lignes sont à corriger, 2 si le fichier ne peut
    pas être lu ou ne contient aucune ligne.
    """
    report = _report(context, Config.from_environment(), file)
    click.echo(_as_json(report) if as_json else _as_text(report))
    context.exit(1 if report.errors else 0)


@contacts.command("import")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--group", required=True, help="Le nom du groupe ; il est créé s’il n’existe pas.")
@click.option("--organisation", help="Le nom de l’association, s’il y en a plusieurs.")
@click.pass_context
def import_(context: click.Context, file: Path, group: str, organisation: str | None) -> None:
    """Importer les lignes prêtes d’un tableau (.xlsx, .xls, .ods, .csv ou .tsv) dans un groupe.

    Se termine par 0 si tout est en ordre, 1 si des lignes à corriger n’ont pas été importées, 2 si
    rien n’a pu être fait.
    """
    # Loaded here, so that `check` starts without the web and the database.
    from webapp import create_app
    from webapp.accounts.organisations import work_alone
    from webapp.database import release
    from webapp.evidence.start import require_database
    from webapp.extensions import db
    from webapp.imports import direct, sources

    config = Config.from_environment()
    with create_app(config).app_context():
        require_database()
        now = datetime.now(UTC)
        organisation_id = _organisation(context, organisation)
        headings = sources.choices(db.session, organisation_id)
        # Reading may take a minute: meanwhile nobody waits for this command's lock.
        db.session.rollback()
        report = _report(context, config, file, headings)
        context.call_on_close(release)
        work_alone(db.session, organisation_id)
        chosen = _group(context, organisation_id, group, now)
        try:
            report = direct.bring(db.session, chosen, file.name, report, now)
        except direct.NoAdministrator:
            _give_up(context, "Créez d’abord un compte d’administrateur pour cette association.")
        db.session.commit()
    click.echo(_as_text(report))
    context.exit(1 if report.errors else 0)


def _report(
    context: click.Context, config: Config, file: Path, headings: dict[str, str] | None = None
) -> Report:
    from webapp.imports.checking import check_file
    from webapp.sheets.limits import Limits
    from webapp.sheets.unreadable import UnreadableSheet

    try:
        limits = Limits(bytes=config.import_bytes, rows=config.import_rows)
        return check_file(file, limits, headings)
    except UnreadableSheet as unreadable:
        _give_up(context, str(unreadable))


def _organisation(context: click.Context, name: str | None) -> int:
    from webapp.accounts.organisations import Unclear, organisation_meant
    from webapp.extensions import db

    try:
        return organisation_meant(db.session, name)
    except Unclear as problem:
        _give_up(context, str(problem))


def _group(context: click.Context, organisation_id: int, name: str, now: datetime) -> Group:
    from webapp.contacts.book import NameMissing, NameTooLong, create_group
    from webapp.extensions import db
    from webapp.imports.asked import archived_sentence
    from webapp.imports.queries import group_named

    found = group_named(db.session, organisation_id, name)
    if found and found.archived_at:
        _give_up(context, archived_sentence(found))
    try:
        return found or create_group(db.session, organisation_id, name, now)
    except (NameMissing, NameTooLong):
        _give_up(context, "Donnez au groupe un nom de 1 à 120 caractères.")


def _give_up(context: click.Context, explanation: str) -> NoReturn:
    click.echo(explanation, err=True)
    context.exit(2)


def _as_json(report: Report) -> bytes:
    from webapp.imports.wording import COUNTS

    counts = {name: getattr(report, name) for name in COUNTS}
    notes = [
        {"code": note.code, "count": note.quantity, "names": note.names, "message": message}
        for note, message in zip(report.notes, _notes(report), strict=True)
    ]
    told = {**counts, "notes": notes, "problems": report.problems}
    return json.dumps(told, ensure_ascii=False).encode()


def _notes(report: Report) -> list[str]:
    from webapp.sheets.notes import describe

    return [describe(note, FRENCH) for note in report.notes]


def _as_text(report: Report) -> str:
    from webapp.contacts.messages import FIELD_NAMES
    from webapp.imports.findings import describe
    from webapp.imports.wording import summary_sentence

    problems = (
        _PROBLEM
        % {
            "row": line.number,
            "field": FIELD_NAMES[finding.field].lower(),
            "message": describe(finding, str),
        }
        for line in report.lines
        for finding in line.findings
    )
    return "\n".join((summary_sentence(report, FRENCH), *_notes(report), *problems))
