"""From which of a group's contacts, and which page of them, a person acts."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from webapp.contacts import queries
from webapp.contacts.group_page import RECENT, Sought
from webapp.contacts.models import Group
from webapp.web.paging import asked_mark

KINDS = {
    "": _l("Tous les contacts"),
    "professionnels": _l("Professionnels"),
    "particuliers": _l("Particuliers"),
    "sans-email": _l("Sans e-mail"),
    "sans-adresse": _l("Sans adresse postale complète"),
    "sans-accord": _l("Particuliers sans accord enregistré"),
    "accord-note": _l("Accord donné ou noté"),
    "accord-demande": _l("Accord demandé, en attente"),
    "accord-refuse": _l("Accord refusé, ou sans réponse"),
    "accord-retire": _l("Accord retiré"),
    "email-en-echec": _l("E-mail en échec"),
}
"""The filters of a group, by the words of `queries.KINDS`."""


def place_in(shown: Group) -> dict[str, Any]:
    """Give what leads back to the contacts and the page from which the person acts."""
    asked, mark = request.args, asked_mark(request.args)
    kind, order = asked.get("voir"), asked.get("tri")
    return {
        "group_id": shown.id,
        "recherche": asked.get("recherche", "").strip() or None,
        "voir": kind if kind in queries.KINDS else None,
        "tri": order if order == RECENT else None,
        "apres": mark.after,
        "avant": "fin" if mark.at_end else mark.before,
    }


def sought_in(place: dict[str, Any]) -> Sought:
    """Give which contacts that place shows, and in which order."""
    return Sought(place["recherche"] or "", place["voir"] or "", place["tri"] or "")
