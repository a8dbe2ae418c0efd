"""The shapes that mail servers give to what they send back."""

from collections.abc import Callable
from textwrap import dedent
from typing import NamedTuple

Build = Callable[[str, str], bytes]


class Sample(NamedTuple):
    """A message, what it is to be taken for, its status, and words of the server."""

    name: str
    build: Build
    kind: str
    status: str = ""
    words: str = ""


def notice(path: str, message_id: str) -> str:
    return dedent(f"""\
        Return-Path: <{path}>
        From: =?utf-8?q?Courrier_recommand=C3=A9?= <avis@courrier.example>
        To: louise@absente.example
        Subject: Un courrier recommande electronique vous attend
        Message-ID: {message_id}
        Auto-Submitted: auto-generated

        Bonjour, une lettre vous attend : https://courrier.example/r/secret
        """)


def delivery_report(
    sender: str, subject: str, text: str, blocks: str, *, returned: str = "message/rfc822"
) -> Build:
    """Build a delivery report as RFC 3464 has it, with the notice or only its headers."""

    def build(path: str, message_id: str) -> bytes:
        shown = notice(path, message_id)
        if returned == "text/rfc822-headers":
            shown = shown.split("\n\n")[0] + "\n"
        return "\n".join(
            [
                "Return-Path: <>",
                f"From: {sender}",
                f"To: {path}",
                f"Subject: {subject}",
                "Message-ID: <rapport.1@serveur.example>",
                "Auto-Submitted: auto-replied",
                "MIME-Version: 1.0",
                'Content-Type: multipart/report; report-type=delivery-status; boundary="=_bord"',
                "",
                "--=_bord",
                "Content-Type: text/plain; charset=utf-8",
                "",
                dedent(text),
                "--=_bord",
                "Content-Type: message/delivery-status",
                "",
                dedent(blocks),
                "--=_bord",
                f"Content-Type: {returned}",
                "",
                shown,
                "--=_bord--",
                "",
            ]
        ).encode()

    return build


def plain(headers: str, text: str) -> Build:
    """Build a message of one text; the notice's Message-ID replaces `{id}` in it."""

    def build(path: str, message_id: str) -> bytes:
        head = dedent(headers).strip().replace("{path}", path).replace("{id}", message_id)
        body = dedent(text).replace("{id}", message_id)
        return f"{head}\nTo: {path}\n\n{body}".encode()

    return build
