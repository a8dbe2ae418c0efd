"""Noting, once an answer has gone out, that a page of this room was opened."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import cast

from flask import Response, g, request
from werkzeug.wsgi import ClosingIterator

from webapp.accounts.attempts import key_of
from webapp.extensions import db
from webapp.reception import openings
from webapp.reception.openings import Opened
from webapp.reception.standing import standing_of
from webapp.reception.views import blueprint, client
from webapp.web.transactions import READING


@blueprint.after_request
def note_opening(response: Response) -> Response:
    """Let what is opened be recorded when the answer has gone out; nobody waits for it."""
    addressee = g.get("addressee")
    if addressee is None or request.method not in READING or response.status_code >= 400:
        return response
    now, where = datetime.now(UTC), client()
    token = (request.view_args or {})["token"]
    opened = Opened(
        addressee_id=addressee.id,
        kind=openings.kind_of(standing_of(addressee, now)),
        client=key_of(where["ip"]),
        ip=where["ip"],
        user_agent=where["user_agent"],
        method=request.method,
        page=request.path.removeprefix(f"/r/{token}"),
    )
    note = partial(openings.record, db.engine, opened, now)
    if response.direct_passthrough:
        # A file goes out by itself: nothing asks the response whether it is over.
        body = cast("Iterable[bytes]", response.response)
        response.response = ClosingIterator(body, note)
    else:
        response.call_on_close(note)
    return response
