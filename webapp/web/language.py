"""The language a page speaks: who it is for chooses, else the browser, else French."""

from flask import g, has_request_context, request, session
from flask_babel import get_locale, gettext, ngettext, refresh

from webapp.catalogue import Forms, Speech
from webapp.web.templating import NAMES, number

LANGUAGES = tuple(NAMES)
DEFAULT = "fr"
"""What the texts are written in, and what is spoken where nobody asked (the command line)."""


def chosen() -> str:
    """Give the language of this request.

    A page that is for one person alone has said so by `speak`; otherwise it is what was chosen in
    this browser, then what the browser itself prefers (`Accept-Language`).
    """
    if not has_request_context():
        return DEFAULT
    for code in (g.get("language"), session.get("language")):
        if code in LANGUAGES:
            return str(code)
    return preferred() or DEFAULT


def preferred() -> str | None:
    """Give the one of our languages that the browser asks for first, if it asks for any."""
    return request.accept_languages.best_match(LANGUAGES)


def choose(code: str) -> None:
    """Speak this language in this browser from now on; empty: what the browser prefers."""
    if code in LANGUAGES:
        session["language"] = code
    else:
        session.pop("language", None)
    refresh()


def speak(code: str) -> None:
    """Speak this language for the rest of this request, whatever the browser chose before."""
    g.language = code
    refresh()


def spoken() -> str:
    """Give the code of the language that is spoken at this moment."""
    locale = get_locale()
    return locale.language if locale else DEFAULT


def _count(forms: Forms, value: int) -> str:
    return str(ngettext(*forms, value, count=number(value)))


PAGE = Speech(gettext, _count, number)
"""The page's language, for modules that do not load Flask."""
