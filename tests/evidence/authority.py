"""A real time-stamp authority on this machine, made of openssl: it may be told to misbehave."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SETTINGS = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
certs = {folder}/root.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = {digests}
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class LocalAuthority:
    """An authority whose keys and settings stand in a folder; `behaviour` says how it answers.

    `stamp` as it should; `down`: HTTP 503; `elsewhere`: a redirection to `other_url`; `slow`: a
    byte now and then, for ever; `endless`: too much; `rubbish`: no answer of its kind; `refuse`: it
    does not stamp; `replay`: what it answered before; `other`: the right nonce over another digest;
    `forged`: one bit of the signature is changed.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.behaviour, self.url, self.other_url = folder, "stamp", "", ""
        self.asked: list[bytes] = []
        self.over = threading.Event()
        self._last = b""
        self._alone = threading.Lock()
        self.make_certificates()
        (folder / "serial").write_text("01\n")

    @property
    def root(self) -> Path:
        """The certificate that whoever checks a stamp trusts."""
        return self.folder / "root.pem"

    def make_certificates(self) -> None:
        """Make a root and a signer, anew if there were others."""
        root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root = _certificate("Autorité", root_key, "Autorité", root_key, is_root=True)
        signer = _certificate("Horodatage de l’essai", key, "Autorité", root_key, is_root=False)
        self.root.write_bytes(root.public_bytes(Encoding.PEM))
        (self.folder / "signer.pem").write_bytes(signer.public_bytes(Encoding.PEM))
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / "signer.key").write_bytes(plain)

    def reply(self, question: bytes, digests: str = "sha256, sha384, sha512") -> bytes:
        """Let openssl answer a question (DER)."""
        (self.folder / "settings").write_text(SETTINGS.format(folder=self.folder, digests=digests))
        (self.folder / "question").write_bytes(question)
        command = ("openssl", "ts", "-reply", "-config", self.folder / "settings")
        files = ("-queryfile", self.folder / "question", "-out", self.folder / "answer")
        subprocess.run([*command, *files], check=True, capture_output=True)
        return (self.folder / "answer").read_bytes()

    def answer(self, question: bytes) -> bytes:
        """Answer as it was told to."""
        with self._alone:
            self.asked.append(question)
            if self.behaviour == "replay":
                return self._last
            if self.behaviour == "rubbish":
                return b"<html>Bienvenue</html>"
            if self.behaviour == "endless":
                return bytes(1_000_000)
            if self.behaviour == "refuse":
                return self.reply(question, "sha512")
            if self.behaviour == "other":
                asked = tsp.TimeStampReq.load(question)
                asked["message_imprint"]["hashed_message"] = bytes(32)
                return self.reply(asked.dump(force=True))
            self._last = self.reply(question)
            return _with_a_bit_changed(self._last) if self.behaviour == "forged" else self._last

    def verifies(self, response: Path, digest: bytes) -> bool:
        """Say whether `openssl ts -verify` finds this answer to be a stamp over the digest."""
        command = ("openssl", "ts", "-verify", "-digest", digest.hex(), "-in", response)
        trusted = ("-CAfile", self.root)
        return not subprocess.run([*command, *trusted], check=False, capture_output=True).returncode


@contextmanager
def running_authority(folder: Path, certificate: Path | None = None) -> Iterator[LocalAuthority]:
    """Let an authority answer at its `url` until the block ends.

    :param certificate: with its key, for TLS.
    """
    authority = LocalAuthority(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            if authority.behaviour in ("down", "elsewhere"):
                authority.asked.append(question)
                self.send_response(503 if authority.behaviour == "down" else 307)
                self.send_header("Location", authority.other_url)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            content = authority.answer(question)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if authority.behaviour != "slow":
                self.wfile.write(content)
                return
            for place in range(len(content)):
                if authority.over.wait(0.05):
                    return
                try:
                    self.wfile.write(content[place : place + 1])
                except OSError:
                    return

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("localhost", 0), Handler) as server:
        server.daemon_threads = False
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        scheme = "https" if certificate else "http"
        authority.url = f"{scheme}://localhost:{server.server_port}/tsa"
        yield authority
        authority.over.set()
        server.shutdown()
        thread.join()


def _with_a_bit_changed(response: bytes) -> bytes:
    changed = tsp.TimeStampResp.load(response)
    signature = changed["time_stamp_token"]["content"]["signer_infos"][0]["signature"].native
    place = response.index(signature) + len(signature) - 1
    return response[:place] + bytes([response[place] ^ 1]) + response[place + 1 :]


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_root: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=10))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    )
    if not is_root:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
