#!/usr/bin/env python3
"""Attacks on the HTTP engine, each beside an honest client: tests/http/attacks.py [build | build/asan] [--alone] [NAME...].

Every attack is bounded in count and time and stays on this machine. It runs in a process of its own that yields to the
others, since an attacker's processor is elsewhere; so does the honest client (honest.c), which asks on one connection all
the time and comes anew on others.
What is held: the attack ends as the engine says it does, the honest client gets every answer, and the server's memory
and processor time stay within what core/README.md says (LIMITS here). What the honest client waited is printed, beside
what it waits in peace, and not judged: on a busy machine it tells of the machine. `--alone` measures it: the server has a
core to itself, attackers and honest client the other one, server and honest client before everybody else on theirs; five
rounds, medians, a table, and all of it in build/bench/attacks.json.
"""

import concurrent.futures
import json
import multiprocessing
import os
import re
import resource
import select
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import threading
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, FOLDER)

HOST = b"Host: example.org\r\n"
MIB = 1 << 20
READERS = 200
ROUNDS = 5  # where the machine is ours alone

alone = "--alone" in sys.argv
names = [name for name in sys.argv[2:] if name != "--alone"]
sys.argv[1:] = sys.argv[1:2] or ["build"]  # which talk reads
PEACE = 1.5 if alone else 0.4  # seconds in which the honest client asks alone, before and after

import h2
from talk import ROOT, Failed, Server, certificates, check

# ---- What attackers do; each returns when it is over ----


def connect(port, receive_buffer=None):
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    return client


def pour(client, data, times):
    """Sends the same again and again, until the server wants no more; whether it took all."""
    try:
        for _ in range(times):
            client.sendall(data)
    except OSError:
        return False
    return True


def status(client):
    """The status of what the server said before it ended the connection; 0 when a reset has taken that."""
    data = b""
    try:
        while piece := client.recv(65536):
            data += piece
    except OSError:
        pass
    match = re.match(rb"HTTP/1\.1 (\d\d\d) ", data)
    return int(match[1]) if match else 0


def reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def again_and_again(seconds, most):
    """For so long, at most so often."""
    end = time.monotonic() + seconds
    for number in range(most):
        if time.monotonic() > end:
            return
        yield number


def refused(port, head, more, times, allowed, seconds=1):
    """Endless requests, one after the other: each has to be refused long before its end."""
    for _ in again_and_again(seconds, 2000):
        with connect(port) as client:
            client.sendall(head)
            check(not pour(client, more, times), "all of it was taken")
            seen = status(client)
            check(seen in allowed, "refused with", seen)


def endless_chunk_line(port):
    head = b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5;"
    refused(port, head, b"a" * 65536, 400, (400, 0))


def endless_chunk_extensions(port):
    head = b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    refused(port, head, (b"1;" + b"a" * 200 + b"\r\nx\r\n") * 300, 400, (400, 0))


def hundred_thousand_headers(port):
    refused(port, b"GET /echo HTTP/1.1\r\n" + HOST, b"a: b\r\n" * 10000, 400, (431, 0), 0.5)
    refused(port, b"GET /echo HTTP/1.1\r\n" + HOST, b"a" * 65536, 400, (431, 0), 0.5)


def trickle(port, begin, connections, seconds):
    """So many connections that each send a byte now and then, until all are ended or the time is over; how many are left."""
    clients = [connect(port) for _ in range(connections)]
    for client in clients:
        client.sendall(begin)
        client.setblocking(False)
    end = time.monotonic() + seconds
    while clients and time.monotonic() < end:
        left = []
        for client in clients:
            try:
                client.send(b"a")
                left.append(client)
            except OSError:
                client.close()
            time.sleep(0.1 / connections)  # many who are slow are slow each in its own time
        clients = left
    for client in clients:
        client.close()
    return len(clients)


def slow_head(port):
    left = trickle(port, b"GET /echo HTTP/1.1\r\nX-A: a", 1000, 12)
    check(not left, left, "heads of 1,000 may take for ever")


def slow_body(port):
    left = trickle(port, b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 60000\r\n\r\n", 1000, 12)
    check(not left, left, "bodies of 1,000 may take for ever")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def sockets(pid):
    """Those of the process, by their inodes."""
    found = set()
    for number in os.listdir(f"/proc/{pid}/fd"):
        try:
            found.add(os.readlink(f"/proc/{pid}/fd/{number}"))
        except FileNotFoundError:
            pass  # closed meanwhile
    return found


def until(holds, seconds):
    """Whether something holds within so many seconds."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def reader_that_stops(port, pid):
    """Read on only once the server has let go of them: what comes then is what the kernel had taken."""
    before = sockets(pid)
    clients = [connect(port, 4096) for _ in range(READERS)]
    for i, client in enumerate(clients):
        target = b"/large" if i % 2 else b"/stream?pieces=1000000"
        client.sendall((b"GET %s HTTP/1.1\r\n" % target + HOST + b"\r\n") * 20)
    # All have come in when each has something to read; on a busy machine the first are let go of before the last come.
    for client in clients:
        check(select.select([client], [], [], 30)[0], "one of them did not come in")
    readers = sockets(pid) - before
    check(until(lambda: not sockets(pid) & readers, 20), len(sockets(pid) & readers), "readers that stopped are kept")
    for i, client in enumerate(clients):
        size, ended = 0, i % 20 > 1
        try:
            while not ended and size < MIB:
                piece = client.recv(1 << 20)
                size, ended = size + len(piece), not piece
        except OSError:
            pass
        check(size < MIB // 2, "for a reader that stopped the kernel had", size)
        client.close()


def idle_count():
    """As many as the limit of descriptors allows, at most 10,000."""
    return min(10000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200)


def ten_thousand_idle(port):
    clients = []
    for _ in range(idle_count()):
        clients.append(connect(port))
        clients[-1].sendall(b"GET /param/a/b HTTP/1.1\r\n" + HOST + b"\r\n")
        check(clients[-1].recv(4096).startswith(b"HTTP/1.1 200 "), "one of them was not served")
    time.sleep(0.5)  # while they are looked at
    for client in clients:
        client.close()


def flood_of_connects(port):
    for i in range(6000):
        client = connect(port)
        if i % 3 == 1:
            client.sendall(b"GET /large HTTP/1.1\r\n" + HOST + b"\r\n")
        elif i % 3 == 2:
            client.sendall(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\nabc")
        reset(client)


def rapid_reset(port):
    """Until GOAWAY, or 20,000 streams on each connection."""
    for _ in again_and_again(1, 500):
        with h2.Talk(port) as talk:
            taken = 0
            for i in range(200):
                numbers = range(200 * i + 1, 200 * i + 201, 2)
                if not talk.send(b"".join(h2.request(n, "/large") + h2.frame(h2.RST_STREAM, 0, n, struct.pack(">I", 8))
                                          for n in numbers)):
                    break
                taken += 100
            talk.until(lambda: talk.ended, 5)
            check(talk.ended and taken < 20000, "the flood goes on, after", taken)
            check(not talk.goaways or talk.goaways[-1][1] == "ENHANCE_YOUR_CALM", talk.goaways)


def hello():
    """A TLS client's first flight."""
    outgoing = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def half_open_handshakes(port):
    """A third says nothing, a third half of its hello, a third all of it and then no more."""
    said = hello()
    clients = [connect(port) for _ in range(1000)]
    for i, client in enumerate(clients):
        client.sendall(said[: len(said) * (i % 3) // 2])
    for client in clients:
        client.settimeout(15)
        try:
            while client.recv(65536):
                pass
        except ConnectionError:
            pass
        client.close()


def flood_of_handshakes(port):
    """Hellos that are left as soon as the server has signed, which costs it the most and the client the least."""
    said = hello()
    for _ in again_and_again(1, 5000):
        client = connect(port)
        client.sendall(said)
        check(client.recv(65536), "no answer to a hello")
        reset(client)


def descriptors_used_up(port):
    clients = []
    for _ in range(300):
        clients.append(connect(port))  # into the kernel's queue, once the server has none left
    time.sleep(2.5)
    for client in clients:
        client.close()


# ---- What they may cost ----

# The server's settings, then its memory above what it had before and its processor seconds, at most.
LIMITS = {
    endless_chunk_line: ({}, 4 * MIB, 1),
    endless_chunk_extensions: ({}, 4 * MIB, 1),
    hundred_thousand_headers: ({}, 4 * MIB, 1),
    slow_head: ({"head_timeout": 2}, 32 * MIB, 2),
    slow_body: ({"body_timeout": 2}, 32 * MIB, 2),
    reader_that_stops: ({"write_timeout": 1}, READERS * 80 * 1024, 3),
    ten_thousand_idle: ({}, 10000 * 1024, 2),
    flood_of_connects: ({}, 8 * MIB, 3),
    rapid_reset: ({}, 8 * MIB, 3),
    half_open_handshakes: ({"handshake_timeout": 2}, 1000 * 64 * 1024, 2),
    flood_of_handshakes: ({}, 4 * MIB, 1.5),
    descriptors_used_up: ({}, 2 * MIB, 0.5),
}
BY_TLS = (half_open_handshakes, flood_of_handshakes)
DESCRIPTORS = 64
HONEST = "build/tests/http/honest"


def watch(server, over):
    """The most memory that the server has until an event."""
    most = server.memory()
    while not over.wait(0.02):
        most = max(most, server.memory())
    return most


class Honest:
    """The honest client, until it is left."""

    def __init__(self, port):
        self.process = subprocess.Popen([os.path.join(ROOT, HONEST), str(port)], text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        time.sleep(0.1)  # until its threads are there
        before_others(self.process.pid, 20, spared=self.process.pid)  # but the one that counts
        self.phase()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.process.stdin.close()
        self.process.wait(20)

    def phase(self):
        """Ends one, and says what it waited in it."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        check(line, "the honest client is gone")
        return json.loads(line)

    def peace(self):
        self.phase()
        time.sleep(PEACE)
        return self.phase()


def before_others(pid, priority, spared=None):
    """A process whose core shall be its own whenever it wants it; but for one of its threads. Only root may ask for that."""
    for thread in (int(name) for name in os.listdir(f"/proc/{pid}/task")):
        if alone and os.geteuid() == 0 and thread != spared:
            os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(priority))


def yields():
    """What an attacker's process does first. One that is alone has nobody to yield to: the others come before it."""
    if not alone:
        os.nice(15)


def on_core(number):
    """Where whatever is started from now on runs, and we."""
    if alone:
        os.sched_setaffinity(0, {number})


def under_attack(attack, folder):
    """Runs one; returns what it cost and what the honest client waited. `folder`: certificates."""
    settings, memory_limit, cpu_limit = LIMITS[attack]
    settings = dict(settings, certificates=folder) if attack in BY_TLS else settings
    over = threading.Event()
    on_core(0)
    with Server(requests=1000000, **settings) as server, concurrent.futures.ThreadPoolExecutor(1) as watcher:
        before_others(server.process.pid, 10)
        on_core(1)
        with Honest(server.plain_port) as honest:
            peace = [honest.peace()]
            open_before = descriptors(server.process.pid)
            if attack is descriptors_used_up:
                resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
            before, cpu = server.memory(), server.cpu()
            most = watcher.submit(watch, server, over)
            try:
                context = multiprocessing.get_context("fork")
                with concurrent.futures.ProcessPoolExecutor(1, context, yields) as attacker:
                    port = server.tls_port if attack in BY_TLS else server.plain_port
                    attacker.submit(attack, *([port, server.process.pid] if attack is reader_that_stops else [port])).result(60)
                until(lambda: descriptors(server.process.pid) <= open_before + 1, 10)  # they leave together
            finally:
                over.set()
            war = honest.phase()
            grown, cpu = most.result() - before, server.cpu() - cpu
            if alone:
                peace.append(honest.peace())
            check(not war["kept"]["unserved"], "the honest client was not answered as it should")
            check(grown <= memory_limit, "memory grew by", grown, "bytes, at most", memory_limit)
            check(cpu <= cpu_limit, "it cost", cpu, "s of processor time, at most", cpu_limit)
    if attack is descriptors_used_up:
        lines = [line for line in server.noise.splitlines() if "descriptor" in line.lower() or "accept" in line.lower()]
        check(len(lines) <= 5, "it logged", len(lines), "lines in three seconds")
    return {"mib": grown / MIB, "cpu": cpu, "peace": peace, "war": war}


def p99(rounds, when, whose):
    """In milliseconds; the median of all phases of a kind."""
    phases = [phase for each in rounds for phase in (each["peace"] if when == "peace" else [each["war"]])]
    return statistics.median(phase[whose]["p99_ms"] for phase in phases)


def report(attack, rounds):
    """Prints a row of the table; returns by how much who is in waits longer."""
    figures = [statistics.median(each[what] for each in rounds) for what in ("mib", "cpu")]
    for whose in ("kept", "new"):
        peace, war = (p99(rounds, when, whose) for when in ("peace", "war"))
        figures += [peace, war, war / peace if peace else 0]
    unserved = sum(each["war"]["new"]["unserved"] for each in rounds)
    print(f"# {attack.__name__:26}" + "{:6.1f} {:6.2f}  {:7.2f} {:7.2f} {:5.1f}  {:7.2f} {:7.2f} {:5.1f}".format(*figures)
          + (f"  {unserved} not served" if unserved else ""), flush=True)
    return figures[4]


def keep(rounds):
    folder = os.path.join(ROOT, "build/bench")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "attacks.json"), "w", encoding="ascii") as file:
        json.dump(rounds, file, indent=1)


def build():
    """Both at once, since it waits for who builds."""
    folder = sys.argv[1]
    subprocess.run(["tests/build.sh", f"{folder}/tests/http/echo_server", HONEST], cwd=ROOT, check=True)


def main():
    build()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = 20000 if hard == resource.RLIM_INFINITY else min(20000, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))  # the server's too, which inherits it
    if alone and os.geteuid() != 0:
        print("# not root: server and honest client do not come before others, and what they wait tells of those too")
    print(f"# {idle_count():,} idle connections; load average {os.getloadavg()[0]:.1f}; medians of {ROUNDS if alone else 1}")
    print(f"# {'':26}{'server':^13}  {'who is in: p99, ms':^21}  {'who comes anew':^21}")
    print(f"# {'attack':26}   MiB      s    peace  attack times    peace  attack times", flush=True)
    failed, kept, above = 0, {}, []
    with certificates() as folder:
        for attack in [each for each in LIMITS if not names or each.__name__ in names]:
            try:
                kept[attack.__name__] = [under_attack(attack, folder) for _ in range(ROUNDS if alone else 1)]
                times = report(attack, kept[attack.__name__])
                above += [f"{attack.__name__} {times:.1f}"] if times > 2 else []
            except (Failed, OSError, concurrent.futures.TimeoutError) as failure:
                print(f"not ok - {attack.__name__}: {failure}", flush=True)
                failed += 1
    if alone:
        keep(kept)
        print("# who is in waits more than twice as long as in peace: " + (", ".join(above) or "beside none of these"))
    print(f"{len(kept)} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
