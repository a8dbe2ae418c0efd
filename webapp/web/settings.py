"""Plirec's settings, and what they make of Flask's own."""

from datetime import timedelta
from pathlib import Path

from flask import Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from config import FORM_BYTES, Config
from webapp import keys
from webapp.database import written
from webapp.web import uploads

MIGRATIONS = str(Path(__file__).resolve().parent.parent / "migrations")


class SecureOverHttps(SecureCookieSessionInterface):
    """Sends the session's cookie over https alone, wherever the page itself came over https."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Say whether the cookie is marked `Secure`."""
        return request.is_secure or super().get_cookie_secure(app)


def apply(app: Flask, config: Config) -> None:
    """Give the application its settings; makes the data directory and the session's secret."""
    config.data_directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    app.extensions["plirec"] = config
    secure = config.public_url.startswith("https://")
    app.session_interface = SecureOverHttps()
    app.config.update(
        SECRET_KEY=keys.secret(config.keys_directory, "session").hex(),
        SQLALCHEMY_DATABASE_URI=config.database,
        # An error's text goes to the log; what was to be written is nobody's business there.
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,
            "json_serializer": written,
            # A connection to a server that was started again meanwhile is no longer one.
            "pool_pre_ping": config.is_on_postgresql,
        },
        SESSION_COOKIE_NAME="__Host-plirec" if secure else "plirec",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        # The cookie's signature lives as long as the longest session; `accounts` ends them sooner.
        PERMANENT_SESSION_LIFETIME=timedelta(days=7),
        MAX_CONTENT_LENGTH=config.import_bytes + FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=20_000,
        # A form that stood open over lunch is still good: it lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        # Behind a proxy it is the address that the browser uses that counts.
        WTF_CSRF_SSL_STRICT=secure,
        BABEL_DEFAULT_LOCALE="fr",
        BABEL_DEFAULT_TIMEZONE="Europe/Paris",
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    # Here, before any other part of the application asks what a request holds.
    uploads.init_app(app, config.most_request_bytes)
    if config.trusted_proxies:
        count = config.trusted_proxies
        proxy = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
        app.wsgi_app = proxy  # type: ignore[method-assign]


def current() -> Config:
    """Give the settings of the application that is running."""
    config: Config = current_app.extensions["plirec"]
    return config
