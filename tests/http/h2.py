"""A small HTTP/2 client that can say anything: raw frames out, and enough of HPACK to read a status.

Fields go out as literals without Huffman coding or tables. The server is told to keep no table, so that what comes in
is literals too; of Huffman codes only the digits are known here, which is all that a status or a length is made of.
"""

import os
import signal
import socket
import struct
import subprocess
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(FOLDER))

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED, HAS_PRIORITY = 1, 1, 4, 8, 32
CODES = [
    "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
    "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
]  # fmt: skip
MARK = b"are you "


class Failed(AssertionError):
    pass


def check(condition, *what):
    if not condition:
        raise Failed(" ".join(str(part) for part in what))


class Server:
    """An echo_server; limits in seconds and counts, by the names of its environment."""

    def __init__(self, program, **limits):
        environment = dict(os.environ, **{"HTTP_" + k.upper(): str(v) for k, v in limits.items()})
        self.process = subprocess.Popen(
            [program, "0", "1"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        line = self.process.stdout.readline()
        check(line, "echo_server did not start")
        self.port = int(line.split()[0])

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(20)
        noise = self.process.stderr.read().decode(errors="replace")
        if kind is None:
            check(status == 0, "echo_server ended with", status, noise)

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        with open(f"/proc/{self.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# ---- Frames ----


def frame(kind, flags=0, stream=0, payload=b"", length=None):
    size = len(payload) if length is None else length
    return struct.pack(">I", size)[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(*pairs):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", key, value) for key, value in pairs))


def number(value, prefix, bits=0):
    most = (1 << prefix) - 1
    if value < most:
        return bytes([bits | value])
    out, value = [bits | most], value - most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes(out + [value])


def block(fields):
    """A header block: literals without indexing, not Huffman coded."""
    out = b""
    for name, value in fields:
        name, value = name.encode("latin-1"), value.encode("latin-1")
        out += b"\0" + number(len(name), 7) + name + number(len(value), 7) + value
    return out


def request_fields(path="/echo", method="GET", more=(), authority="example.org"):
    fields = [(":method", method), (":scheme", "http"), (":path", path), (":authority", authority)]
    return fields + [tuple(field) for field in more]


def request(stream, path="/echo", method="GET", more=(), end=True):
    flags = END_HEADERS | (END_STREAM if end else 0)
    return frame(HEADERS, flags, stream, block(request_fields(path, method, more)))


# ---- Reading header blocks ----

STATIC = {8: (":status", "200"), 9: (":status", "204"), 10: (":status", "206"), 11: (":status", "304"),
          12: (":status", "400"), 13: (":status", "404"), 14: (":status", "500"), 28: ("content-length", "")}  # fmt: skip
DIGITS = {format(i, "05b"): str(i) for i in range(3)} | {format(i + 22, "06b"): str(i) for i in range(3, 10)}


def read_number(data, at, prefix):
    value = data[at] & ((1 << prefix) - 1)
    at += 1
    if value == (1 << prefix) - 1:
        shift = 0
        while True:
            value += (data[at] & 127) << shift
            shift += 7
            at += 1
            if data[at - 1] < 128:
                break
    return value, at


def read_text(data, at):
    huffman = data[at] & 128
    size, at = read_number(data, at, 7)
    text = data[at : at + size]
    if not huffman:
        return text.decode("latin-1"), at + size
    bits, code, out = "".join(format(byte, "08b") for byte in text), "", ""
    for bit in bits:
        code += bit
        if code in DIGITS:
            out, code = out + DIGITS[code], ""
    return out, at + size


def read_block(data):
    fields, at = [], 0
    while at < len(data):
        byte = data[at]
        if byte & 128:
            index, at = read_number(data, at, 7)
            fields.append(STATIC.get(index, (f"static-{index}", "")))
        elif byte & 0xE0 == 0x20:
            _, at = read_number(data, at, 5)
        else:
            index, at = read_number(data, at, 6 if byte & 64 else 4)
            if index:
                name = STATIC.get(index, (f"static-{index}",))[0]
            else:
                name, at = read_text(data, at)
            value, at = read_text(data, at)
            fields.append((name, value))
    return fields


# ---- A connection ----


class Stream:
    def __init__(self):
        self.statuses = []
        self.fields = []
        self.body = bytearray()  # grows in place: some are of megabytes
        self.frames = 0
        self.ended = False
        self.reset = None

    @property
    def status(self):
        return self.statuses[-1] if self.statuses else None


class Talk:
    def __init__(self, port, pairs=(), bare=False, buffer=None):
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(10)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.bytes = bytearray()
        self.streams = {}
        self.goaways = []
        self.settings = {}
        self.acks = 0
        self.pongs = []
        self.pings = []
        self.windows = {}
        self.ended = False
        self.answers_pings = True
        if not bare:
            self.send(PREFACE + settings((1, 0), *pairs))

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def stream(self, number):
        return self.streams.setdefault(number, Stream())

    def take(self):
        """Takes one frame off the bytes; False when there is none whole."""
        if len(self.bytes) < 9:
            return False
        size = int.from_bytes(self.bytes[:3], "big")
        kind, flags, number = struct.unpack(">BBI", self.bytes[3:9])
        if len(self.bytes) < 9 + size:
            return False
        payload = bytes(self.bytes[9 : 9 + size])
        del self.bytes[: 9 + size]
        stream = self.stream(number)
        if kind == HEADERS:
            check(flags & END_HEADERS, "our answers' heads fit one frame")
            stream.fields = read_block(payload)
            stream.statuses.append(int(dict(stream.fields)[":status"]))
        elif kind == DATA:
            stream.body += payload
            stream.frames += 1
        elif kind == RST_STREAM:
            stream.reset = CODES[int.from_bytes(payload, "big")]
        elif kind == GOAWAY:
            last, code = struct.unpack(">II", payload[:8])
            self.goaways.append((last, CODES[code]))
        elif kind == SETTINGS and flags & ACK:
            self.acks += 1
        elif kind == SETTINGS:
            self.settings.update(struct.unpack(">HI", payload[i : i + 6]) for i in range(0, size, 6))
            self.send(frame(SETTINGS, ACK))
        elif kind == PING and flags & ACK:
            self.pongs.append(payload)
        elif kind == PING:
            self.pings.append(payload)
            if self.answers_pings:
                self.send(frame(PING, ACK, 0, payload))
        elif kind == WINDOW_UPDATE:
            self.windows[number] = self.windows.get(number, 0) + int.from_bytes(payload, "big")
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            stream.ended = True
        return True

    def more(self, timeout=10):
        """Reads what has come; False at the end or when nothing comes in time."""
        self.socket.settimeout(max(timeout, 0.001))
        try:
            data = self.socket.recv(1 << 18)
        except TimeoutError:
            return False
        except OSError:
            data = b""
        self.ended = not data
        self.bytes += data
        while self.take():
            pass
        return bool(data)

    def until(self, condition, timeout=10):
        """Reads until the condition holds; whether it does."""
        end = time.monotonic() + timeout
        while not condition() and not self.ended and time.monotonic() < end:
            self.more(end - time.monotonic())
        return condition()

    def ask(self, number, path="/echo", **how):
        self.send(request(number, path, **how))
        stream = self.stream(number)
        check(self.until(lambda: stream.ended or stream.reset), path, "has no whole answer")
        return stream

    def lives(self, timeout=5):
        """True when the connection still answers a PING."""
        before = len(self.pongs)
        self.send(frame(PING, 0, 0, MARK))
        return self.until(lambda: len(self.pongs) > before, timeout)
