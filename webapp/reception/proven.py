"""What a browser holds once the code was typed in it: signed, short, for one addressee alone.

It is no session of an account, and is sent to that recipient's own pages only.
"""

from datetime import UTC, datetime, timedelta

from flask import Response, current_app, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.letters.identity import Control, Stated
from webapp.letters.models import Addressee
from webapp.reception.answers import Answer

COOKIE = "plirec-destinataire"
HELD_FOR = timedelta(minutes=30)


def control_in_browser(addressee: Addressee, now: datetime) -> Control | None:
    """Give the proof that this browser holds for this addressee, None where it holds none."""
    held = _held(addressee, now)
    return held[0] if held else None


def answer_in_browser(addressee: Addressee, now: datetime) -> Answer | None:
    """Give who answers in this browser, when he has proven his address and said who he is."""
    held = _held(addressee, now)
    return Answer(held[0], held[1]) if held and held[1] else None


def remember(
    response: Response, token: str, addressee: Addressee, control: Control, stated: Stated | None
) -> Response:
    """Let this answer give the browser the proof, with what the person said of himself, if all."""
    told = [
        addressee.number,
        addressee.token_generation,
        control.sent_at.timestamp(),
        control.proven_at.timestamp(),
        [stated.name, stated.person, stated.capacity] if stated else None,
    ]
    response.set_cookie(
        COOKIE,
        _signer().dumps(told),
        max_age=HELD_FOR,
        path=url_for("reception.letter", token=token),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _held(addressee: Addressee, now: datetime) -> tuple[Control, Stated | None] | None:
    try:
        number, generation, sent, proven, stated = _signer().loads(request.cookies.get(COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return None
    if (number, generation) != (addressee.number, addressee.token_generation):
        return None
    control = Control(datetime.fromtimestamp(sent, UTC), datetime.fromtimestamp(proven, UTC))
    if not control.proven_at <= now < control.proven_at + HELD_FOR:
        return None
    return control, Stated(*stated) if stated else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="recipient")
