"""What each check of an archive means, in French."""

from enum import StrEnum

from webapp.catalogue import N_
from webapp.evidence.verdicts import Answer


class ArchiveCheck(StrEnum):
    """The checks of an archive; those up to `WITNESS` are of docs/evidence-format.md."""

    FORMAT = "format"
    FILES = "files"
    MANIFEST = "manifest"
    JOURNAL = "journal"
    CERTIFICATES = "certificates"
    LETTER = "letter"
    RETURNED = "returned"
    SEAL = "seal"
    ATTACHMENT = "attachment"
    WITNESS = "witness"
    COMPLETE = "complete"
    OURS = "ours"
    STORED = "stored"
    OUR_JOURNAL = "our journal"
    OUR_ROOTS = "our roots"


TOO_LARGE = N_(
    "Cette archive est trop grosse pour être vérifiée ici. Vérifiez ses preuves une à une, ou "
    "faites-la vérifier par l’installation\u00a0: «\u00a0plirec proofs verify\u00a0»."
)
ANSWERS = {
    Answer.GENUINE: N_("Cette archive est authentique."),
    Answer.ALTERED: N_("Cette archive a été modifiée après avoir été faite."),
    Answer.UNKNOWN: N_("Cette archive n’est pas connue de cette installation."),
}
PASSED = {
    ArchiveCheck.FORMAT: N_("Le fichier est l’archive des preuves d’un courrier."),
    ArchiveCheck.FILES: N_("Chaque fichier est là, tel que le manifeste de l’archive le nomme."),
    ArchiveCheck.MANIFEST: N_(
        "Le manifeste porte un sceau qui tient\u00a0: rien n’a été retiré ni remplacé depuis que "
        "l’archive a été faite."
    ),
    ArchiveCheck.CERTIFICATES: N_("Les certificats du sceau portent leur propre empreinte."),
    ArchiveCheck.JOURNAL: N_(
        "Le journal est entier\u00a0: chaque écriture suit la précédente et porte son empreinte."
    ),
    ArchiveCheck.LETTER: N_("Le message et les pièces jointes sont ceux que le journal nomme."),
    ArchiveCheck.RETURNED: N_("Les messages revenus sont ceux que le journal nomme."),
    ArchiveCheck.SEAL: N_("Chaque preuve porte un sceau qui la couvre tout entière et tient."),
    ArchiveCheck.ATTACHMENT: N_("Chaque preuve dit ce que dit le journal."),
    ArchiveCheck.COMPLETE: N_("Chaque événement qui a une preuve l’a dans l’archive."),
    ArchiveCheck.WITNESS: N_(
        "Le témoin extérieur, s’il y en a un dans l’archive, confirme le journal."
    ),
    ArchiveCheck.OURS: N_("Les sceaux sont ceux de cette installation."),
    ArchiveCheck.STORED: N_("Chaque preuve est identique à celle que cette installation conserve."),
    ArchiveCheck.OUR_JOURNAL: N_("Le journal est celui que cette installation conserve."),
    ArchiveCheck.OUR_ROOTS: N_("Les racines du témoin sont celles de cette installation."),
}
FAILED = {
    ArchiveCheck.FORMAT: N_("Le fichier n’est pas une archive de Plirec, ou d’une autre version."),
    ArchiveCheck.FILES: N_("Des fichiers ont été changés, ajoutés, doublés ou retirés\u00a0:"),
    ArchiveCheck.MANIFEST: N_(
        "Le sceau du manifeste manque ou ne tient pas\u00a0: l’archive n’est plus celle qui a été "
        "faite\u00a0:"
    ),
    ArchiveCheck.CERTIFICATES: N_("Un certificat du sceau a été changé\u00a0:"),
    ArchiveCheck.JOURNAL: N_("Le journal a été changé, à partir de\u00a0:"),
    ArchiveCheck.LETTER: N_(
        "Le message ou les pièces jointes ne sont pas ceux que le journal nomme."
    ),
    ArchiveCheck.RETURNED: N_("Un message revenu n’est pas celui que le journal nomme\u00a0:"),
    ArchiveCheck.SEAL: N_("Le sceau de ces preuves ne tient pas, ou ne les couvre pas\u00a0:"),
    ArchiveCheck.ATTACHMENT: N_("Ces preuves ne disent pas ce que dit le journal\u00a0:"),
    ArchiveCheck.COMPLETE: N_(
        "Il manque la preuve de ces événements, que le journal a pourtant\u00a0: elle n’était pas "
        "encore scellée, ou a été retirée\u00a0:"
    ),
    ArchiveCheck.WITNESS: N_("Le témoin extérieur ne confirme pas le journal\u00a0:"),
    ArchiveCheck.OURS: N_("Des sceaux ne sont pas ceux de cette installation\u00a0:"),
    ArchiveCheck.STORED: N_(
        "Ces preuves ne sont pas de celles que cette installation conserve\u00a0:"
    ),
    ArchiveCheck.OUR_JOURNAL: N_(
        "Le journal n’est pas celui que cette installation conserve, à partir de\u00a0:"
    ),
    ArchiveCheck.OUR_ROOTS: N_("Ces racines ne sont pas celles de cette installation\u00a0:"),
}
