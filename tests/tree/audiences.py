"""For whom each route is there; a new route without a line here fails.

`everyone` needs no sign-in; `token` opens with a secret in its address. The others want a sign-in:
`all` accounts; `many`, those that write to many recipients; `administrators`. A route whose address
names something answers 404 to whoever may not see that thing: `author` things are seen by the
organisation's administrators and by who made them, `many` things by their organisation,
`administrators` things by the administrators of their own.
"""

AUDIENCES = dict(
    reversed(line.split(maxsplit=1))  # type: ignore[arg-type]
    for line in """
all             /
everyone        /bienvenue
everyone        /connexion
everyone        /connexion/code
everyone        /connexion/secours
all             /compte
all             /compte/mot-de-passe
all             /compte/deuxieme-facteur
all             /compte/deuxieme-facteur/confirmer
all             /compte/deuxieme-facteur/codes
all             /compte/deuxieme-facteur/desactiver
all             /compte/sessions/fermer
author          /compte/sessions/<int:session_id>/fermer
administrators  /organisation/securite
everyone        /deconnexion
everyone        /langue
everyone        /static/<path:filename>
many            /groupes
many            /groupes/<int:group_id>
many            /groupes/<int:group_id>/contacts
many            /groupes/<int:group_id>/contacts/<int:contact_id>
many            /groupes/<int:group_id>/contacts/<int:contact_id>/modifier
many            /groupes/<int:group_id>/contacts/<int:contact_id>/retirer
many            /groupes/<int:group_id>/contacts/verifier
many            /groupes/<int:group_id>/importer
many            /groupes/<int:group_id>/nom
many            /groupes/modele.xlsx
many            /imports/<int:import_id>
many            /imports/<int:import_id>/abandonner
many            /imports/<int:import_id>/importer
many            /imports/<int:import_id>/lignes/<int:number>
many            /imports/<int:import_id>/lignes/<int:number>/ignorer
many            /imports/<int:import_id>/lignes/<int:number>/reprendre
all             /envoyer
all             /envoyer/apercu
all             /envoyer/apercu.pdf
all             /envoyer/brouillons
author          /envoyer/brouillons/<key>
author          /envoyer/brouillons/<key>/supprimer
all             /envoyer/destinataires
many            /envoyer/contacts
many            /envoyer/contacts/chercher
many            /envoyer/destinataires/coller
all             /envoyer/destinataires/liste
many            /envoyer/destinataires/ouvrir
all             /envoyer/fichiers
all             /envoyer/fichiers/retirer
all             /envoyer/recapitulatif
all             /courriers
author          /courriers/<number>
author          /courriers/<number>/annuler
author          /courriers/<number>/etats.csv
author          /courriers/<number>/etats.xlsx
author          /courriers/<number>/preuves.zip
author          /courriers/<number>/fichiers/<int:position>
author          /courriers/<number>/preuves/<int:proof_id>.pdf
administrators  /organisation
administrators  /organisation/messagerie
administrators  /organisation/messagerie/adresse-publique
administrators  /organisation/messagerie/essai
administrators  /organisation/messagerie/oublier
administrators  /organisation/equipe
administrators  /organisation/equipe/invitations
administrators  /organisation/equipe/invitations/<int:invitation_id>/annuler
administrators  /organisation/equipe/invitations/<int:invitation_id>/refaire
administrators  /organisation/equipe/<int:user_id>/desactiver
administrators  /organisation/equipe/<int:user_id>/mot-de-passe
administrators  /organisation/equipe/<int:user_id>/reactiver
administrators  /organisation/equipe/<int:user_id>/sorte
token           /invitation/<token>
everyone        /mot-de-passe-oublie
token           /mot-de-passe/<token>
all             /a-poster
author          /a-poster/<number>
author          /a-poster/<number>/bordereau.pdf
author          /a-poster/<number>/defaire
author          /a-poster/<number>/documents
author          /a-poster/<number>/documents/<int:document_id>
author          /a-poster/<number>/lettres.pdf
author          /a-poster/<number>/numeros
author          /a-poster/<number>/poste
author          /a-poster/<number>/suites
all             /a-poster/fenetre
all             /a-poster/fenetre.pdf
all             /boite-essai
author          /boite-essai/<int:message_id>
token           /r/<token>
token           /r/<token>/accepter
token           /r/<token>/langue
token           /r/<token>/fichiers/<int:position>
token           /r/<token>/refuser
""".strip().splitlines()
)
