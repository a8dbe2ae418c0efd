"""Drafts: keeping one, coming back to it, forgetting it."""

from flask import Blueprint, Response, abort, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from webapp.accounts.access import actor, signed_in
from webapp.compose import drafts
from webapp.compose.forms import LetterForm
from webapp.compose.models import Draft
from webapp.compose.rows import typed_rows
from webapp.compose.send_page import FIRST_ROW, came_rows, keep, page
from webapp.extensions import db
from webapp.letters.submission import submitted_before
from webapp.web.pages import announce, redirect, render

blueprint = Blueprint("drafts", __name__, url_prefix="/envoyer/brouillons")


@blueprint.post("")
@signed_in
def save() -> Response:
    """Keep the form as it stands, for who works without JavaScript or wants to be sure."""
    draft = keep(LetterForm(), came_rows())
    db.session.commit()
    if draft is None:
        announce(_("Rien n’est écrit : il n’y a pas encore de brouillon."), "warning")
        return redirect(url_for("compose.form"))
    announce(_("Brouillon enregistré."))
    return redirect(url_for(".draft", key=draft.key))


@blueprint.get("/<key>")
@signed_in
def draft(key: str) -> Response:
    """Show the form as it was left; a letter that has left meanwhile is shown instead."""
    found = drafts.draft_of(db.session, actor(), key)
    if found is None:
        sent = submitted_before(db.session, drafts.submission_key(actor(), key)) or abort(404)
        return redirect(url_for("delivery.letter", number=sent.number))
    return page(_form(found), typed_rows((name, text) for name, text in found.fields) or FIRST_ROW)


@blueprint.get("/<key>/supprimer")
@signed_in
def ask_to_delete(key: str) -> Response:
    """Ask whether the draft is to be forgotten."""
    return render("compose/delete_draft.html", "main", draft=_draft(key))


@blueprint.post("/<key>/supprimer")
@signed_in
def delete(key: str) -> Response:
    """Forget the draft and its list of files."""
    drafts.discard(db.session, actor(), _draft(key).key)
    db.session.commit()
    announce(_("Brouillon supprimé."))
    return redirect(url_for("compose.form"))


def _form(draft: Draft) -> LetterForm:
    fields = MultiDict([(name, text) for name, text in draft.fields])
    return LetterForm(formdata=MultiDict([*fields.items(multi=True), ("key", draft.key)]))


def _draft(key: str) -> Draft:
    return drafts.draft_of(db.session, actor(), key) or abort(404)
