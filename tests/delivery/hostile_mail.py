"""Messages that are broken, or made to harm whoever reads them."""


def _nested(depth: int, kind: str) -> bytes:
    head = "".join(
        f'Content-Type: {kind}; boundary="b{level}"\n\n--b{level}\n' for level in range(depth)
    )
    return f"Return-Path: <>\nFrom: MAILER-DAEMON@x.example\n{head}".encode()


HOSTILE = {
    "nothing": b"",
    "no headers": b"\n\n550 5.1.1 unknown\n" * 20,
    "two hundred nested parts": _nested(200, "multipart/mixed"),
    "thousands of nested messages": b"Content-Type: message/rfc822\n\n" * 8000,
    "twenty megabytes": b"From: MAILER-DAEMON@x.example\n\n" + b"x" * (20 * 1024 * 1024),
    "one long line": b"From: MAILER-DAEMON@x.example\n\nfailed addresses follow:\n"
    + b"y" * 300_000,
    "blank lines": b"From: a@x.example\n\n" + b"\n" * 300_000,
    "a character set that is none": (
        b"From: MAILER-DAEMON@x.example\nSubject: =?klingon?q?x?=\n"
        b"Content-Type: text/plain; charset=klingon\n\n550 5.1.1 \xff\xfe"
    ),
    "a report without blocks": (
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        b"--b\nContent-Type: message/delivery-status\n\n--b--\n"
    ),
    "a report that is no text": bytes(range(256)) * 400,
    "endless headers": b"X-A: " + b'a;"\n ' * 50_000,
}
