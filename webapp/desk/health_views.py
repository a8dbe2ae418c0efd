"""What a supervisor or a proxy asks: whether the process lives, and whether it can work."""

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify

from webapp.desk import health
from webapp.extensions import db
from webapp.web.settings import current

blueprint = Blueprint("health", __name__, url_prefix="/healthz")


@blueprint.get("")
def live() -> Response:
    """Say that the process answers, and look at nothing else."""
    return jsonify(state="live")


@blueprint.get("/pret")
def ready() -> Response:
    """Say which of what is needed is there; 503 when something is not."""
    well = health.checks(db.session, current(), datetime.now(UTC))
    is_ready = all(well.values())
    answer = jsonify(state="ready" if is_ready else "not ready", checks=well)
    answer.status_code = 200 if is_ready else 503
    return answer
