"""The well-known mail providers, and the one that a mistyped domain was meant to be."""

from functools import lru_cache

_SUGGESTED = """
gmail.com hotmail.com hotmail.fr outlook.com outlook.fr yahoo.com yahoo.fr icloud.com orange.fr
wanadoo.fr free.fr laposte.net neuf.fr numericable.fr bbox.fr protonmail.com proton.me skynet.be
telenet.be bluewin.ch
"""
"""Those that recipients in France and beside it mostly have."""

_OTHERS = """
sfr.fr aol.com aol.fr gmx.fr gmx.com gmx.net gmx.de gmx.ch gmx.at live.fr live.com live.be msn.com
me.com mac.com mail.com mail.fr email.com ymail.com googlemail.com hotmail.be hotmail.ch hotmail.de
hotmail.es hotmail.it hotmail.nl hotmail.co.uk outlook.be outlook.de outlook.es outlook.it yahoo.be
yahoo.ca yahoo.de yahoo.es yahoo.it yahoo.se yahoo.co yahoo.co.uk rocketmail.com club-internet.fr
9online.fr cegetel.net aliceadsl.fr dbmail.com voila.fr noos.fr proton.ch pm.me box.fr web.de
t-online.de libero.it
"""
"""Too short or too rare to be suggested; known, so that they are not doubted themselves."""

_MEANT = tuple(_SUGGESTED.split())
_KNOWN = frozenset(_MEANT + tuple(_OTHERS.split()))


@lru_cache(maxsize=4096)
def meant_domain(typed: str) -> str | None:
    """Name the provider that is one slip away from a domain in lower case; None if it is known."""
    if typed in _KNOWN:
        return None
    return next((meant for meant in _MEANT if _one_slip_apart(typed, meant)), None)


def _one_slip_apart(typed: str, meant: str) -> bool:
    """One letter too many, missing or wrong, or two neighbours exchanged."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    while typed[:1] == meant[:1] and typed:
        typed, meant = typed[1:], meant[1:]
    return (
        typed[1:] == meant
        or typed == meant[1:]
        or typed[1:] == meant[1:]
        or (typed[:2] == meant[1::-1] and typed[2:] == meant[2:])
    )
