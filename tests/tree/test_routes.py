from flask import Flask

ROUTES = """
GET      /
GET,POST /bienvenue
GET,POST /connexion
GET,POST /connexion/code
GET,POST /connexion/secours
GET,POST /compte
GET,POST /compte/mot-de-passe
GET,POST /compte/deuxieme-facteur
POST     /compte/deuxieme-facteur/confirmer
GET,POST /compte/deuxieme-facteur/codes
GET,POST /compte/deuxieme-facteur/desactiver
POST     /compte/sessions/fermer
POST     /compte/sessions/<int:session_id>/fermer
GET,POST /organisation/securite
POST     /deconnexion
POST     /langue
GET      /static/<path:filename>
GET      /groupes
POST     /groupes
GET      /groupes/<int:group_id>
POST     /groupes/<int:group_id>/contacts
GET      /groupes/<int:group_id>/contacts/<int:contact_id>
GET      /groupes/<int:group_id>/contacts/<int:contact_id>/modifier
POST     /groupes/<int:group_id>/contacts/<int:contact_id>/modifier
GET      /groupes/<int:group_id>/contacts/<int:contact_id>/retirer
POST     /groupes/<int:group_id>/contacts/<int:contact_id>/retirer
POST     /groupes/<int:group_id>/contacts/verifier
GET      /groupes/<int:group_id>/importer
POST     /groupes/<int:group_id>/importer
GET      /groupes/<int:group_id>/nom
POST     /groupes/<int:group_id>/nom
GET      /groupes/modele.xlsx
GET      /imports/<int:import_id>
GET      /imports/<int:import_id>/abandonner
POST     /imports/<int:import_id>/abandonner
POST     /imports/<int:import_id>/importer
POST     /imports/<int:import_id>/lignes/<int:number>
POST     /imports/<int:import_id>/lignes/<int:number>/ignorer
POST     /imports/<int:import_id>/lignes/<int:number>/reprendre
GET      /envoyer
POST     /envoyer
POST     /envoyer/apercu
POST     /envoyer/apercu.pdf
POST     /envoyer/brouillons
GET      /envoyer/brouillons/<key>
GET      /envoyer/brouillons/<key>/supprimer
POST     /envoyer/brouillons/<key>/supprimer
POST     /envoyer/contacts
POST     /envoyer/contacts/chercher
POST     /envoyer/destinataires
POST     /envoyer/destinataires/coller
POST     /envoyer/destinataires/liste
POST     /envoyer/destinataires/ouvrir
POST     /envoyer/fichiers
POST     /envoyer/fichiers/retirer
POST     /envoyer/recapitulatif
GET      /courriers
GET      /courriers/<number>
GET,POST /courriers/<number>/annuler
GET      /courriers/<number>/etats.csv
GET      /courriers/<number>/etats.xlsx
GET      /courriers/<number>/preuves.zip
GET      /courriers/<number>/fichiers/<int:position>
GET      /courriers/<number>/preuves/<int:proof_id>.pdf
GET,POST /organisation
GET      /organisation/messagerie
POST     /organisation/messagerie
POST     /organisation/messagerie/adresse-publique
POST     /organisation/messagerie/essai
POST     /organisation/messagerie/oublier
GET      /organisation/equipe
POST     /organisation/equipe/invitations
POST     /organisation/equipe/invitations/<int:invitation_id>/annuler
POST     /organisation/equipe/invitations/<int:invitation_id>/refaire
GET      /organisation/equipe/<int:user_id>/desactiver
POST     /organisation/equipe/<int:user_id>/desactiver
GET      /organisation/equipe/<int:user_id>/mot-de-passe
POST     /organisation/equipe/<int:user_id>/mot-de-passe
GET      /organisation/equipe/<int:user_id>/reactiver
POST     /organisation/equipe/<int:user_id>/reactiver
GET,POST /organisation/equipe/<int:user_id>/sorte
GET      /invitation/<token>
POST     /invitation/<token>
GET,POST /mot-de-passe-oublie
GET      /mot-de-passe/<token>
POST     /mot-de-passe/<token>
GET      /a-poster
POST     /a-poster
GET      /a-poster/<number>
GET      /a-poster/<number>/bordereau.pdf
GET,POST /a-poster/<number>/defaire
POST     /a-poster/<number>/documents
GET      /a-poster/<number>/documents/<int:document_id>
GET      /a-poster/<number>/lettres.pdf
POST     /a-poster/<number>/numeros
POST     /a-poster/<number>/poste
POST     /a-poster/<number>/suites
GET,POST /a-poster/fenetre
GET      /a-poster/fenetre.pdf
GET      /boite-essai
GET      /boite-essai/<int:message_id>
GET      /r/<token>
POST     /r/<token>/accepter
POST     /r/<token>/langue
GET      /r/<token>/fichiers/<int:position>
GET      /r/<token>/refuser
POST     /r/<token>/refuser
"""


def test_no_route_appears_or_disappears_unnoticed(app: Flask) -> None:
    known = {tuple(line.split(maxsplit=1)) for line in ROUTES.strip().splitlines()}
    there = set()
    for rule in app.url_map.iter_rules():
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        there.add((",".join(methods), rule.rule))
    assert there == known


def test_signed_out_every_page_of_the_staff_leads_to_the_sign_in_page(
    app: Flask, organisation: object
) -> None:
    client = app.test_client()
    public = ("/connexion", "/static", "/r/", "/bienvenue", "/deconnexion")
    public += ("/invitation/", "/mot-de-passe")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(public) or "GET" not in (rule.methods or set()):
            continue
        values = dict.fromkeys(rule.arguments, "1")
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **values)
        answer = client.get(address)
        assert answer.status_code in (302, 303), rule.rule
        assert answer.location.startswith("/connexion"), rule.rule
