"""What each check of a proof means, in French."""

from enum import StrEnum

from webapp.catalogue import N_
from webapp.evidence.verdicts import Answer


class Check(StrEnum):
    """The steps of a verification, in their order; each is done only if those before passed."""

    PDF = "pdf"
    SEAL = "seal"
    READABLE = "readable"
    CERTIFICATE = "certificate"
    INTACT = "intact"
    WHOLE = "whole"
    STORED = "stored"


ANSWERS = {
    Answer.GENUINE: N_("Cette preuve est authentique."),
    Answer.ALTERED: N_("Cette preuve a été modifiée après avoir été scellée."),
    Answer.UNKNOWN: N_("Ce document n’est pas une preuve connue de cette installation."),
}
PASSED = {
    Check.PDF: N_("Le fichier est un PDF."),
    Check.SEAL: N_("Il porte un sceau électronique."),
    Check.READABLE: N_("Ce sceau est lisible."),
    Check.CERTIFICATE: N_("Le sceau est celui de cette installation."),
    Check.INTACT: N_("Ce qui a été scellé n’a pas changé."),
    Check.WHOLE: N_("Le sceau couvre tout le fichier ; rien n’y a été ajouté."),
    Check.STORED: N_("Le fichier est identique à celui que cette installation conserve."),
}
FAILED = {
    Check.PDF: N_("Le fichier n’est pas un PDF."),
    Check.SEAL: N_("Il ne porte aucun sceau électronique."),
    Check.READABLE: N_("Le fichier ou son sceau est trop abîmé pour être lu."),
    Check.CERTIFICATE: N_("Le sceau n’est pas celui de cette installation."),
    Check.INTACT: N_("Ce qui a été scellé a été modifié."),
    Check.WHOLE: N_("Quelque chose a été ajouté au fichier après le sceau."),
    Check.STORED: N_(
        "Le sceau est bon, mais ce fichier n’est pas identique à l’un de ceux que cette "
        "installation conserve."
    ),
}
