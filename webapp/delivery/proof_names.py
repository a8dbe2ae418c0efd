"""What pages and files call the proofs."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from webapp.evidence.proof_kinds import ProofKind

NAMES: Mapping[str, str] = {
    ProofKind.DEPOSIT: _l("Preuve de dépôt"),
    ProofKind.SENDING: _l("Preuve d’envoi"),
    ProofKind.RECEPTION: _l("Preuve de réception"),
    ProofKind.REFUSAL: _l("Preuve de refus"),
    ProofKind.NON_CLAIM: _l("Preuve de non-réclamation"),
    ProofKind.FAILURE: _l("Preuve d’échec de l’avis"),
    ProofKind.CONSENT: _l("Preuve d’accord, de refus ou de retrait"),
}

FILE_NAMES: Mapping[str, str] = {
    ProofKind.DEPOSIT: "preuve-de-depot",
    ProofKind.SENDING: "preuve-d-envoi",
    ProofKind.RECEPTION: "preuve-de-reception",
    ProofKind.REFUSAL: "preuve-de-refus",
    ProofKind.NON_CLAIM: "preuve-de-non-reclamation",
    ProofKind.FAILURE: "preuve-d-echec",
    ProofKind.CONSENT: "preuve-d-accord",
}
"""The same in plain letters, for files that go to any machine."""
