"""How large a request may be: a form and a spreadsheet, and more only where files are attached."""

from collections.abc import Callable
from typing import Any

from flask import Flask, request

View = Callable[..., Any]


def takes_attachments(view: View) -> View:
    """Let this view's requests be as large as the files of a letter."""
    view.takes_attachments = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask, most_bytes: int) -> None:
    """Look at the view before anything reads the request; others keep `MAX_CONTENT_LENGTH`.

    :param most_bytes: how large a request that brings attachments may be.
    """

    @app.before_request
    def allow_attachments() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if getattr(view, "takes_attachments", False):
            request.max_content_length = most_bytes
