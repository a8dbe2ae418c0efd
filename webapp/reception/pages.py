"""The pages of this room, for the application to register."""

from webapp.reception import answer_views, consent_views, opening_views, reminder_views
from webapp.reception.views import blueprint

__all__ = ["answer_views", "blueprint", "consent_views", "opening_views", "reminder_views"]
