"""The settings of the peer's process: what it takes to hold rows against a model, and no more."""

SECRET_KEY = "a measure keeps no secret"
INSTALLED_APPS = ("import_export", "benchmarks.peers")
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
