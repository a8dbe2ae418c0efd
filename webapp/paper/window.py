"""Keeping where the window of an organisation's envelopes is."""

from webapp.database import AnySession
from webapp.paper.models import EnvelopeWindow
from webapp.paper.printing import Window


def keep_window(session: AnySession, organisation_id: int, window: Window) -> None:
    """Keep where the window is; the caller commits."""
    kept = session.get(EnvelopeWindow, organisation_id)
    if kept is None:
        kept = EnvelopeWindow(organisation_id=organisation_id, top=window.top, left=window.left)
        session.add(kept)
    kept.top, kept.left = window.top, window.left
