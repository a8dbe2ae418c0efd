"""Plirec: the same registered letter to many recipients, and the proofs of each step."""

from typing import TYPE_CHECKING

from webapp.cycles import no_cycles

if TYPE_CHECKING:
    from flask import Flask

    from config import Config


@no_cycles()
def create_app(config: "Config") -> "Flask":
    """Make the web application on these settings.

    Imports stand inside, so that a command that needs no web (`plirec contacts check`) and the
    child process that reads spreadsheets start in a tenth of the time. What they make lives as
    long as the process: to look for cycles among it would be a sixth of the start.
    """
    from webapp import jobs
    from webapp.accounts import known_browsers, languages, sign_in
    from webapp.accounts import tasks as account_tasks
    from webapp.compose import following
    from webapp.delivery import tasks
    from webapp.desk import keeping
    from webapp.extensions import babel, csrf, db, htmx
    from webapp.imports import tasks as import_tasks
    from webapp.web import errors, headers, language, settings, static, templating, transactions
    from webapp.web.application import Application

    app = Application("webapp")
    settings.apply(app, config)

    db.init_app(app)
    transactions.init_app(app)
    babel.init_app(app, locale_selector=language.chosen)
    csrf.init_app(app)
    htmx.init_app(app)
    sign_in.init_app(app)
    languages.init_app(app)
    known_browsers.init_app(app)
    jobs.init_app(app, config)
    account_tasks.init_app(app)
    tasks.init_app(app)
    following.init_app(app)
    import_tasks.init_app(app)
    keeping.init_app(app)

    headers.init_app(app)
    errors.init_app(app)
    static.init_app(app)
    templating.init_app(app)

    _add_pages(app)
    return app


def _add_pages(app: "Flask") -> None:
    from webapp.accounts import pages as accounts
    from webapp.compose.blueprints import SEND_FORM
    from webapp.contacts.pages import blueprint as contacts
    from webapp.delivery.pages import blueprint as delivery
    from webapp.delivery.pause_views import blueprint as pauses
    from webapp.desk.health_views import blueprint as health
    from webapp.desk.keeping_views import blueprint as keeping
    from webapp.desk.pace_views import blueprint as pace
    from webapp.desk.person_views import blueprint as person
    from webapp.desk.return_mailbox_views import blueprint as settings_pages  # with the others
    from webapp.desk.service_views import blueprint as service
    from webapp.desk.views import blueprint as desk
    from webapp.desk.witness_views import blueprint as witness
    from webapp.evidence.seal_views import blueprint as seal
    from webapp.extensions import csrf
    from webapp.imports.pages import blueprint as imports
    from webapp.paper.views import blueprint as paper
    from webapp.reception.pages import blueprint as reception
    from webapp.verification.views import blueprint as verification

    rooms = (
        desk,
        settings_pages,
        pace,
        witness,
        service,
        keeping,
        person,
        health,
        contacts,
        imports,
        *SEND_FORM,
        delivery,
        pauses,
        paper,
        reception,
        seal,
        verification,
    )
    for blueprint in (*rooms, *accounts.BLUEPRINTS):
        app.register_blueprint(blueprint)
    csrf.exempt(reception)  # the secret address is itself what a forger would have to know
    csrf.exempt(verification)  # it asks in nobody's name, and changes nothing
