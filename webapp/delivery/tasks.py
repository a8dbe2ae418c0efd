"""The calls that Huey carries; each may be lost or run twice without harm."""

import logging
from collections.abc import Callable
from dataclasses import replace

from flask import Flask, current_app

from config import Config
from webapp.accounts.addresses import public_address
from webapp.accounts.mail_settings import with_mail_settings
from webapp.clock import Clock, machine_clock
from webapp.delivery import witnessing
from webapp.delivery.consent_requests import carry_requests
from webapp.delivery.dispatch import carry_due
from webapp.delivery.telling import tell_due
from webapp.evidence import proofs
from webapp.evidence.sealing import Sweep
from webapp.extensions import db
from webapp.jobs import is_stopping, register
from webapp.web.settings import current

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Register the call, the same in the web's process and in the worker's."""
    app.extensions["plirec-wake"] = register(app, "work", do_all_due)
    app.extensions["plirec-sealing"] = proofs.Progress()
    register(app, "returns", read_returns)
    witnessing.init_app(app)


def wake() -> None:
    """Tell the worker that something is due; if the call is lost, the sweep finds it."""
    call: Callable[[], object] = current_app.extensions["plirec-wake"]
    call()


def do_all_due(clock: Clock = machine_clock) -> None:
    """Carry all that is due, seal every proof that is missing, then tell the senders."""
    config = with_mail_settings(db.session, current())
    db.session.rollback()
    carry_requests(config, clock)
    carry_due(config, clock)
    seal_due(config, clock)
    tell_due(config, clock)


def read_returns() -> None:
    """Read what came back into the mailbox, where one is set; a mailbox that fails waits."""
    config = with_mail_settings(db.session, current())
    db.session.rollback()
    if not config.imap_host:
        return
    from webapp.delivery import mailbox

    try:
        mailbox.read_all(config)
    except mailbox.Unreadable as problem:
        log.warning("the mailbox of what comes back cannot be read at %s", problem.stage)


def seal_due(config: Config, clock: Clock = machine_clock) -> None:
    """Seal every proof that is missing; it prints the address that recipients open."""
    config = replace(config, public_url=public_address(db.session, config))
    progress: proofs.Progress = current_app.extensions["plirec-sealing"]
    Sweep(db.session, config, clock, is_stopping).run(progress)
