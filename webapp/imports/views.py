"""Bringing a spreadsheet to a group: choosing the file, mending its lines, importing them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, request, send_file, url_for
from flask_babel import gettext as _

from webapp.accounts.access import many_recipients
from webapp.contacts.guide import STATUS_WORDS
from webapp.contacts.messages import FIELD_NAMES, Finding
from webapp.contacts.rules import FIELDS
from webapp.extensions import db
from webapp.imports import (
    editing,
    findings,
    forgetting,
    lines,
    queries,
    sources,
    staging,
    undoing,
    uploads,
)
from webapp.imports.asked import any_import, import_asked, require_in_use
from webapp.imports.commit import NothingReady, commit
from webapp.imports.labels import (
    ABSENT,
    BADGES,
    CHOICES,
    FILTER_NAMES,
    FILTER_NAMES_WHEN_DONE,
    FILTERS,
    OUTCOMES,
    OUTCOMES_WHEN_DONE,
    choices_for_all,
    comparison_sentence,
    what_was_imported,
)
from webapp.imports.models import Import, ImportRow
from webapp.imports.wording import summary_sentence
from webapp.sheets import notes
from webapp.sheets.tables import XLSX
from webapp.web import language
from webapp.web.pages import announce, redirect, render, wants_fragment
from webapp.web.paging import asked
from webapp.web.settings import current

blueprint = Blueprint("imports", __name__)


@blueprint.app_template_filter("finding")
def say_finding(finding: Finding) -> str:
    """Say what was found in the page's language."""
    return findings.describe(finding, _)


@blueprint.app_template_filter("imported")
def say_imported(import_: Import) -> str:
    """Say how many contacts an import brought."""
    return what_was_imported(import_.counts, len(import_.removed))


@blueprint.get("/groupes/modele.xlsx")
@many_recipients
def template() -> Response:
    """Give the workbook to fill in."""
    from webapp.contacts.template import template_workbook

    content = BytesIO(template_workbook(_))
    return send_file(content, XLSX, as_attachment=True, download_name=_("modele-plirec.xlsx"))


@blueprint.get("/imports/<int:import_id>")
@many_recipients
def review(import_id: int) -> Response:
    """Show step 2: the lines, those to correct first."""
    return _review(import_asked(import_id), "rows")


@blueprint.post("/imports/<int:import_id>/lignes/<int:number>")
@many_recipients
def edit(import_id: int, number: int) -> Response:
    """Take a line's cells as they were corrected; inputs that are on the page are left alone."""
    import_, row = import_and_row(import_id, number)
    texts = {field: request.form[field] for field in FIELDS if field in request.form}
    changed = editing.edit(db.session, import_, row, texts)
    db.session.commit()
    if not wants_fragment():
        return _back_to(import_, row)
    line = lines.laid_out(row, opened=texts)
    return render(
        "imports/_checked.html",
        "badge",
        "others",
        **_totals(import_),
        line=line,
        typed=texts,
        siblings=_shown(changed),
    )


@blueprint.post("/imports/<int:import_id>/lignes/<int:number>/ignorer")
@many_recipients
def ignore(import_id: int, number: int) -> Response:
    """Leave a line out."""
    import_, row = import_and_row(import_id, number)
    changed = editing.ignore(db.session, import_, row)
    return replaced(import_, row, changed)


@blueprint.post("/imports/<int:import_id>/lignes/<int:number>/reprendre")
@many_recipients
def restore(import_id: int, number: int) -> Response:
    """Take a line in again."""
    import_, row = import_and_row(import_id, number)
    changed = editing.restore(db.session, import_, row)
    return replaced(import_, row, changed)


@blueprint.post("/imports/<int:import_id>/importer")
@many_recipients
def finish(import_id: int) -> Response:
    """Bring the ready lines into the group, once; lead to those that still need correcting."""
    import_ = import_asked(import_id)
    require_in_use(import_.group)
    try:
        commit(db.session, import_, datetime.now(UTC))
    except NothingReady:
        db.session.commit()
        return _review(import_, "reason", status=422)
    db.session.commit()
    if queries.summary(import_).errors:
        announce(_("L’import est fait ; des lignes restent à corriger."))
        return redirect(url_for(".review", import_id=import_id))
    announce(say_imported(import_))
    return redirect(url_for("contacts.group", group_id=import_.group_id))


@blueprint.get("/imports/<int:import_id>/abandonner")
@many_recipients
def ask_to_abandon(import_id: int) -> Response:
    """Ask whether the lines are to be forgotten."""
    import_ = import_asked(import_id)
    if import_.committed_at:
        return redirect(url_for(".review", import_id=import_id))
    return render("imports/abandon.html", "main", **_totals(import_))


@blueprint.post("/imports/<int:import_id>/abandonner")
@many_recipients
def abandon(import_id: int) -> Response:
    """Forget the import and its lines, or stop reading it."""
    import_ = any_import(import_id)
    group_id, upload = import_.group_id, import_.upload
    staging.abandon(db.session, import_)
    db.session.commit()
    uploads.remove(uploads.folder_in(current().data_directory), upload)
    announce(_("Import abandonné : le groupe n’a pas changé."))
    return redirect(url_for("contacts.group", group_id=group_id))


@blueprint.errorhandler(staging.ImportClosed)
def show_it_is_done(error: staging.ImportClosed) -> Response:  # noqa: ARG001
    """Lead a double press, or another tab, to what was done."""
    db.session.rollback()
    announce(_("Cet import est déjà terminé : rien n’a été changé."), "warning")
    import_id = (request.view_args or {})["import_id"]
    return redirect(url_for(".review", import_id=import_id))


def import_and_row(import_id: int, number: int) -> tuple[Import, ImportRow]:
    """Give an import and one of its lines, or answer that there is none."""
    import_ = import_asked(import_id)
    return import_, queries.row_of(db.session, import_, number) or abort(404)


def _review(import_: Import, *blocks: str, status: int = 200) -> Response:
    place = _place()
    word, number = place.get("voir", ""), place.get("page", 1)
    page = queries.rows_page(db.session, import_, FILTERS[word], number)
    gone = queries.absent_page(db.session, import_, number) if word == ABSENT else None
    opened = request.args.get("ouvrir", type=int)
    shown = [
        lines.closed(row)
        if import_.committed_at
        else lines.laid_out(row, FIELDS if row.number == opened else ())
        for row in page.items
    ]
    context = _totals(import_) | {"is_refused": status != 200}
    return render(
        "imports/review.html",
        *blocks,
        status=status,
        **context,
        page=gone or page,
        lines=shown,
        gone=gone,
        absent=queries.absent_count(db.session, import_),
        has_cells=sources.layout_of(db.session, import_) is not None,
        for_all=choices_for_all(import_.counts),
        can_be_undone=undoing.is_possible(import_, datetime.now(UTC)),
        has_lapsed=forgetting.has_lapsed(import_, datetime.now(UTC)),
        notes=[notes.describe(note, language.PAGE) for note in notes.unpacked(import_.notes)],
        recurring=queries.recurring(db.session, import_),
        names=FIELD_NAMES,
        status_words=STATUS_WORDS.values(),
        filters=FILTER_NAMES_WHEN_DONE if import_.committed_at else FILTER_NAMES,
    )


def _totals(import_: Import) -> dict[str, Any]:
    counts = queries.summary(import_)
    is_done = import_.committed_at is not None
    return {
        "import_": import_,
        "counts": counts,
        "sentence": summary_sentence(counts, language.PAGE),
        "comparison": comparison_sentence(import_.counts),
        "choice_names": CHOICES,
        "place": _place(),
        "outcomes": OUTCOMES_WHEN_DONE if is_done else OUTCOMES,
        "badges": BADGES,
        "fields": FIELDS,
        "is_refused": False,
        "corrections": queries.corrections(db.session, import_),
    }


def _place() -> dict[str, Any]:
    """Give the filter and the page of the list that is shown, as the address says it."""
    place: dict[str, Any] = {}
    if request.args.get("voir") in FILTERS and request.args["voir"]:
        place["voir"] = request.args["voir"]
    page = asked(request.args)
    if page > 1:
        place["page"] = page
    return place


def replaced(import_: Import, row: ImportRow, changed: list[ImportRow]) -> Response:
    """Commit, and answer a line as it is now, with the others that the page shows."""
    db.session.commit()
    if not wants_fragment():
        return _back_to(import_, row)
    return render(
        "imports/_replaced.html",
        "row",
        "others",
        **_totals(import_),
        line=lines.laid_out(row),
        siblings=_shown(changed),
    )


def _shown(rows: Iterable[ImportRow]) -> list[lines.Line]:
    """Keep the rows that the page shows at this moment: it can be told of those only."""
    shown = set(request.form.getlist("shown", type=int))
    return [lines.laid_out(row) for row in rows if row.number in shown]


def _back_to(import_: Import, row: ImportRow) -> Response:
    announce(_("Ligne %(number)s : %(outcome)s.", number=row.number, outcome=OUTCOMES[row.outcome]))
    anchor = f"row-{row.number}"
    return redirect(url_for(".review", import_id=import_.id, **_place(), _anchor=anchor))
