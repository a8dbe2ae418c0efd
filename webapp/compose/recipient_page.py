"""What the send form shows of its recipients, beside the fields themselves."""

from collections.abc import Sequence
from typing import Any

from webapp.accounts.models import User
from webapp.compose.people import KINDS, out_of_sight, people, sources
from webapp.compose.recipient_forms import RecipientForm
from webapp.compose.resolution import Resolution
from webapp.contacts import asking, reach
from webapp.contacts.queries import GroupLine
from webapp.database import AnySession
from webapp.web.settings import current

MOST_FOUND = 20


def recipient_context(
    session: AnySession,
    user: User,
    form: RecipientForm,
    resolution: Resolution,
    groups: Sequence[GroupLine],
) -> dict[str, Any]:
    """Give what the recipients' templates need, for the form as it stands.

    :param groups: those that the account may write to.
    """
    choices = form.choices()
    asking_obstacle = asking.obstacle(session, current())
    if asking_obstacle:
        form.offer_no_asking()
    kind, search = form.people_kind.data or "", form.people_search.data or ""
    before = f"{kind}/{search}"
    page = form.people_page.data or ""
    number = int(page) if page.isdecimal() and form.people_before.data == before else 1
    shown = people(resolution, kind, search, number)
    origins = sources(resolution, groups)
    sources_now = ",".join(str(source.id) for source in origins)
    return {
        "resolution": resolution,
        "groups": groups,
        "people": shown,
        "people_before": before,
        "people_kinds": KINDS,
        "people_opened": bool(kind or search or number > 1),
        "choices": choices,
        "asking_obstacle": asking_obstacle,
        "kept": out_of_sight(choices, shown.items),
        "sources": origins,
        "sources_now": sources_now,
        "sources_changed": (form.consent_sources.data or "") != sources_now,
        **_contacts(session, user, form),
    }


def _contacts(session: AnySession, user: User, form: RecipientForm) -> dict[str, Any]:
    """Find the contacts that were added, and those that the search names."""
    if not user.may_send_to_many:
        return {"chosen": [], "chosen_ids": set(), "found": [], "more_found": False}
    chosen = reach.chosen_contacts(session, user.organisation_id, form.chosen_ids())
    search = form.contact_search.data or ""
    found = reach.found(session, user.organisation_id, search, MOST_FOUND + 1)
    return {
        "chosen": chosen,
        "chosen_ids": {contact.id for contact in chosen},
        "found": found[:MOST_FOUND],
        "more_found": len(found) > MOST_FOUND,
    }
