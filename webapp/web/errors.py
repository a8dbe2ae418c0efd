"""Error pages: what happened, that nothing was lost, and what to do; never a trace."""

import errno

from flask import Flask, Response, current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException

from webapp.database import is_busy, reading_only, sqlstate
from webapp.extensions import db
from webapp.storage import DamagedFile
from webapp.web.pages import render, wants_fragment

FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
DATABASE_FULL, OUT_OF_RANGE = "53100", "22003"
TITLES = {
    400: _l("La demande n’a pas été comprise"),
    403: _l("Cette page ne vous est pas ouverte"),
    404: _l("Cette page n’existe pas"),
    405: _l("Cette adresse ne se demande pas ainsi"),
    410: _l("Ce courrier a été effacé"),
    413: _l("Le fichier est trop gros"),
    500: _l("Une erreur est survenue de notre côté"),
    503: _l("Plirec est momentanément occupé"),
    507: _l("Le disque de Plirec est plein"),
}
ADVICE = {
    400: _l("Revenez en arrière, rechargez la page et recommencez."),
    403: _l("Demandez à l’administrateur de votre association s’il vous faut cet accès."),
    404: _l("L’adresse est peut-être incomplète, ou ce qu’elle montrait a été retiré."),
    405: _l("Revenez à l’accueil et suivez les liens."),
    410: _l("Ce qu’il contenait n’est plus conservé."),
    413: _l("Choisissez un fichier plus petit, ou partagez-le en deux."),
    500: _l("Rien de ce qui était enregistré n’est perdu. Réessayez dans un instant."),
    503: _l("Rien n’a été changé. Réessayez dans un instant."),
    507: _l(
        "Rien de ce qui était enregistré n’est perdu. Prévenez la personne qui a installé Plirec, "
        "puis réessayez."
    ),
}


def init_app(app: Flask) -> None:
    """Answer every error with a page in the person's language."""
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(CSRFError, of_expired_form)
    app.register_error_handler(OperationalError, of_database)
    app.register_error_handler(InternalError, of_database)
    app.register_error_handler(OverflowError, of_impossible_number)
    app.register_error_handler(DataError, of_impossible_value)
    app.register_error_handler(OSError, of_disk)
    app.register_error_handler(DamagedFile, of_damaged_file)


def of_http(error: HTTPException) -> Response:
    """Show the page of an HTTP error; an unexpected failure arrives here as 500."""
    status = error.code if error.code in TITLES else 500
    if status == 500:
        # What failed may have spoilt the transaction, and the page itself asks who is signed in.
        db.session.rollback()
        reading_only.set(True)
    own_words = error.description if getattr(error, "in_french", False) else None
    return _page(status, str(own_words or ADVICE[status]))


def of_expired_form(_error: CSRFError) -> Response:
    """Explain that the form is older than the session."""
    return _page(
        400,
        _(
            "Cette page est restée ouverte trop longtemps, ou vous vous êtes reconnecté "
            "entre-temps. Revenez en arrière, copiez ce que vous avez écrit, rechargez la page "
            "et recommencez."
        ),
    )


def of_impossible_number(_error: OverflowError) -> Response:
    """Answer an address whose number is larger than any that the database can hold."""
    db.session.rollback()
    return _page(404, str(ADVICE[404]))


def of_impossible_value(error: DataError) -> Response:
    """Answer an address that names what PostgreSQL cannot hold: a number, or the character 0."""
    db.session.rollback()
    reading_only.set(True)
    if sqlstate(error) in ("", OUT_OF_RANGE):
        return _page(404, str(ADVICE[404]))
    raise error


def of_database(error: OperationalError | InternalError) -> Response:
    """Tell a database that is busy from one that is broken; either way all is undone."""
    db.session.rollback()
    # The page itself asks who is signed in: it must not wait for the same lock again.
    reading_only.set(True)
    if is_busy(error):
        return _page(503, str(ADVICE[503]))
    if "disk is full" in str(error.orig) or sqlstate(error) == DATABASE_FULL:
        return _page(507, str(ADVICE[507]))
    current_app.logger.error("database failure: %s", type(error.orig).__name__)
    return _page(500, str(ADVICE[500]))


def of_disk(error: OSError) -> Response:
    """Say that the disk is full; any other failure of the system stays unexpected.

    :raises OSError: the failure is another one.
    """
    if error.errno not in FULL_DISK:
        raise error
    db.session.rollback()
    reading_only.set(True)
    current_app.logger.error("the disk is full")
    return _page(507, str(ADVICE[507]))


def of_damaged_file(error: DamagedFile) -> Response:
    """Say that a stored file is lost, and give nothing in its place; the log has its hash alone."""
    db.session.rollback()
    reading_only.set(True)
    current_app.logger.error("%s", error)
    return _page(
        500,
        _(
            "Il est absent du serveur, ou n’y est plus tel qu’il a été déposé : Plirec ne donne "
            "jamais un fichier changé. Prévenez la personne qui s’occupe de ce service : le "
            "fichier est à reprendre d’une sauvegarde."
        ),
        _("Ce fichier ne peut pas être donné"),
    )


def refusal(status: int, explanation: str) -> HTTPException:
    """Make an error that is shown with this explanation, already in the person's language."""
    error = HTTPException(explanation)
    error.code = status
    error.in_french = True  # type: ignore[attr-defined]
    return error


def _page(status: int, advice: str, title: str = "") -> Response:
    # What was typed on the page stays: the error is told beside it.
    headers = {"HX-Retarget": "#announcement", "HX-Reswap": "innerHTML"}
    return render(
        "web/error.html",
        "telling",
        status=status,
        headers=headers if wants_fragment() else None,
        title=title or TITLES[status],
        advice=advice,
        fragment=wants_fragment(),
    )
