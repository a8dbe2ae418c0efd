from flask import Flask

from tests.tree.audiences import ROUTES


def test_no_route_appears_or_disappears_unnoticed(app: Flask) -> None:
    known = {(methods, rule) for _audience, methods, rule in ROUTES}
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
    public += ("/invitation/", "/mot-de-passe", "/healthz", "/verifier", "/sceau", "/accord/")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(public) or "GET" not in (rule.methods or set()):
            continue
        values = dict.fromkeys(rule.arguments, "1")
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **values)
        answer = client.get(address)
        assert answer.status_code in (302, 303), rule.rule
        assert answer.location.startswith("/connexion"), rule.rule
