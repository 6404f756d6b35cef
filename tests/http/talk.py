"""What the tests of the HTTP engine talk with: an echo_server, a client that sends raw bytes, plain or through TLS, and
the answers taken apart.

TLS runs over memory, beside the socket, so that a test decides when which bytes leave, and sees whether the server ended
with a close_notify.
"""

import concurrent.futures
import contextlib
import os
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(FOLDER))
TARGET = os.path.join(sys.argv[1] if len(sys.argv) > 1 else "build/asan", "tests/http/echo_server")
ECHO = os.path.join(ROOT, TARGET)

# Set for a thread by who runs its tests: the folder of certificates of the servers it starts, and so whether its clients
# speak TLS.
here = threading.local()

HOST = b"Host: example.org\r\n"


class Failed(AssertionError):
    pass


def check(condition, *what):
    if not condition:
        raise Failed(" ".join(str(part) for part in what))


def build():
    subprocess.run(["tests/build.sh", TARGET], cwd=ROOT, check=True)


@contextlib.contextmanager
def certificates():
    """A folder with the certificates for localhost of `deploy/dev/certificate.sh`."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([os.path.join(ROOT, "deploy/dev/certificate.sh"), folder], check=True)
        yield folder


def run_tests(named, at_once, plain_only=()):
    """Runs what is called test_..., so many at once, plain and by TLS but for those of `plain_only` and test_h2_...; a
    test may say why it was skipped. Returns how many passed, failed and were skipped."""
    counts = [0, 0, 0]
    tests = [test for name, test in named.items() if name.startswith("test_")]

    def run(test, transport):
        here.certificates = transport
        return test()

    with certificates() as folder, concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        runs = [
            (test, transport)
            for test in tests
            for transport in ("", folder)
            if not transport or (test not in plain_only and "_h2_" not in test.__name__)
        ]
        for test, transport, result in [(*each, pool.submit(run, *each)) for each in runs]:
            name = f"{test.__name__}{' by TLS' if transport else ''}"
            try:
                skipped = result.result(120)
                counts[2 if skipped else 0] += 1
                if skipped:
                    print(f"skipped: {name}: {skipped}")
            except (AssertionError, OSError, subprocess.TimeoutExpired) as failure:
                print(f"not ok - {name}: {failure}")
                counts[1] += 1
    return counts


def summary(passed, failed, skipped):
    """A part's last line; its exit status."""
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return failed > 0


# ---- The server ----


class Server:
    """An echo_server; limits in seconds and counts, by the names of its environment."""

    def __init__(self, workers=1, port=0, prefix=(), **limits):
        self.certificates = limits.setdefault("certificates", getattr(here, "certificates", "")) or None
        self.tls = None
        if hasattr(here, "certificates") and self.certificates == here.certificates:
            self.tls = ssl.create_default_context(cafile=os.path.join(self.certificates, "localhost.crt"))
        environment = {"HTTP_" + name.upper(): str(value) for name, value in limits.items() if value != ""}
        environment = dict(os.environ, **environment)
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [*prefix, ECHO, str(port), str(workers)], env=environment, stdout=subprocess.PIPE, stderr=self.errors
        )
        line = self.process.stdout.readline()
        check(line, "echo_server did not start:", "" if line else self.said())
        self.plain_port, self.tls_port = (int(number) for number in line.split())
        self.port = self.tls_port or self.plain_port

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failed("echo_server did not end")
        self.noise = self.said()
        if kind is None:
            check(status == 0, "echo_server ended with", status, self.noise)

    def said(self):
        """What it has written to its standard error."""
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        with open(f"/proc/{self.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Client:
    """A connection; `tls` is a context, None for plain, and by default what the server's port speaks."""

    def __init__(self, server, receive_buffer=None, tls="", name="localhost", session=None, slowly=False):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(10)
        self.bytes = b""
        self.ended = False
        self.notified = False
        self.slowly = slowly  # each byte on the wire by itself
        context = server.tls if tls == "" else tls
        self.socket.connect(("127.0.0.1", server.tls_port if context else server.plain_port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connected()
        self.tls = None
        if context:
            self.incoming = ssl.MemoryBIO()
            self.outgoing = ssl.MemoryBIO()
            self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=name, session=session)
            self.shake()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.socket.close()

    def connected(self):
        """What comes before everything else, TLS included."""

    def flush(self):
        data = self.outgoing.read()
        for piece in [data[i : i + 1] for i in range(len(data))] if self.slowly else [data]:
            self.socket.sendall(piece)

    def shake(self):
        try:
            while True:
                try:
                    self.tls.do_handshake()
                    return
                except ssl.SSLWantReadError:
                    self.flush()
                    data = self.socket.recv(1 << 16)
                    if not data:
                        raise ConnectionError("the server ended the handshake")
                    self.incoming.write(data)
                finally:
                    self.flush()
        except (OSError, ValueError):
            self.socket.close()
            raise

    def send(self, data):
        """True unless the server wants no more."""
        try:
            if self.tls is None:
                self.socket.sendall(data)
            elif data:
                self.tls.write(data)
                self.flush()
            return True
        except OSError:
            return False

    def send_some(self, data):
        """The same; raises TimeoutError when the server has taken no more for as long as the socket's timeout."""
        if self.tls is not None:
            self.tls.write(data)
            data = self.outgoing.read()
        self.socket.sendall(data)

    def finish(self):
        """Ends this side: nothing more will be sent."""
        try:
            if self.tls is not None:
                try:
                    self.tls.unwrap()
                except ssl.SSLWantReadError:
                    pass
                self.flush()
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def more(self, timeout=10):
        """Reads on; False at the end or when nothing comes in time."""
        end = time.monotonic() + timeout
        while True:
            self.socket.settimeout(max(0.001, end - time.monotonic()))
            try:
                data = self.socket.recv(1 << 20)
            except TimeoutError:
                return False
            except OSError:
                data = b""
            self.ended = not data
            if self.tls is not None and data:
                self.incoming.write(data)
                data = self.decrypt()
            self.bytes += data
            if data or self.ended:
                return bool(data)

    def decrypt(self):
        data = b""
        try:
            while True:
                piece = self.tls.read(1 << 20)
                if not piece:
                    self.notified = True
                    return data
                data += piece
        except (ssl.SSLWantReadError, ssl.SSLSyscallError):
            return data
        except ssl.SSLZeroReturnError:
            self.notified = True
            return data

    def answer(self, head=False, timeout=10):
        """The next whole response, interim ones included."""
        while True:
            answer = Answer.take(self, head)
            if answer:
                return answer
            check(self.more(timeout), "no whole answer, but", self.bytes[:300])

    def ask(self, target, method="GET", fields=b"", body=b""):
        self.send(f"{method} {target} HTTP/1.1\r\n".encode() + HOST + fields + b"\r\n" + body)
        return self.answer(method == "HEAD")

    def until_end(self, timeout=10):
        """True when the server ends the connection in time."""
        end = time.monotonic() + timeout
        while not self.ended and time.monotonic() < end:
            self.more(end - time.monotonic())
        return self.ended


class Answer:
    def __init__(self, status, lines, body):
        self.status = status
        self.lines = lines
        self.body = body

    def __getitem__(self, name):
        found = [value for key, value in self.lines if key.lower() == name.lower()]
        check(len(found) < 2, "the header", name, "stands twice")
        return found[0] if found else None

    @staticmethod
    def take(client, head):
        """Takes one response off the client's bytes; None while it is not whole."""
        top, found, rest = client.bytes.partition(b"\r\n\r\n")
        if not found:
            return None
        lines = top.decode("latin-1").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.1 (\d\d\d) [A-Za-z ]+", lines[0])
        check(match, "not a status line:", lines[0])
        status = int(match[1])
        fields = [tuple(line.split(": ", 1)) for line in lines[1:]]
        names = {name.lower(): value for name, value in fields}
        body = b""
        if not (head or status < 200 or status in (204, 304)):
            if "content-length" in names:
                size = int(names["content-length"])
                if len(rest) < size:
                    return None
                body, rest = rest[:size], rest[size:]
            elif names.get("transfer-encoding") == "chunked":
                body, rest = Answer.chunks(rest)
                if body is None:
                    return None
            else:
                check(names.get("connection") == "close", "a body without an end")
                if not client.ended:
                    return None
                body, rest = rest, b""
        client.bytes = rest
        return Answer(status, fields, body)

    @staticmethod
    def chunks(data):
        body = []
        at = 0
        while True:
            end = data.find(b"\r\n", at)
            if end < 0:
                return None, None
            size = int(data[at:end], 16)
            at = end + 2 + size
            if len(data) < at + 2:
                return None, None
            check(data[at : at + 2] == b"\r\n", "a chunk does not end in CRLF")
            body.append(data[end + 2 : at])
            at += 2
            if size == 0:
                return b"".join(body), data[at:]
