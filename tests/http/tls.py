#!/usr/bin/env python3
"""TLS in the HTTP engine: tests/http/tls.py [build/asan | build].

What the tables of run.py, which go through TLS too, don't ask: which certificate, which protocol, coming back, reloads,
and clients that never finish. Certificates are made here by openssl, signed by an authority of its own.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from talk import HOST, Client, Failed, Server, build, check

CRYPTO = {"ecdsa": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}


def openssl(*arguments, folder=None, stdin=b"", fails=False):
    done = subprocess.run(["openssl", *arguments], cwd=folder, input=stdin, capture_output=True, timeout=20)
    check(fails or done.returncode == 0, "openssl", *arguments, done.stderr.decode())
    return (done.stdout + done.stderr).decode(errors="replace")


class Authority:
    """Signs certificates, and says that they are good."""

    def __init__(self, folder):
        self.folder = folder
        self.file = os.path.join(folder, "authority.crt")
        self.serial = 100
        openssl("req", "-x509", "-new", "-nodes", "-newkey", *CRYPTO["ecdsa"], "-keyout", "authority.key", "-out",
                "authority.crt", "-subj", "/CN=Tests", "-days", "2", folder=folder)  # fmt: skip

    def sign(self, folder, name, names, crypto="ecdsa"):
        """Writes NAME.crt and NAME.key; returns the certificate's bytes."""
        self.serial += 1
        path = os.path.join(folder, name)
        with open(os.path.join(self.folder, "extensions"), "w", encoding="ascii") as file:
            file.write("subjectAltName=" + ",".join("DNS:" + each for each in names) + "\n")
        openssl("req", "-new", "-nodes", "-newkey", *CRYPTO[crypto], "-keyout", path + ".key", "-out", "request",
                "-subj", "/CN=" + name, folder=self.folder)  # fmt: skip
        openssl("x509", "-req", "-in", "request", "-CA", "authority.crt", "-CAkey", "authority.key", "-days", "1",
                "-set_serial", str(self.serial), "-extfile", "extensions", "-out", path + ".crt",
                folder=self.folder)  # fmt: skip
        return der(path + ".crt")

    def staple(self, folder, name):
        serial = f"{self.serial:02X}"
        with open(os.path.join(self.folder, "index"), "w", encoding="ascii") as file:
            file.write(f"V\t301231235959Z\t\t{serial}\tunknown\t/CN={name}\n")
        certificate = os.path.join(folder, name + ".crt")
        openssl("ocsp", "-issuer", "authority.crt", "-cert", certificate, "-no_nonce", "-reqout", "question",
                folder=self.folder)  # fmt: skip
        openssl("ocsp", "-index", "index", "-CA", "authority.crt", "-rsigner", "authority.crt", "-rkey",
                "authority.key", "-reqin", "question", "-ndays", "1", "-respout", os.path.join(folder, name + ".ocsp"),
                folder=self.folder)  # fmt: skip

    def context(self, version=None, ciphers=None, protocols=None):
        context = ssl.create_default_context(cafile=self.file)
        if version:
            context.minimum_version = context.maximum_version = version
        if ciphers:
            context.set_ciphers(ciphers)
        if protocols:
            context.set_alpn_protocols(protocols)
        return context


def der(path):
    with open(path, encoding="ascii") as file:
        return ssl.PEM_cert_to_DER_cert(file.read())


@contextlib.contextmanager
def place():
    """An authority, and a folder with its certificate for localhost."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(folder)
        folder = os.path.join(folder, "certificates")
        os.mkdir(folder)
        authority.sign(folder, "localhost", ["localhost"])
        yield authority, folder


def served(server, context, name="localhost"):
    with Client(server, tls=context, name=name) as client:
        return client.tls.getpeercert(True)


def metric(server, result):
    with Client(server, tls=None) as client:
        text = client.ask("/metrics").body.decode()
    return int(re.search(r'corridor_tls_handshakes_total\{result="%s"\} (\d+)' % result, text)[1])


def s_client(server, *arguments, stdin=b""):
    return openssl("s_client", "-connect", f"localhost:{server.tls_port}", *arguments, stdin=stdin, fails=True)


# ---- Which certificate, which protocol ----


def test_names_and_keys():
    with place() as (authority, folder):
        names = {
            "a.example": authority.sign(folder, "b-first", ["a.example", "www.a.example"]),
            "any.b.example": authority.sign(folder, "c", ["*.b.example"]),
            "own.b.example": authority.sign(folder, "d", ["own.b.example"]),
            "localhost": authority.sign(folder, "e", ["localhost"]),
        }
        rsa = authority.sign(folder, "f-rsa", ["www.a.example", "a.example"], "rsa")
        os.remove(os.path.join(folder, "localhost.crt"))
        with Server(certificates=folder) as server:
            context = authority.context()
            for name, certificate in names.items():
                check(served(server, context, name) == certificate, name, "gets another's certificate")
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                check(served(server, authority.context(version), "www.a.example") == names["a.example"], "ECDSA first")
            only = authority.context(ssl.TLSVersion.TLSv1_2, "ECDHE-RSA-AES128-GCM-SHA256")
            check(served(server, only, "www.a.example") == rsa, "a client that knows RSA only")
            unknown = authority.context()
            unknown.check_hostname = False
            check(served(server, unknown, "unknown.example") == names["a.example"], "an unknown name gets the first")
            check(served(server, unknown, "x.y.b.example") == names["a.example"], "a wildcard is one label")


def test_protocol():
    with place() as (authority, folder), Server(certificates=folder) as server:
        for offered, chosen in [(["http/1.1"], "http/1.1"), (["x", "http/1.1"], "http/1.1"), (None, None)]:
            with Client(server, tls=authority.context(protocols=offered)) as client:
                check(client.tls.selected_alpn_protocol() == chosen, offered, client.tls.selected_alpn_protocol())
                check(client.ask("/echo").status == 200, offered)
        refused(lambda: Client(server, tls=authority.context(protocols=["x"])), "no application protocol")


def refused(attempt, why):
    try:
        attempt()
    except OSError as error:
        check(why in str(error), "refused with", error)
        return
    raise Failed("not refused: " + why)


def test_old_versions():
    with place() as (_, folder), Server(certificates=folder) as server:
        for version in ("-tls1", "-tls1_1"):
            text = s_client(server, version, "-cipher", "ALL:@SECLEVEL=0")
            check("alert protocol version" in text and "Cipher is (NONE)" in text, version, text)


def test_renegotiation():
    with place() as (_, folder), Server(certificates=folder) as server:
        process = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"localhost:{server.tls_port}", "-tls1_2"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        time.sleep(0.5)
        process.stdin.write(b"R\n")
        process.stdin.flush()
        time.sleep(0.5)
        text = process.communicate(timeout=5)[0].decode(errors="replace")
        check("RENEGOTIATING" in text and "no renegotiation" in text, text[-500:])
        check(metric(server, "full") == 1, "a second handshake was done")


def test_no_early_data():
    with place() as (_, folder), Server(certificates=folder) as server:
        text = s_client(server, "-tls1_3", "-ign_eof", stdin=b"GET / HTTP/1.0\r\n\r\n")
        check("Max Early Data: 0" in text and "Max Early Data: 1" not in text, text[-1500:])


def test_staple():
    with place() as (authority, folder):
        authority.sign(folder, "z", ["z.example"])
        authority.staple(folder, "z")
        shutil.copy(os.path.join(folder, "z.ocsp"), os.path.join(folder, "localhost.ocsp"))
        with Server(certificates=folder) as server:
            text = s_client(server, "-status", "-servername", "z.example", "-CAfile", authority.file)
            check("OCSP Response Status: successful" in text and "Cert Status: good" in text, text[:800])
            text = s_client(server, "-status", "-servername", "localhost")
            check("OCSP response: no response sent" in text, "a staple about another certificate", text[:800])
        check("localhost.ocsp is not stapled: about another certificate" in server.noise, server.noise)


# ---- Coming back ----


def come_back(server, context, session=None):
    """Returns whether the session was resumed, and the one to come back with."""
    with Client(server, tls=context, session=session) as client:
        check(client.ask("/echo").status == 200, "an answer")
        return client.tls.session_reused, client.tls.session


def test_resumption():
    with place() as (authority, folder), Server(workers=2, certificates=folder) as server:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = authority.context(version)
            again = 0
            sessions = [come_back(server, context)[1] for _ in range(100)]
            for session in sessions:
                again += come_back(server, context, session)[0]
            check(again >= 99, version.name, "only", again, "of 100 came back")
        check(metric(server, "full") <= 202 and metric(server, "resumed") >= 198, "the counters")


def test_ticket_keys():
    with place() as (authority, folder), Server(certificates=folder, ticket_time=2) as server:
        # In TLS 1.2 a session ends, however often it is resumed; in 1.3 each coming back makes a new one.
        for version, times in [(ssl.TLSVersion.TLSv1_2, 2), (ssl.TLSVersion.TLSv1_3, 4)]:
            context = authority.context(version)
            first = come_back(server, context)[1]
            session = first
            for _ in range(times):
                time.sleep(1.6)  # each time under the key of the last time, or the one before
                reused, session = come_back(server, context, session)
                check(reused, version.name, "a new key, and nobody comes back")
            time.sleep(1.6 * (4 - times))
            check(not come_back(server, context, first)[0], version.name, "a session never ends")


# ---- Reloads ----


def hup(server):
    def read():
        return len(re.findall("the certificates (were read again|stay as they were)", server.said()))

    before = read()
    server.process.send_signal(signal.SIGHUP)
    for _ in range(200):
        if read() > before:
            break
        time.sleep(0.05)
    time.sleep(0.3)  # each worker takes them in its next turn


def test_reload():
    with place() as (authority, folder), Server(workers=2, certificates=folder) as server:
        context = authority.context()
        old = served(server, context)
        session = come_back(server, context)[1]
        with Client(server, tls=context) as client, socket.create_connection(("127.0.0.1", server.tls_port)) as half:
            client.ask("/echo")
            client.send(b"GET /later?ms=600 HTTP/1.1\r\n" + HOST + b"\r\n")
            half.sendall(b"\x16\x03\x01")
            new = authority.sign(folder, "localhost", ["localhost"])
            hup(server)
            check(all(served(server, context) == new for _ in range(20)), "not read again")
            check(client.answer().body == b"600", "the request under way")
            check(client.ask("/echo").status == 200, "the connection goes on")
            check(come_back(server, context, session)[0], "a session from before comes back")
            check(old != new, "the test")
        for spoil in (spoil_key, spoil_certificate, spoil_folder):
            spoil(authority, folder)
            hup(server)
            check(served(server, context) == new, spoil.__name__, "the old one does not go on")
    for reason in (
        "localhost.key is not the key of the certificate beside it",
        "localhost.crt: bad",
        "has 0 files NAME.crt; from 1 to 64 are allowed",
    ):
        check(reason in server.noise, "not said:", reason, server.noise)
    check(server.noise.count("the certificates stay as they were") == 3, server.noise)


def spoil_key(authority, folder):
    authority.sign(folder, "other", ["other"])
    os.rename(os.path.join(folder, "other.key"), os.path.join(folder, "localhost.key"))
    os.remove(os.path.join(folder, "other.crt"))


def spoil_certificate(_, folder):
    with open(os.path.join(folder, "localhost.crt"), "r+", encoding="ascii") as file:
        file.write("-----BEGIN CERTIFICATE-----\nAAAA*\n")


def spoil_folder(_, folder):
    os.remove(os.path.join(folder, "localhost.crt"))


def test_bad_start():
    with place() as (authority, folder):
        spoil_key(authority, folder)
        try:
            with Server(certificates=folder):
                raise Failed("it starts with a wrong key")
        except Failed as failure:
            check("is not the key of the certificate" in str(failure), failure)


# ---- Clients that are slow, wrong, or many ----


def test_plain_request():
    with place() as (_, folder), Server(certificates=folder) as server:
        with socket.create_connection(("127.0.0.1", server.tls_port), 5) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b"".join(iter(lambda: plain.recv(4096), b""))
            head, _, body = answer.partition(b"\r\n\r\n")
            check(head.startswith(b"HTTP/1.1 400 Bad Request\r\n") and b"text/plain" in head, answer)
            check(f"Content-Length: {len(body)}".encode() in head and b"https://" in body, answer)
        with socket.create_connection(("127.0.0.1", server.tls_port), 5) as other:
            other.sendall(os.urandom(1000))
            check(b"HTTP" not in b"".join(iter(lambda: other.recv(4096), b"")), "nonsense")
        check(metric(server, "failed") == 2, "the counter")


def test_slow_handshake():
    with place() as (authority, folder), Server(certificates=folder, handshake_timeout=1) as server:
        for begin in (b"", b"\x16\x03\x01\x02\x00\x01"):
            with socket.create_connection(("127.0.0.1", server.tls_port), 5) as slow:
                begun = time.monotonic()
                slow.sendall(begin)
                check(slow.recv(100) == b"" and 0.5 < time.monotonic() - begun < 4, "a handshake that never ends")
        with Client(server, tls=authority.context(), slowly=True) as client:
            check(client.ask("/echo").status == 200, "one byte at a time")


def test_crowd_does_not_starve():
    with place() as (authority, folder), Server(certificates=folder) as server:
        authority.sign(folder, "localhost", ["localhost"], "rsa")
        hup(server)
        hello = ssl.MemoryBIO()
        with contextlib.suppress(ssl.SSLWantReadError):
            authority.context().wrap_bio(ssl.MemoryBIO(), hello, server_hostname="localhost").do_handshake()
        hello = hello.read()
        with Client(server, tls=authority.context()) as client:
            client.ask("/echo")
            crowd = [socket.create_connection(("127.0.0.1", server.tls_port)) for _ in range(400)]
            for other in crowd:
                other.sendall(hello)
            begun = time.monotonic()
            check(client.ask("/echo").status == 200, "who is in")
            waited = time.monotonic() - begun
            cpu = server.cpu()
            for other in crowd[200:]:
                check(other.recv(1) == b"\x16", "the crowd is served too")
            crowded = time.monotonic() - begun
            check(waited < max(0.25, crowded / 4), "who is in waits", waited, "s of the crowd's", crowded)
            time.sleep(1)
            check(server.cpu() - cpu < 3, "the crowd costs", server.cpu() - cpu)
            for other in crowd:
                other.close()


def test_ends_are_said():
    with place() as (authority, folder), Server(certificates=folder, idle_timeout=1) as server:
        for fields, how in [(b"Connection: close\r\n", "the last answer"), (b"", "idle too long")]:
            with Client(server, tls=authority.context()) as client:
                client.ask("/echo", fields=fields)
                check(client.until_end(4) and client.notified, how, "ends without close_notify")
        with Client(server, tls=authority.context()) as client:
            client.finish()
            check(client.until_end(4) and client.notified, "the client's own end is not answered")
        with Client(server, tls=authority.context()) as client:
            client.send(b"GET /stream?pieces=5&abort=3 HTTP/1.0\r\n\r\n")
            check(client.until_end() and not client.notified, "a body cut short looks whole")
        with Client(server, tls=authority.context()) as client:
            client.ask("/echo")
            server.process.send_signal(signal.SIGTERM)
            check(client.until_end(4) and client.notified, "draining ends without close_notify")


def main():
    passed = failed = 0
    build()
    for name, test in [(name, test) for name, test in globals().items() if name.startswith("test_")]:
        try:
            test()
            passed += 1
        except (Failed, OSError, subprocess.TimeoutExpired) as failure:
            print(f"not ok - {name}: {failure}")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
