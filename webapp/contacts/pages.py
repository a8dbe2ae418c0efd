"""The pages of this room, for the application to register."""

from webapp.contacts import export_views, several_views
from webapp.contacts.views import blueprint

__all__ = ["blueprint", "export_views", "several_views"]
