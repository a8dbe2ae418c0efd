"""The certificates of the seal, published: anybody compares them with those on proofs."""

from flask import Blueprint, Response, abort, make_response

from webapp.evidence import seal
from webapp.extensions import db
from webapp.web.pages import render

blueprint = Blueprint("seal", __name__, url_prefix="/sceau")


@blueprint.get("")
def published() -> Response:
    """Show each certificate that this installation seals with; it names nobody."""
    return render("evidence/seal.html", keys=seal.published(db.session))


@blueprint.get("/<fingerprint>.pem")
def certificate(fingerprint: str) -> Response:
    """Give a certificate as PEM."""
    keys = seal.published(db.session)
    key = next((key for key in keys if key.fingerprint == fingerprint), None) or abort(404)
    name = f"sceau-{fingerprint[:16]}.pem"
    response = make_response(key.certificate)
    response.mimetype = "application/x-pem-file"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
