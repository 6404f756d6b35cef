#!/usr/bin/env python3
"""The whole services report beside psql's COPY TO of the same rows: bench_reports.py [ROWS]

A private cluster with the demonstration market (for comparisons) and 254,000 survey rows (ROWS), made of an imported
workbook by repeating its rows under other ids. What the figures mean is in README.md beside this; the rounds stay in
build/bench/reports.json.
"""
import http.client
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/server"))
sys.dont_write_bytecode = True
from harness import Place, wait_for

ROUNDS = 3
READERS = 8
SPEED = 64 * 1024  # bytes a second that a slow reader takes
SECONDS = 5        # of each measure of comparisons
TARGET = "/v1/reports/services.csv?to=2016-Q1"
WANTED = {"speed": 0.7, "first_ms": 50, "memory_mib": 32, "comparisons": 0.8}
# As the server plans it, and as PostgreSQL would; psql's better one counts.
PLAN = "SET enable_sort = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off;"
COPY = ("SET search_path = corridor; SET corridor.report_to = '2016-Q1'; {} COPY (SELECT * FROM report_surveyed"
        " ORDER BY corridor, period, source_ref, quote) TO STDOUT WITH (FORMAT csv)")


def processor(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def load(place, rows):
    path = ROOT / "build/bench/survey-5000-0.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        subprocess.run([ROOT / "tests/import/make_workbook.py", path, "--old", "5000", "--new", "50"], check=True)
    place.run("build/corridor", "demo", limit=300)
    place.run("build/corridor", "import", "rpw", path, limit=300)
    times = -(-rows // 5000)
    place.sql(f"""SET search_path = corridor;
CREATE TEMPORARY TABLE more AS
SELECT o.id AS was, nextval(pg_get_serial_sequence('observation', 'id')) AS id, n
FROM observation o CROSS JOIN generate_series(1, {times - 1}) n WHERE o.period <= '2016-Q1';
INSERT INTO observation OVERRIDING SYSTEM VALUE
SELECT m.id, o.recorded_at, o.submission, o.source, o.source_id || '-' || m.n, o.content, o.period, o.corridor, o.operator,
       o.firm, o.firm_type, o.pay_in, o.access_point, o.pay_out, o.speed, o.coverage, o.transparent, o.send_currency,
       o.reference_rate, o.collected_on, o.published
FROM more m JOIN observation o ON o.id = m.was;
INSERT INTO observed_price SELECT m.id, p.price_point_usd, p.principal, p.fee, p.rate, p.margin_pct, p.total_cost_pct,
       p.consistent FROM more m JOIN observed_price p ON p.observation = m.was;
VACUUM ANALYZE observation, observed_price;""")


def psql(place, plan):
    began = time.monotonic()
    command = [ROOT / "deploy/dev/cluster.sh", "psql", "-XAtq", "-c", COPY.format(plan)]
    done = subprocess.run(command, env=place.environment, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return time.monotonic() - began, done.stdout.count(b"\n"), len(done.stdout)


def report(place):
    """Seconds, rows, bytes, and seconds to the first byte of the body."""
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=120)
    began = time.monotonic()
    connection.request("GET", TARGET)
    response = connection.getresponse()
    first, rows, size = None, 0, 0
    while piece := response.read1(1 << 20):
        first = first or time.monotonic() - began
        rows += piece.count(b"\n")
        size += len(piece)
    connection.close()
    return time.monotonic() - began, rows - 1, size, first


class Slow:
    """A reader that takes SPEED bytes a second until it is stopped."""
    def __init__(self, place):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.socket.connect(("127.0.0.1", place.port))
        self.socket.sendall(f"GET {TARGET} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        self.taken, self.stop = 0, threading.Event()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while not self.stop.wait(0.05):
            self.taken += len(self.socket.recv(SPEED // 20))

    def close(self):
        self.stop.set()
        self.thread.join()
        self.socket.close()


def comparisons(place):
    """Requests per second of wall time and of the server's own processor time, each with another amount."""
    before = processor(place.server.pid)
    output = subprocess.run(["wrk", "-t1", "-c32", f"-d{SECONDS}s", "-s", ROOT / "tests/bench/random_amount.lua",
                             f"http://127.0.0.1:{place.port}/v1/compare?from=FR&to=SN&amount="],
                            text=True, capture_output=True, check=True).stdout
    rate = float(next(line.split()[1] for line in output.splitlines() if line.startswith("Requests/sec")))
    return rate, rate * SECONDS / (processor(place.server.pid) - before)


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 254000
    place = Place()
    seen = {"rows": rows, "psql": [], "report": [], "alone": [], "with_readers": []}
    try:
        place.start_cluster()
        place.run("build/corridor", "migrate")
        load(place, rows)
        place.start_server()
        for _ in range(ROUNDS):
            seen["psql"].append(min(psql(place, plan) for plan in (PLAN, "")))
            before = processor(place.server.pid)
            seen["report"].append(report(place) + (processor(place.server.pid) - before,))
        assert {row[1] for row in seen["psql"] + seen["report"]} == {seen["psql"][0][1]}, "not the same rows"
        seen["grown_mib"] = 0
        for _ in range(ROUNDS):
            seen["alone"].append(comparisons(place))
            base = memory(place.server.pid)  # comparisons fill the cache of answers, which is not the readers' doing
            readers = [Slow(place) for _ in range(READERS)]
            wait_for("all are served", 20, lambda: all(reader.taken > 0 for reader in readers))
            time.sleep(SECONDS)
            seen["grown_mib"] = max(seen["grown_mib"], memory(place.server.pid) - base)
            seen["with_readers"].append(comparisons(place))
            for reader in readers:
                reader.close()
    finally:
        place.end()
    (ROOT / "build/bench/reports.json").write_text(json.dumps(seen, indent=1))
    wall = [statistics.median(row[0] for row in seen[kind]) for kind in ("psql", "report")]
    first = statistics.median(row[3] for row in seen["report"]) * 1000
    own = statistics.median(row[4] for row in seen["report"])
    rates = [[statistics.median(row[i] for row in seen[kind]) for i in (0, 1)] for kind in ("alone", "with_readers")]
    print(f"{seen['report'][0][1]:,} rows, {seen['report'][0][2] / 1e6:.1f} MB")
    print(f"psql COPY TO      {wall[0]:7.2f} s")
    print(f"services.csv      {wall[1]:7.2f} s, of it {own:.2f} s of corridord's processor")
    results = {"speed": wall[0] / wall[1], "first_ms": first, "memory_mib": seen["grown_mib"],
               "comparisons": rates[1][1] / rates[0][1]}
    print(f"{results['speed']:.2f} of psql's speed (at least {WANTED['speed']})")
    print(f"first byte after {first:.1f} ms (under {WANTED['first_ms']})")
    print(f"{READERS} slow readers: corridord grew by {results['memory_mib']:.1f} MiB (under {WANTED['memory_mib']})")
    print(f"comparisons meanwhile: {rates[1][0] / rates[0][0]:.2f} of their speed a second, {results['comparisons']:.2f} a"
          f" processor second (at least {WANTED['comparisons']})")
    good = (results["speed"] >= WANTED["speed"] and first < WANTED["first_ms"] and results["memory_mib"] < WANTED["memory_mib"]
            and results["comparisons"] >= WANTED["comparisons"])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
