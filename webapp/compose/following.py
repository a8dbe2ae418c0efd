"""Drafts and sent forms name contacts by their numbers: two that become one are followed."""

from flask import Flask
from sqlalchemy import Text, cast, select

from webapp.compose.models import Draft, SentForm
from webapp.contacts.merging import contact_merged
from webapp.database import AnySession
from webapp.letters.models import Letter


def init_app(_app: Flask) -> None:
    """Follow the contacts that are merged from now on."""
    contact_merged.connect(follow)


def follow(session: AnySession, *, organisation_id: int, gone_id: int, kept_id: int) -> None:
    """Name the contact that is kept wherever a form of the organisation names the one that goes.

    A number may be given to another contact later, who must not get what was meant for this one.
    """
    gone, kept = ["contacts", str(gone_id)], ["contacts", str(kept_id)]
    naming = f'"contacts", "{gone_id}"'
    drafts = select(Draft).where(
        Draft.organisation_id == organisation_id, cast(Draft.fields, Text).contains(naming)
    )
    sent = (
        select(SentForm)
        .join(Letter, Letter.id == SentForm.letter_id)
        .where(
            Letter.organisation_id == organisation_id, cast(SentForm.fields, Text).contains(naming)
        )
    )
    for form in (*session.scalars(drafts), *session.scalars(sent)):
        form.fields = _renamed(form.fields, gone, kept)


def _renamed(fields: list[list[str]], gone: list[str], kept: list[str]) -> list[list[str]]:
    named = [kept if field == gone else field for field in fields]
    return [
        field for place, field in enumerate(named) if field != kept or kept not in named[:place]
    ]
