"""The pages of this room, for the application to register."""

from webapp.contacts import (
    archive_views,
    asking_views,
    consent_views,
    export_views,
    group_views,
    history_views,
    merge_views,
    several_views,
)
from webapp.contacts.views import blueprint

__all__ = [
    "archive_views",
    "asking_views",
    "blueprint",
    "consent_views",
    "export_views",
    "group_views",
    "history_views",
    "merge_views",
    "several_views",
]
