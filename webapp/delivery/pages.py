"""The pages of this room, for the application to register."""

from webapp.delivery import mending_views, proof_views
from webapp.delivery.views import blueprint

__all__ = ["blueprint", "mending_views", "proof_views"]
