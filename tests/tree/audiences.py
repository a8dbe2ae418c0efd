"""Every route: for whom it is there, and by which methods; one without a line here fails.

`everyone` needs no sign-in; `token` opens with a secret in its address. The others want a sign-in:
`all` accounts; `many`, those that write to many recipients; `administrators`. A route whose address
names something answers 404 to whoever may not see that thing: `author` things are seen by the
organisation's administrators and by who made them, `many` things by their organisation,
`administrators` things by the administrators of their own.
"""

_TABLE = """
all             GET      /
everyone        GET,POST /bienvenue
everyone        GET,POST /connexion
everyone        GET,POST /connexion/code
everyone        GET,POST /connexion/secours
all             GET,POST /compte
all             GET,POST /compte/mot-de-passe
all             GET,POST /compte/deuxieme-facteur
all             POST     /compte/deuxieme-facteur/confirmer
all             GET,POST /compte/deuxieme-facteur/codes
all             GET,POST /compte/deuxieme-facteur/desactiver
all             POST     /compte/sessions/fermer
author          POST     /compte/sessions/<int:session_id>/fermer
administrators  GET,POST /organisation/securite
everyone        POST     /deconnexion
everyone        POST     /langue
everyone        GET      /static/<path:filename>
many            GET      /groupes
many            POST     /groupes
many            GET      /groupes/<int:group_id>
many            POST     /groupes/<int:group_id>/contacts
many            GET      /groupes/<int:group_id>/contacts/<int:contact_id>
many            GET      /groupes/<int:group_id>/contacts/<int:contact_id>/historique
many            GET      /groupes/<int:group_id>/contacts/<int:contact_id>/modifier
many            POST     /groupes/<int:group_id>/contacts/<int:contact_id>/modifier
many            GET      /groupes/<int:group_id>/contacts/<int:contact_id>/retirer
many            POST     /groupes/<int:group_id>/contacts/<int:contact_id>/retirer
many            POST     /groupes/<int:group_id>/contacts/verifier
many            POST     /groupes/<int:group_id>/archiver
many            GET      /groupes/<int:group_id>/contacts.csv
many            GET      /groupes/<int:group_id>/contacts.xlsx
many            GET      /groupes/<int:group_id>/importer
many            POST     /groupes/<int:group_id>/importer
many            GET      /groupes/<int:group_id>/nom
many            POST     /groupes/<int:group_id>/nom
many            GET      /groupes/<int:group_id>/plusieurs/copier
many            POST     /groupes/<int:group_id>/plusieurs/copier
many            GET      /groupes/<int:group_id>/plusieurs/deplacer
many            POST     /groupes/<int:group_id>/plusieurs/deplacer
many            GET      /groupes/<int:group_id>/plusieurs/fusionner
many            POST     /groupes/<int:group_id>/plusieurs/fusionner
many            GET      /groupes/<int:group_id>/plusieurs/retirer
many            POST     /groupes/<int:group_id>/plusieurs/retirer
many            POST     /groupes/<int:group_id>/reprendre
many            GET      /groupes/modele.xlsx
many            GET      /imports
many            GET      /imports/<int:import_id>
many            GET      /imports/<int:import_id>/abandonner
many            POST     /imports/<int:import_id>/abandonner
many            POST     /imports/<int:import_id>/absents
many            GET      /imports/<int:import_id>/annuler
many            POST     /imports/<int:import_id>/annuler
many            POST     /imports/<int:import_id>/choix
many            POST     /imports/<int:import_id>/corriger
many            POST     /imports/<int:import_id>/defaire
many            POST     /imports/<int:import_id>/importer
many            POST     /imports/<int:import_id>/lignes/<int:number>
many            POST     /imports/<int:import_id>/lignes/<int:number>/choix
many            POST     /imports/<int:import_id>/lignes/<int:number>/ignorer
many            POST     /imports/<int:import_id>/lignes/<int:number>/reprendre
many            POST     /imports/<int:import_id>/remplacer
many            GET      /imports/<int:import_id>/reste.xlsx
all             GET      /envoyer
all             POST     /envoyer
all             POST     /envoyer/apercu
all             POST     /envoyer/apercu.pdf
all             POST     /envoyer/brouillons
author          GET      /envoyer/brouillons/<key>
author          GET      /envoyer/brouillons/<key>/supprimer
author          POST     /envoyer/brouillons/<key>/supprimer
many            POST     /envoyer/contacts
many            POST     /envoyer/contacts/chercher
all             POST     /envoyer/destinataires
many            POST     /envoyer/destinataires/coller
all             POST     /envoyer/destinataires/liste
many            POST     /envoyer/destinataires/ouvrir
all             POST     /envoyer/fichiers
all             POST     /envoyer/fichiers/retirer
all             POST     /envoyer/recapitulatif
all             GET      /courriers
author          GET      /courriers/<number>
author          GET,POST /courriers/<number>/annuler
author          POST     /courriers/<number>/copier
author          GET      /courriers/<number>/etats.csv
author          GET      /courriers/<number>/etats.xlsx
author          GET      /courriers/<number>/preuves.zip
author          GET      /courriers/<number>/fichiers/<int:position>
author          GET      /courriers/<number>/preuves/<int:proof_id>.pdf
administrators  GET,POST /organisation
administrators  GET      /organisation/messagerie
administrators  POST     /organisation/messagerie
administrators  POST     /organisation/messagerie/adresse-publique
administrators  POST     /organisation/messagerie/essai
administrators  POST     /organisation/messagerie/oublier
administrators  GET      /organisation/equipe
administrators  POST     /organisation/equipe/invitations
administrators  POST     /organisation/equipe/invitations/<int:invitation_id>/annuler
administrators  POST     /organisation/equipe/invitations/<int:invitation_id>/refaire
administrators  GET      /organisation/equipe/<int:user_id>/desactiver
administrators  POST     /organisation/equipe/<int:user_id>/desactiver
administrators  GET      /organisation/equipe/<int:user_id>/mot-de-passe
administrators  POST     /organisation/equipe/<int:user_id>/mot-de-passe
administrators  GET      /organisation/equipe/<int:user_id>/reactiver
administrators  POST     /organisation/equipe/<int:user_id>/reactiver
administrators  GET,POST /organisation/equipe/<int:user_id>/sorte
token           GET      /invitation/<token>
token           POST     /invitation/<token>
everyone        GET,POST /mot-de-passe-oublie
token           GET      /mot-de-passe/<token>
token           POST     /mot-de-passe/<token>
all             GET      /a-poster
all             POST     /a-poster
author          GET      /a-poster/<number>
author          GET      /a-poster/<number>/bordereau.pdf
author          GET,POST /a-poster/<number>/defaire
author          POST     /a-poster/<number>/documents
author          GET      /a-poster/<number>/documents/<int:document_id>
author          GET      /a-poster/<number>/lettres.pdf
author          POST     /a-poster/<number>/numeros
author          POST     /a-poster/<number>/poste
author          POST     /a-poster/<number>/suites
all             GET,POST /a-poster/fenetre
all             GET      /a-poster/fenetre.pdf
all             GET      /boite-essai
author          GET      /boite-essai/<int:message_id>
token           GET      /r/<token>
token           POST     /r/<token>/accepter
token           POST     /r/<token>/langue
token           GET      /r/<token>/fichiers/<int:position>
token           GET      /r/<token>/refuser
token           POST     /r/<token>/refuser
"""

ROUTES = [tuple(line.split(maxsplit=2)) for line in _TABLE.strip().splitlines()]

AUDIENCES = {rule: audience for audience, _methods, rule in ROUTES}
