"""Groups that are put away, and taken back."""

from datetime import UTC, datetime

from flask import Response, url_for
from flask_babel import gettext as _

from webapp.accounts.access import many_recipients
from webapp.contacts import book
from webapp.contacts.views import blueprint, group_asked
from webapp.extensions import db
from webapp.web.pages import announce, redirect


@blueprint.post("/groupes/<int:group_id>/archiver")
@many_recipients
def archive(group_id: int) -> Response:
    """Put the group away; one that is archived stays so, from the day on which it was."""
    shown = group_asked(group_id)
    if not shown.archived_at:
        book.archive_group(db.session, shown, datetime.now(UTC))
    name = shown.name
    db.session.commit()
    announce(
        _(
            "Le groupe « %(name)s » est archivé : il n’est plus proposé à l’envoi. Il reste sous "
            "« Groupes archivés », d’où vous pouvez le reprendre.",
            name=name,
        )
    )
    return redirect(url_for(".groups"))


@blueprint.post("/groupes/<int:group_id>/reprendre")
@many_recipients
def restore(group_id: int) -> Response:
    """Take the group back among the others."""
    shown = group_asked(group_id)
    book.restore_group(db.session, shown)
    name = shown.name
    db.session.commit()
    announce(_("Le groupe « %(name)s » est de nouveau proposé à l’envoi.", name=name))
    return redirect(url_for(".group", group_id=group_id))
