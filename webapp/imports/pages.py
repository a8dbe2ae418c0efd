"""The pages of this room, for the application to register."""

from webapp.imports import choices_views, columns_views, history_views, start_views
from webapp.imports.views import blueprint

__all__ = ["blueprint", "choices_views", "columns_views", "history_views", "start_views"]
