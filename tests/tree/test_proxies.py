"""The configurations of the reverse proxies: secret addresses in no log, requests large enough."""

import re
from pathlib import Path

from config import Config
from tests.tree.audiences import ROUTES

FOLDER = Path(__file__).parents[2] / "docs" / "deploy"
NGINX = (FOLDER / "nginx.conf").read_text()
CADDY = (FOLDER / "Caddyfile").read_text()
MEGABYTE = 1024 * 1024


def locations() -> dict[str, str]:
    """Give what nginx is told of each pattern of addresses."""
    return dict(re.findall(r"location (?:~ )?(\S+) \{\n(.*?)\n    \}", NGINX, re.DOTALL))


def test_nginx_writes_no_secret_address_in_a_log() -> None:
    ((pattern, told),) = [(key, told) for key, told in locations().items() if key[0] == "^"]
    assert "access_log off;" in told
    assert "error_log /dev/null crit;" in told
    secret = [rule for audience, _methods, rule in ROUTES if audience == "token"]
    assert len(secret) >= 7
    for rule in secret:
        assert re.search(pattern, rule), rule
    for rule in ("/", "/mot-de-passe-oublie", "/courriers/<number>"):
        assert not re.search(pattern, rule)


def test_nginx_logs_neither_what_was_looked_for_nor_the_page_one_comes_from() -> None:
    (kept,) = re.findall(r"log_format plirec '(.*)';", NGINX)
    assert set(re.findall(r"\$(\w+)", kept)) == {
        "remote_addr", "time_local", "request_method", "uri", "status", "body_bytes_sent",
    }  # fmt: skip
    levels = re.findall(r"error_log \S+ (\w+);", NGINX)
    assert set(levels) == {"crit"}


def test_caddy_keeps_no_log_of_addresses_even_when_plirec_does_not_answer() -> None:
    assert "exclude http.log.error http.handlers.reverse_proxy" in CADDY
    assert not re.search(r"^\tlog", CADDY.partition("courrier.exemple.fr {")[2], re.MULTILINE)


def test_nginx_lets_the_largest_request_through() -> None:
    (size,) = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    assert int(size) * MEGABYTE == Config().most_request_bytes


def test_both_lead_to_the_port_and_nginx_says_who_comes() -> None:
    address = f"{Config().host}:{Config().port}"
    assert f"reverse_proxy {address}" in CADDY
    assert NGINX.count(f"proxy_pass http://{address};") == 2
    for header, value in (("For", "remote_addr"), ("Proto", "scheme"), ("Host", "host")):
        assert f"proxy_set_header X-Forwarded-{header} ${value};" in NGINX
