"""Small real web servers of the policy tests, each an origin of its own."""

import datetime
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PDF = (
    b"%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)
PAGE = b"""<!doctype html><html lang="nl"><title>Open</title><h1>Open</h1>
<input type="file" id="file"><a href="/bestand" id="file-link">bestand</a><button id="button">knop</button>"""
SOUND = b"<script>window.sound = new AudioContext()</script>"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, body, more = "text/html", PAGE, {}
        if self.path == "/bestand":
            kind, body = "application/octet-stream", b"x" * 1000
            more["Content-Disposition"] = 'attachment; filename="bestand.bin"'
        elif self.path == "/papier.pdf":
            kind, body = "application/pdf", PDF
        elif self.path == "/geluid":
            body = PAGE + SOUND
        elif self.path == "/hartslag":
            kind, body = "text/plain", b"ok"
        # As the face does; Chromium asks it before it reaches into the machine itself.
        more["Access-Control-Allow-Origin"] = self.headers.get("Origin", "null")
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def site(address: str = "127.0.0.1", certificate: Path | None = None) -> Iterator[str]:
    """Its origin. certificate: a file with key and certificate, for https."""
    server = ThreadingHTTPServer((address, 0), Handler)
    scheme = "http"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{scheme}://{address}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def self_signed(path: Path, *addresses: str) -> Path:
    """Key and certificate for these addresses, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "balie.example")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(each)) for each in addresses])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).add_extension(names, critical=False)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + certificate.public_bytes(pem))
    return path
