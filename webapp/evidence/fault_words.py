"""What is wrong with the journal, in French: the command line and the guides say it so."""

from webapp.evidence.faults import Fault, FaultKind

_OF_ENTRIES = {
    FaultKind.CHANGED: "l’écriture a été modifiée",
    FaultKind.MISSING: "l’écriture manque",
    FaultKind.BROKEN_LINK: "l’écriture ne suit pas celle d’avant",
    FaultKind.FACTS_CHANGED: "ses faits ont été modifiés",
    FaultKind.FACTS_MISSING: "ses faits manquent sans avoir été purgés",
    FaultKind.PURGED_TOO_EARLY: "ses faits ont été purgés avant un an",
    FaultKind.CUT_OFF: "l’écriture était là le {day} et a été coupée depuis",
    FaultKind.REWRITTEN: "l’écriture n’est plus celle du {day} : le journal a été réécrit depuis",
    FaultKind.PROOF_LOST: "le fichier de sa preuve manque ou est abîmé",
    FaultKind.PROOF_CHANGED: "sa preuve n’est pas un PDF que cette installation a scellé tel quel",
    FaultKind.PROOF_OF_ANOTHER: "sa preuve est celle d’une autre écriture",
    FaultKind.PROOF_GONE: "sa preuve manque",
    FaultKind.FILE_LOST: "un fichier qu’elle nomme manque ou est abîmé",
}
_OF_ROOTS = {
    FaultKind.ROOT_CHANGED: "la racine ne correspond pas à ses feuilles",
    FaultKind.ROOT_MISSING: "la racine manque",
    FaultKind.STAMP_CHANGED: "l’horodatage n’est pas celui de la racine",
}


def told(fault: Fault) -> str:
    """Say in one line where it is and what it is."""
    day = fault.day.strftime("%d/%m/%Y") if fault.day else "?"
    if fault.kind in _OF_ROOTS:
        return f"racine nº {fault.sequence} ({day}) : {_OF_ROOTS[fault.kind]}"
    if fault.kind is FaultKind.ENTRY_GONE:
        return f"écriture d’identifiant {fault.entry_id} : elle a disparu, il en reste des traces"
    words = _OF_ENTRIES[fault.kind].format(day=day)
    return f"{fault.chain}, écriture nº {fault.sequence} : {words}"
