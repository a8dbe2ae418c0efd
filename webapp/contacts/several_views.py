"""Several contacts of a group at once: a page asks, then they are removed, copied or moved."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import many_recipients
from webapp.contacts import book, queries, several
from webapp.contacts.book import GroupNameProblem
from webapp.contacts.forms import DestinationForm
from webapp.contacts.models import Group
from webapp.contacts.place import place_in, sought_in
from webapp.contacts.several import Choice
from webapp.contacts.views import blueprint, group_asked
from webapp.database import AnySession
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render
from webapp.web.templating import number as written

_NAMES_SHOWN = 10
_MOST_TICKED = 500
_DIGITS = 10


@blueprint.get("/groupes/<int:group_id>/plusieurs/retirer")
@many_recipients
def ask_to_remove(group_id: int) -> Response:
    """Ask whether they are to leave the group."""
    return _ask(choice_asked(group_id), "remove", DestinationForm(formdata=None))


@blueprint.post("/groupes/<int:group_id>/plusieurs/retirer")
@many_recipients
def remove_several(group_id: int) -> Response:
    """Take them out of the group."""
    choice = choice_asked(group_id)
    if not as_shown(choice):
        return _ask(choice, "remove", DestinationForm(formdata=None), changed=True, status=422)
    removed = several.remove(db.session, choice)
    return done(
        choice,
        ngettext(
            "%(count)s contact retiré du groupe.",
            "%(count)s contacts retirés du groupe.",
            removed,
            count=written(removed),
        ),
    )


@blueprint.get("/groupes/<int:group_id>/plusieurs/copier")
@many_recipients
def ask_to_copy(group_id: int) -> Response:
    """Ask to which group too they are to go."""
    return _ask(choice_asked(group_id), "copy", DestinationForm(formdata=None))


@blueprint.post("/groupes/<int:group_id>/plusieurs/copier")
@many_recipients
def copy_several(group_id: int) -> Response:
    """Put them into another group too."""
    return _put(group_id, "copy", several.copy, _copied)


@blueprint.get("/groupes/<int:group_id>/plusieurs/deplacer")
@many_recipients
def ask_to_move(group_id: int) -> Response:
    """Ask to which group instead they are to go."""
    return _ask(choice_asked(group_id), "move", DestinationForm(formdata=None))


@blueprint.post("/groupes/<int:group_id>/plusieurs/deplacer")
@many_recipients
def move_several(group_id: int) -> Response:
    """Put them into another group instead."""
    return _put(group_id, "move", several.move, _moved)


def _put(
    group_id: int,
    act: str,
    put: Callable[[AnySession, Choice, Group], int],
    tell: Callable[[int, int, str], str],
) -> Response:
    choice, form = choice_asked(group_id), DestinationForm()
    if not as_shown(choice):
        return _ask(choice, act, form, changed=True, status=422)
    target = _destination(choice, form)
    if target is None:
        return _ask(choice, act, form, status=422)
    total = several.count(db.session, choice)
    count = put(db.session, choice, target)
    return done(choice, tell(count, total - count, target.name))


def _copied(count: int, left: int, group: str) -> str:
    told = ngettext(
        "%(count)s contact copié dans « %(group)s ».",
        "%(count)s contacts copiés dans « %(group)s ».",
        count,
        count=written(count),
        group=group,
    )
    there = ngettext(
        "%(count)s y était déjà.",
        "%(count)s y étaient déjà.",
        left,
        count=written(left),
    )
    return f"{told} {there}" if left else told


def _moved(count: int, left: int, group: str) -> str:
    told = ngettext(
        "%(count)s contact déplacé vers « %(group)s ».",
        "%(count)s contacts déplacés vers « %(group)s ».",
        count,
        count=written(count),
        group=group,
    )
    kept = ngettext(
        "%(count)s reste ici : cette personne y est déjà avec d’autres renseignements.",
        "%(count)s restent ici : ces personnes y sont déjà avec d’autres renseignements.",
        left,
        count=written(left),
    )
    return f"{told} {kept}" if left else told


def choice_asked(group_id: int) -> Choice:
    """Read which contacts are meant, from the page's ticks or from the question's own fields."""
    shown = group_asked(group_id)
    numbers = [text for text in request.values.getlist("contacts") if text.isdecimal()]
    if len(numbers) > _MOST_TICKED or any(len(text) > _DIGITS for text in numbers):
        abort(400)
    sought = sought_in(place_in(shown))
    ticked, everyone = [int(text) for text in numbers], "everyone" in request.values
    return Choice(shown, ticked, everyone, sought.search, sought.kind)


def as_shown(choice: Choice) -> bool:
    """Say whether as many contacts are meant as the question named."""
    return request.form.get("shown") == str(several.count(db.session, choice))


def _others(choice: Choice) -> list[Group]:
    lines = queries.groups(db.session, choice.group.organisation_id)
    return [line.group for line in lines if line.group.id != choice.group.id]


def _destination(choice: Choice, form: DestinationForm) -> Group | None:
    """Find or make the group they go to; None where the form says why not."""
    wanted, name = form.group.data or "", form.name.data or ""
    if wanted and name:
        form.name.errors = [_("Choisissez un groupe, ou écrivez un nom : pas les deux.")]
        return None
    if wanted:
        known = {str(group.id): group for group in _others(choice)}
        if wanted not in known:
            form.group.errors = [_("Ce groupe n’est plus proposé : choisissez-en un autre.")]
        return known.get(wanted)
    try:
        return book.create_group(db.session, choice.group.organisation_id, name, datetime.now(UTC))
    except GroupNameProblem as problem:
        form.refuse(problem)
        return None


def _ask(
    choice: Choice, act: str, form: DestinationForm, status: int = 200, **more: Any
) -> Response:
    count = several.count(db.session, choice)
    place = place_in(choice.group)
    if not count:
        return nobody(choice)
    form.offer(_others(choice))
    shown = several.first(db.session, choice, _NAMES_SHOWN)
    context = {
        "group": choice.group,
        "names": [queries.recipient_of(contact).name for contact in shown],
        "alone": several.count_alone(db.session, choice),
        "changed": False,
        **more,
    }
    return render(
        "contacts/several.html",
        status=status,
        act=act,
        choice=choice,
        count=count,
        form=form,
        place=place,
        **context,
    )


def nobody(choice: Choice) -> Response:
    """Say that nobody is meant: nothing was ticked, or they have gone meanwhile."""
    place = place_in(choice.group)
    if request.method == "POST":
        announce(_("Ces contacts ne sont plus dans le groupe : rien n’a été changé."), "warning")
        return redirect(url_for(".group", **place))
    return render("contacts/nobody_chosen.html", group=choice.group, place=place)


def done(choice: Choice, told: str) -> Response:
    """Commit what was done with them, say it, and lead back to where they were chosen."""
    place = place_in(choice.group)
    db.session.commit()
    announce(told)
    return redirect(url_for(".group", **place))
