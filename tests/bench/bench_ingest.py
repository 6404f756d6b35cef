#!/usr/bin/env python3
"""Durable quotes per second through the feed, beside PostgreSQL's own ceiling on the same machine in the same run.

    tests/bench/bench_ingest.py [--stream QUOTES] [ROUNDS]

ROUNDS: how often each pair is measured [3]. --stream: how many quotes the one long stream has, for the memory of
corridor-ingestd [200000]; a million takes a minute more.

README.md beside this says what is compared with what, and how to read the figures.
"""
import argparse
import base64
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import threading
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / part) for part in ("feed", "server")]
sys.dont_write_bytecode = True

from client import quote
from harness import ROOT, wait_for
from place import FeedPlace

LOAD = ROOT / "build/tests/bench/bench_ingest"
REFS, CONNECTIONS = 100_000, 16  # as in bench_ingest.c
BULK, SINGLES, HUNDREDS, STREAM, SHOWN = 100_000, 16_000, 300, 200_000, 1_000
TICK = os.sysconf("SC_CLK_TCK")


def processor_seconds(pids):
    total = 0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return total / TICK


def memory_mb(pid):
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


class Bench:
    def __init__(self, place):
        self.place = place
        self.port = place.start_ingestd()
        self.pid = place.ingestds[self.port].pid
        self.operator = place.operator("bench", self.port)
        self.others = []  # fifteen more operators, where the connections are one operator's each
        time.sleep(1.2)
        self.round = 0
        self.connection = (place.folder / "var/connection").read_text().strip() + " user=corridor_owner"

    def load(self, *arguments):
        self.round += 1
        before = processor_seconds([self.pid])
        done = subprocess.run([str(LOAD), *map(str, arguments), str(self.round)], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-2000:]
        seen = json.loads(done.stdout)
        seen["per_second"] = seen["quotes"] / seen["seconds"]
        seen["processor_us"] = 1e6 * (processor_seconds([self.pid]) - before) / seen["quotes"]
        return seen

    def signer(self, operators=1):
        """Who sends: names, keys and secrets of one operator, or of more with commas."""
        parties = [self.operator, *self.others][:operators]
        return (self.port, ",".join(p.id for p in parties), ",".join(p.key.keyid for p in parties),
                ",".join(base64.b64encode(p.key.secret).decode() for p in parties))

    def bulk(self, quotes=BULK):
        return self.load("bulk", *self.signer(), quotes)

    def post(self, submissions, quotes, operators=1):
        return self.load("post", *self.signer(operators), CONNECTIONS, submissions, quotes)

    def figures(self):
        """Waits until the first figures of the running quarter stand: they are a market's first load, not its feed."""
        wait_for("figures", 120, lambda: "figures are up to date" in self.place.ingestd_said(self.port))

    def many(self):
        """An operator for each connection, and their services."""
        self.others = [self.place.operator(f"bench-{i}", self.port) for i in range(1, CONNECTIONS)]
        time.sleep(1.2)
        self.post(REFS // 100, 100, CONNECTIONS)

    def bare(self, batches, quotes):
        return self.load("bare", self.connection, "bench", batches, quotes)

    def pgbench(self, seconds=3):
        """16 clients, each committing one insert after the other."""
        self.place.sql("CREATE TABLE IF NOT EXISTS public.bench (id bigserial PRIMARY KEY, at timestamptz DEFAULT now(), "
                       "body text)")
        script = self.place.folder / "insert.sql"
        script.write_text("INSERT INTO public.bench (body) VALUES (repeat('x', 400));\n")
        host = re.search(r"host=(\S+)", self.connection)[1]
        log = self.place.folder / "pgbench"
        done = subprocess.run(
            ["pgbench", "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", str(seconds), "-f", str(script), "-l",
             "--log-prefix", str(log), "-h", host, "-p", "5432", "-U", "corridor_owner", "corridor"],
            capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        took = []
        for file in self.place.folder.glob("pgbench.*"):
            took += [int(line.split()[2]) for line in file.read_text().splitlines()]
            file.unlink()
        took.sort()
        tps = float(re.search(r"tps = ([\d.]+)", done.stdout)[1])
        return {"per_second": tps, "p50_ms": took[len(took) // 2] / 1e3, "p99_ms": took[len(took) * 99 // 100] / 1e3}

    def shown(self, times):
        """From a receipt to the new price in the answer of another process, while others submit."""
        stop = threading.Event()
        sent = [0]

        def others():
            busy = self.place.operator_again
            while not stop.is_set():
                busy.post([quote(f"busy-{sent[0] % 50}", corridor="FR-ML",
                                 tariff=[{"from": "0", "to": None, "fee": f"{1 + sent[0] % 90 / 100:.2f}", "rate": "651"}],
                                 max=...)])
                sent[0] += 1

        threads = [threading.Thread(target=others) for _ in range(2)]
        for thread in threads:
            thread.start()
        took = []
        try:
            for i in range(times):
                fee = f"{1 + i % 100 / 100:.2f}"
                answer = self.operator.post(quote("shown", corridor="FR-TG", max=..., tariff=[
                    {"from": "0", "to": None, "fee": fee, "rate": "651.20"}]))
                assert answer.status == 201 and answer.json["counts"]["accepted"] == 1, answer
                began = time.monotonic()
                while True:
                    offers = self.place.ok("/v1/compare?from=FR&to=TG&amount=200&currency=EUR")["offers"]
                    if any(o["operator"]["id"] == "bench" and o["fee"] == fee for o in offers):
                        break
                    assert time.monotonic() - began < 10, fee
                    time.sleep(0.001)
                took.append(1e3 * (time.monotonic() - began))
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        took.sort()
        return {"times": times, "others": sent[0], "p50_ms": took[times // 2], "p99_ms": took[times * 99 // 100],
                "most_ms": took[-1]}


def median(rounds):
    return {name: statistics.median(r[name] for r in rounds) for name in rounds[0]
            if isinstance(rounds[0][name], (int, float))}


def main(rounds, stream):
    place = FeedPlace()
    try:
        place.start_cluster()
        place.run("build/corridor", "migrate")
        bench = Bench(place)
        bench.bulk()  # makes the services, which the rounds below price anew
        bench.many()
        bench.figures()
        seen = {name: [] for name in ("bulk", "bare_1000", "single", "pgbench", "own", "hundred", "bare_100", "own_100")}
        for number in range(rounds):
            seen["bulk"].append(bench.bulk())
            seen["bare_1000"].append(bench.bare(BULK // 1000, 1000))
            seen["single"].append(bench.post(SINGLES, 1))
            seen["pgbench"].append(bench.pgbench())
            seen["own"].append(bench.post(SINGLES, 1, CONNECTIONS))
            seen["hundred"].append(bench.post(HUNDREDS, 100))
            seen["bare_100"].append(bench.bare(HUNDREDS, 100))
            seen["own_100"].append(bench.post(HUNDREDS, 100, CONNECTIONS))
            print(f"# round {number + 1}: " + ", ".join(f"{n} {s[-1]['per_second']:,.0f}/s" for n, s in seen.items()),
                  flush=True)
        result = {name: median(s) for name, s in seen.items()}
        memory_before = memory_mb(bench.pid)
        long = bench.bulk(stream)
        result["stream"] = {**{k: v for k, v in long.items() if isinstance(v, (int, float))},
                            "memory_mb": memory_mb(bench.pid)}
        # Beside a small market, as a corridor is: readers build a corridor whole when it changes.
        place.end()
        place = FeedPlace()
        place.start_cluster()
        place.run("build/corridor", "migrate")
        bench = Bench(place)
        place.operator_again = place.operator("busy", bench.port)
        time.sleep(1.2)
        place.start_server()
        result["shown"] = bench.shown(SHOWN)

        rows = [("bulk of 100,000, 1,000 a batch", "bulk", "bare_1000", "bare loop", 0.8),
                ("one quote each, one operator", "single", "pgbench", "pgbench, 16 clients", 1.0),
                ("one quote each, 16 operators", "own", "pgbench", "pgbench, 16 clients", 1.0),
                ("100 quotes each, one operator", "hundred", "bare_100", "bare loop", None),
                ("100 quotes each, 16 operators", "own_100", "bare_100", "bare loop", None)]
        print(f"\nmedians of {rounds} rounds\n\n{'':34}{'quotes/s':>10}{'peer/s':>10}{'ratio':>7}{'goal':>6}  peer")
        for title, ours, peer, what, goal in rows:
            ratio = result[ours]["per_second"] / result[peer]["per_second"]
            result[ours]["ratio"] = ratio
            print(f"{title:34}{result[ours]['per_second']:10,.0f}{result[peer]['per_second']:10,.0f}{ratio:7.2f}"
                  f"{goal or '':>6}  {what}{'' if goal is None or ratio >= goal else '  missed'}")
        peer = result["pgbench"]
        for title, single in (("one operator", result["single"]), ("16 operators", result["own"])):
            times = single["p99_ms"] / peer["p99_ms"]
            print(f"one quote each, {title}, p50 and p99: {single['p50_ms']:.1f} and {single['p99_ms']:.1f} ms; pgbench "
                  f"{peer['p50_ms']:.1f} and {peer['p99_ms']:.1f} ms; p99 {times:.1f} times, goal 3"
                  f"{'' if times <= 3 else '  missed'}")
        print("processor time of corridor-ingestd a quote: " + ", ".join(
            f"{n} {result[n]['processor_us']:.0f} us" for n in ("bulk", "single", "own", "hundred", "own_100")))
        print(f"{stream:,} quotes in one stream: {result['stream']['seconds']:.1f} s, "
              f"{result['stream']['memory_mb']:.1f} MiB at most ({memory_before:.1f} before), goal 64"
              f"{'' if result['stream']['memory_mb'] < 64 else '  missed'}")
        shown = result["shown"]
        print(f"from receipt to comparison, {shown['times']} times while {shown['others']} others were taken: p50 "
              f"{shown['p50_ms']:.0f}, p99 {shown['p99_ms']:.0f}, most {shown['most_ms']:.0f} ms; goal p99 250"
              f"{'' if shown['p99_ms'] <= 250 else '  missed'}")
        folder = ROOT / "build/bench"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ingest.json").write_text(json.dumps({"medians": result, "rounds": seen}, indent=1) + "\n")
    finally:
        place.end()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rounds", nargs="?", type=int, default=3, help="how often each pair is measured [3]")
    parser.add_argument("--stream", type=int, default=STREAM, help="quotes of the one long stream [200000]")
    asked = parser.parse_args()
    main(asked.rounds, asked.stream)
