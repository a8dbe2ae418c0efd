"""Reading requests cannot write, and never wait for one that does."""

from flask import Flask, request

from webapp.database import prepare, reading_only, release
from webapp.extensions import db

READING = ("GET", "HEAD", "OPTIONS")


def only_read_from_here() -> None:
    """Commit what a POST has written: the rest of the request only reads, and holds nobody up.

    A page is rendered in a transaction that cannot write, as a GET's is.
    """
    db.session.commit()
    reading_only.set(True)


def init_app(app: Flask) -> None:
    """Prepare the database's connections, and tell them of each request whether it may write."""
    with app.app_context():
        prepare(db.engine)

    @app.before_request
    def say_whether_it_writes() -> None:
        reading_only.set(request.method in READING)
        release()

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        reading_only.set(False)
        release()
