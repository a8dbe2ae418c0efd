"""What a proof says of who answered: the name he stated, and how his address was proven."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from webapp.evidence.rows import Row, Rows, dated


def who_answered(facts: Mapping[str, Any], label: str) -> Rows:
    """Say who answered; a letter that was answered before codes were asked for has less to say.

    :param facts: of an acceptance or a refusal.
    :param label: what the stated name is called.
    """
    if "declared_name" in facts:
        yield Row(label, facts["declared_name"])
    if "capacity" in facts:
        yield Row("Par", f"{facts['person']} ({facts['capacity']})")
    control = facts.get("control")
    if control is None:
        return
    yield Row("Adresse prouvée par", "un code à six chiffres envoyé à cette adresse")
    yield dated("Envoi du code", datetime.fromisoformat(control["code_sent_at"]))
    yield dated("Code recopié par le destinataire", datetime.fromisoformat(control["proven_at"]))
