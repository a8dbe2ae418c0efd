"""The stamps of the daily roots: asked for outside any transaction, and kept when they are good."""

import logging
from datetime import datetime

from config import Config
from webapp.clock import Clock
from webapp.database import AnySession, alone
from webapp.evidence import errands
from webapp.evidence.authority_call import NoStamp
from webapp.evidence.witness_models import DailyRoot, RootStamp, WitnessErrand
from webapp.evidence.witness_setting import timestamp_url
from webapp.jobs import is_stopping

log = logging.getLogger(__name__)


def stamp_due(session: AnySession, config: Config, clock: Clock) -> None:
    """Ask for the stamp of each root that lacks one, the newest first, until one is not given.

    Without an authority nothing is asked; one that is down is asked again after growing pauses.
    """
    url = timestamp_url(session, config)
    session.rollback()
    while url and not is_stopping():
        errand = errands.take_stamp(session, clock())
        if errand is None or not _stamp(session, url, errand, clock):
            return


def trial(url: str, digest: bytes, asked_at: datetime) -> RootStamp:
    """Ask for a stamp and give it as it would be kept, without a root; no transaction may be open.

    :raises NoStamp: none came, or not over what was asked.
    """
    from webapp.evidence import stamps

    token = stamps.Authority(url).stamp(digest)
    said = stamps.read(token, digest)
    return RootStamp(
        token=token,
        stamped_at=said.stamped_at,
        asked_at=asked_at,
        authority=url,
        signer=said.signer,
        certificate=said.certificate,
    )


def _stamp(session: AnySession, url: str, errand: WitnessErrand, clock: Clock) -> bool:
    number = errand.number
    digest = bytes.fromhex(session.get_one(DailyRoot, number).root)
    session.rollback()
    try:
        stamp = trial(url, digest, clock())
    except NoStamp as problem:
        log.warning("root %s could not be stamped, at %s", number, problem.stage)
        errands.note_failure(session, errand, str(problem))
        return False
    alone(session, "witness")
    if session.get(RootStamp, number) is None:
        stamp.number = number
        session.add(stamp)
    errands.note_done(session, errand, clock())
    return True
