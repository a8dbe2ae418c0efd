"""The pages of the send form, as the application registers them."""

from webapp.compose.copy_views import blueprint as copies
from webapp.compose.draft_views import blueprint as drafts
from webapp.compose.file_views import blueprint as files
from webapp.compose.preview_views import blueprint as previews
from webapp.compose.recipient_views import blueprint as recipients
from webapp.compose.views import blueprint as compose

SEND_FORM = (compose, recipients, drafts, files, previews, copies)
