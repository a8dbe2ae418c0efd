"""What each kind of account may do, in the words of pages."""

from flask_babel import lazy_gettext as _l

from webapp.accounts.models import Kind

LABELS = {
    Kind.ADMINISTRATOR: _l("administrateur"),
    Kind.MANAGED: _l("administré"),
    Kind.SIMPLE: _l("simple"),
}

EXPLANATIONS = {
    Kind.ADMINISTRATOR: _l(
        "Administrateur : écrit à plusieurs destinataires et tient les groupes, voit les courriers "
        "de toute l’association, invite et gère l’équipe."
    ),
    Kind.MANAGED: _l(
        "Administré : écrit à plusieurs destinataires et tient les groupes ; ne voit que ses "
        "propres courriers."
    ),
    Kind.SIMPLE: _l(
        "Simple : écrit à un seul destinataire à la fois ; n’a pas de groupes et ne voit que ses "
        "propres courriers."
    ),
}
