"""All pages of paper letters, under one blueprint."""

from webapp.paper import deposit_views, outcome_views, window_views
from webapp.paper.pages import blueprint

__all__ = ["blueprint", "deposit_views", "outcome_views", "window_views"]
