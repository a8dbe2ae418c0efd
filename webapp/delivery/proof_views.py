"""The proofs of a letter: one by one, and all in one ZIP."""

from datetime import UTC, datetime
from io import BytesIO
from tempfile import TemporaryFile

from flask import Response, abort, send_file

from webapp.accounts.access import signed_in
from webapp.delivery.archive import write_archive
from webapp.delivery.asked import letter_asked, letter_or_trace_asked
from webapp.delivery.proof_names import FILE_NAMES
from webapp.delivery.views import blueprint
from webapp.evidence import proofs
from webapp.evidence.journal import letter_chain
from webapp.extensions import db
from webapp.web.settings import current


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
    shown, config = letter_or_trace_asked(number), current()
    file = TemporaryFile(dir=config.data_directory)  # noqa: SIM115  (the answer closes it)
    write_archive(db.session, shown, config.files_directory, file, datetime.now(UTC))
    size = file.tell()
    file.seek(0)
    name = f"preuves-{shown.number}.zip"
    response = send_file(file, "application/zip", as_attachment=True, download_name=name)
    response.content_length = size
    return response
