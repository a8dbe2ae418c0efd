"""Style and script, under addresses that change with their content, for browsers to keep."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the content's hash to every address that `url_for('static', …)` gives."""
    folder = Path(app.static_folder or "")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31_536_000

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values["v"] = _version(folder / values["filename"])


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
