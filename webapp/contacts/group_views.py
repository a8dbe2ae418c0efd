"""A whole group: a second one like it, or all its contacts put into another."""

from datetime import UTC, datetime

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import many_recipients
from webapp.contacts import book, queries, several
from webapp.contacts.book import NAME_LENGTH, GroupNameProblem
from webapp.contacts.forms import GroupForm, IntoForm
from webapp.contacts.models import Group
from webapp.contacts.several import Choice
from webapp.contacts.views import blueprint, group_asked
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render
from webapp.web.templating import number as written


@blueprint.get("/groupes/<int:group_id>/dupliquer")
@many_recipients
def ask_to_duplicate(group_id: int) -> Response:
    """Ask for the name of the second group."""
    shown = group_asked(group_id)
    name = _("%(group)s (copie)", group=shown.name)[:NAME_LENGTH]
    return _duplicate_page(shown, GroupForm(formdata=None, name=name))


@blueprint.post("/groupes/<int:group_id>/dupliquer")
@many_recipients
def duplicate(group_id: int) -> Response:
    """Make a second group with the same contacts; the first stays as it is."""
    shown, form = group_asked(group_id), GroupForm()
    if not form.validate():
        return _duplicate_page(shown, form, status=422)
    now, name = datetime.now(UTC), form.name.data or ""
    try:
        second = book.create_group(db.session, shown.organisation_id, name, now)
    except GroupNameProblem as problem:
        form.refuse(problem)
        return _duplicate_page(shown, form, status=422)
    count = several.copy(db.session, _everyone(shown), second)
    db.session.commit()
    announce(
        ngettext(
            "Le groupe « %(group)s » est créé avec %(count)s contact.",
            "Le groupe « %(group)s » est créé avec %(count)s contacts.",
            count,
            group=second.name,
            count=written(count),
        )
    )
    return redirect(url_for(".group", group_id=second.id))


@blueprint.get("/groupes/<int:group_id>/reunir")
@many_recipients
def ask_to_unite(group_id: int) -> Response:
    """Ask into which other group the contacts go."""
    return _unite_page(group_asked(group_id), IntoForm(formdata=None))


@blueprint.post("/groupes/<int:group_id>/reunir")
@many_recipients
def unite(group_id: int) -> Response:
    """Put all contacts into another group, and archive this one where none has to stay."""
    shown, form = group_asked(group_id), IntoForm()
    targets = {str(group.id): group for group in _others(shown)}
    target = targets.get(form.group.data or "")
    if target is None:
        form.group.errors = [_("Choisissez le groupe qui reçoit les contacts.")]
        return _unite_page(shown, form, status=422)
    everyone = _everyone(shown)
    moved = several.move(db.session, everyone, target)
    left = several.count(db.session, everyone)
    if not left and shown.archived_at is None:
        book.archive_group(db.session, shown, datetime.now(UTC))
    told = _united(moved, left, shown.name, target.name)
    db.session.commit()
    announce(told, "warning" if left else "success")
    return redirect(url_for(".group", group_id=shown.id if left else target.id))


def _united(moved: int, left: int, group: str, target: str) -> str:
    told = ngettext(
        "%(count)s contact est passé dans « %(group)s ».",
        "%(count)s contacts sont passés dans « %(group)s ».",
        moved,
        count=written(moved),
        group=target,
    )
    if not left:
        emptied = _("Le groupe « %(group)s » est vide : il est archivé.", group=group)
        return f"{told} {emptied}"
    kept = ngettext(
        "%(count)s reste ici : cette personne y est déjà avec d’autres renseignements. Corrigez "
        "l’un des deux, puis recommencez.",
        "%(count)s restent ici : ces personnes y sont déjà avec d’autres renseignements. Corrigez "
        "d’un côté ou de l’autre, puis recommencez.",
        left,
        count=written(left),
    )
    return f"{told} {kept}"


def _everyone(group: Group) -> Choice:
    return Choice(group, (), everyone=True, search="")


def _others(shown: Group) -> list[Group]:
    lines = queries.groups(db.session, shown.organisation_id)
    return [line.group for line in lines if line.group.id != shown.id]


def _duplicate_page(shown: Group, form: GroupForm, status: int = 200) -> Response:
    count = several.count(db.session, _everyone(shown))
    return render("contacts/duplicate.html", status=status, group=shown, form=form, count=count)


def _unite_page(shown: Group, form: IntoForm, status: int = 200) -> Response:
    others = _others(shown)
    form.offer(others)
    count = several.count(db.session, _everyone(shown))
    return render(
        "contacts/unite.html", status=status, group=shown, form=form, count=count, others=others
    )
