"""The pages of this room, for the application to register."""

from webapp.reception import reminder_views
from webapp.reception.views import blueprint

__all__ = ["blueprint", "reminder_views"]
