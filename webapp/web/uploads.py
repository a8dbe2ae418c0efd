"""How large a request may be where files are attached, and what their first bytes tell."""

from collections.abc import Callable
from typing import Any

from flask import Flask, request

View = Callable[..., Any]

_OPENINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
}


def media_type_by_opening(content: bytes) -> str | None:
    """Tell a file's kind by its first bytes (ASVS 5.2.2), where these alone tell it."""
    return next((kind for opening, kind in _OPENINGS.items() if content.startswith(opening)), None)


def is_text(content: bytes) -> bool:
    """Tell a text, in UTF-8 or as older Windows programs write it, from anything else."""
    if any(byte < 32 and byte not in b"\t\n\f\r" for byte in set(content)):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return not set(content) & {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    return True


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
