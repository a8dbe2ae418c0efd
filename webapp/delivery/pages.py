"""The pages of this room, for the application to register."""

from webapp.delivery import departure_views, mending_views, proof_views
from webapp.delivery.views import blueprint

__all__ = ["blueprint", "departure_views", "mending_views", "proof_views"]
