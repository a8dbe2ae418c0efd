"""The proofs of a letter: one by one, and all in one ZIP."""

import logging
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO

from flask import Response, abort, send_file
from flask_babel import gettext as _

from webapp.accounts.access import signed_in
from webapp.catalogue import N_
from webapp.delivery.archive import write_archive
from webapp.delivery.asked import letter_asked, letter_or_trace_asked
from webapp.delivery.proof_names import FILE_NAMES
from webapp.delivery.views import blueprint
from webapp.evidence import proofs
from webapp.evidence.journal import letter_chain
from webapp.evidence.seal import WrongSealingKey
from webapp.extensions import db
from webapp.letters.models import Letter
from webapp.web.errors import refusal
from webapp.web.settings import current

log = logging.getLogger(__name__)
WITHOUT_KEY = N_(
    "La clé du sceau de cette installation ne peut pas être lue\u00a0: l’archive ne serait pas "
    "scellée. Rien n’est perdu, et chaque preuve peut être téléchargée seule. Prévenez la personne "
    "qui a installé Plirec."
)


@blueprint.get("/courriers/<number>/preuves/<int:proof_id>.pdf")
@signed_in
def proof(number: str, proof_id: int) -> Response:
    """Give a sealed proof, the very bytes that were sealed."""
    shown = letter_asked(number)
    found = proofs.proof_of(db.session, letter_chain(shown.number), proof_id) or abort(404)
    content = BytesIO(proofs.sealed(found, current().files_directory))
    name = f"{FILE_NAMES[found.kind]}-{found.entry.subject.rpartition(':')[2]}.pdf"
    return send_file(content, "application/pdf", as_attachment=True, download_name=name)


@blueprint.get("/courriers/<number>/preuves.zip")
@signed_in
def all_proofs(number: str) -> Response:
    """Give all the proofs of a letter in one ZIP, which goes by the disk and not by memory."""
    shown = letter_or_trace_asked(number)
    try:
        file = _archive_of(shown)
    except WrongSealingKey:
        log.exception("the archive of letter %s cannot be sealed", shown.number)
        raise refusal(500, _(WITHOUT_KEY)) from None
    size = file.tell()
    file.seek(0)
    name = f"preuves-{shown.number}.zip"
    response = send_file(file, "application/zip", as_attachment=True, download_name=name)
    response.content_length = size
    return response


def _archive_of(letter: Letter) -> IO[bytes]:
    """Write an archive into a file that has no name; whoever gets it closes it."""
    config = current()
    with ExitStack() as closing:
        file = closing.enter_context(TemporaryFile(dir=config.data_directory))
        write_archive(db.session, letter, config, file, datetime.now(UTC))
        closing.pop_all()
        return file
