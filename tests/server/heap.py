#!/usr/bin/env python3
"""What a question takes from the heap: tests/server/heap.py, on the running demonstration (CORRIDOR_VAR).

A corridord of its own is started with a counting allocator (heap_count.c). A question that was never asked before takes
nothing, whatever encoding it is answered in; nor does one whose answer is kept.
"""

import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(FOLDER))
MOST = 0.1  # calls a request: the snapshot's own work goes on beside
QUESTIONS = 1000


class Asker:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)

    def ask(self, target, encoding):
        self.socket.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {encoding}\r\n\r\n".encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.more()
        head, _, body = data.partition(b"\r\n\r\n")
        while len(body) < int(re.search(rb"Content-Length: (\d+)", head)[1]):
            body += self.more()
        return int(head.split()[1])

    def more(self):
        data = self.socket.recv(1 << 16)
        assert data, "closed"
        return data


def calls(counted):
    with open(counted, "rb") as file:
        return struct.unpack("Q", file.read(8))[0]


def spent(counted, asker, targets, encoding):
    """Calls of the allocator a request, once the first have had their buffers."""
    for target in targets[:50]:
        asker.ask(target, encoding)
    before = calls(counted)
    for target in targets[50:]:
        assert asker.ask(target, encoding) == 200, target
    return (calls(counted) - before) / (len(targets) - 50)


def run(port, counted):
    draw = random.Random(os.environ.get("CORRIDOR_SEED", "heap"))
    asker = Asker(port)
    for _ in range(200):  # its worker has the market a little later
        if asker.ask("/v1/compare?from=FR&to=SN&amount=1", "identity") == 200:
            break
        time.sleep(0.05)
    failed = 0
    cases = [(name, encoding) for encoding in ("identity", "gzip", "br") for name in ("never asked", "kept")]
    cents = draw.sample(range(5000, 90000), len(cases) * QUESTIONS)  # none of them twice
    for i, (name, encoding) in enumerate(cases):
        amounts = [f"{cent // 100}.{cent % 100:02}" for cent in cents[i * QUESTIONS : (i + 1) * QUESTIONS]]
        amounts = amounts if name == "never asked" else amounts[:1] * QUESTIONS
        each = spent(counted, asker, [f"/v1/compare?from=FR&to=SN&amount={amount}" for amount in amounts], encoding)
        if each > MOST:
            print(f"not ok - {name}, {encoding}: {each} calls a request")
            failed += 1
    return len(cases) - failed, failed


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        counter, counted = os.path.join(folder, "count.so"), os.path.join(folder, "calls")
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", counter, os.path.join(FOLDER, "heap_count.c")], check=True)
        with open(counted, "wb") as file:
            file.write(bytes(8))
        os.chmod(counted, 0o666)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = dict(os.environ, LD_PRELOAD=counter, HEAP_COUNT=counted, CORRIDOR_PORT=str(port), CORRIDOR_TLS_PORT="")
        server = subprocess.Popen(
            ["build/corridord"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
        )
        try:
            for line in server.stderr:
                if "listening" in line:
                    break
            passed, failed = run(port, counted)
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=20)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
