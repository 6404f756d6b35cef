#!/usr/bin/env python3
"""The HTTP engine beside nginx: plain, TLS, HTTP/2, handshakes, pipelines, questions never seen, idle memory, two workers.

    tests/bench/bench_http.py [--seconds N] [--rounds N] [ROW...]
        N seconds for each measurement [2], N rounds [5], the rows named in the table below [all]

Each row asks both servers for the same bytes in the same way, one after the other, in every round. README.md beside this
says how to read the figures and what they cannot tell.
"""
import argparse
import json
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True

import loads
from servers import ROOT, Servers

HELD = 10000
PIPELINE, RANDOM = (str(ROOT / "tests/bench" / name) for name in ("pipeline.lua", "random_amount.lua"))


def kept(name, **how):
    return lambda servers, server, seconds: loads.wrk(
        server, server.url(servers.target(server, name), how.get("tls", False)), seconds,
        **{key: value for key, value in how.items() if key != "tls"})


def pipelined(servers, server, seconds):
    """What one waited is h2load's to tell: wrk mends its times by how often a connection asks, which pipelines make meaningless."""
    figures = kept("compare", script=PIPELINE)(servers, server, seconds)
    return {**figures, **loads.pipelined_waits(server, server.url(servers.target(server, "compare")))}


def random_amounts(servers, server, seconds):
    if server is servers.nginx:
        return kept("compare")(servers, server, seconds)
    return loads.wrk(server, server.url(servers.random_target()), seconds, script=RANDOM)


def http2(servers, server, seconds):
    return loads.h2load(server, server.url(servers.target(server, "compare"), tls=True), seconds)


def handshakes(how):
    return lambda servers, server, seconds: loads.shake(server, how, seconds)


# The row's name, what it is, how one server is measured, the goal: corridord's requests per processor second to nginx's.
ROWS = [
    ("compare64", "compare, kept, 64 connections", kept("compare"), 1.20),
    ("compare512", "compare, kept, 512 connections", kept("compare", connections=512), 1.20),
    ("tls64", "compare, kept, TLS 1.3, 64 connections", kept("compare", tls=True), 1.15),
    ("pipelined", "compare, kept, 16 pipelined", pipelined, 3.5),
    ("page", "page, kept, 64 connections", kept("page"), 1.0),
    ("random", "compare, an amount never asked before", random_amounts, 0.50),
    ("h2", "compare, kept, HTTP/2 over TLS, 64 x 10 streams", http2, 1.0),
    ("full", "handshakes, full", handshakes("full"), 1.05),
    ("resumed", "handshakes, resumed", handshakes("resumed"), 1.05),
]
OTHERS = ("returning", "idle", "workers")


def measure_rows(servers, rows, rounds, seconds):
    result = {name: {"corridord": [], "nginx": []} for name, *_ in rows}
    for number in range(rounds):
        for name, _, measure, _ in rows:
            for server in (servers.nginx, servers.corridord):
                result[name][server.name].append(measure(servers, server, seconds))
            print(f"# round {number + 1}, {name}: " + ", ".join(
                f"{who} {measured[-1]['per_processor_second']:,.0f}" for who, measured in result[name].items()), flush=True)
    return result


def medians(measured):
    return {figure: statistics.median(each[figure] for each in measured) for figure in measured[0]
            if isinstance(measured[0][figure], (int, float))}


def row_result(row, measured):
    name, title, _, goal = row
    us, them = medians(measured["corridord"]), medians(measured["nginx"])
    ratio = us["per_processor_second"] / them["per_processor_second"]
    return {"name": name, "title": title, "goal": goal, "corridord": us, "nginx": them, "ratio": ratio,
            "met": ratio >= goal, "p99_met": us["p99_ms"] <= them["p99_ms"]}


def print_rows(result):
    print(f"\n{'':48}{'per processor second':>22}{'ratio':>8}{'goal':>6}{'per second':>20}{'p50 ms':>16}{'p99 ms':>16}")
    for row in result:
        us, them = row["corridord"], row["nginx"]
        print(f"{row['title']:48}{us['per_processor_second']:12,.0f} {them['per_processor_second']:9,.0f}"
              f"{row['ratio']:8.2f}{row['goal']:6.2f}{us['per_second']:11,.0f} {them['per_second']:8,.0f}"
              f"{us['p50_ms']:8.2f} {them['p50_ms']:7.2f}{us['p99_ms']:8.2f} {them['p99_ms']:7.2f}"
              f"{'' if row['met'] else '  MISSED'}{'' if row['p99_met'] else '  p99 above'}")


def returning(servers):
    """Of clients that come back, half of them by TLS 1.2, the share whose session is taken."""
    told = loads.shake(servers.corridord, "returning", 3, servers.targets["compare"])
    print(f"returning clients that resume (TLS 1.2 and 1.3): {100 * told['resumed']:.2f} %, goal 99"
          f"{'' if told['resumed'] >= 0.99 else '  MISSED'}")
    return told


def idle(servers):
    result = {}
    for way, tls in (("plain", False), ("TLS", True)):
        us, them = (loads.idle(server, HELD, tls, servers.target(server, "compare"))
                    for server in (servers.corridord, servers.nginx))
        met = us <= them if tls else us <= 1024
        result[way] = {"corridord": us, "nginx": them, "met": met}
        print(f"an idle connection among {HELD:,}, {way}: {us:,.0f} bytes, nginx {them:,.0f}; "
              f"goal {'nginx' if tls else '1,024'}{'' if met else '  MISSED'}")
    return result


def workers(servers, rounds, seconds):
    """How much more two workers on two cores serve than one; README.md says what is and what is not measured."""
    two = servers.start_corridord({0, 1})
    target = servers.targets["compare"]
    measured = {1: [], 2: []}
    for _ in range(3):
        loads.wrk(two, two.url(target), 1, connections=8)  # until each worker keeps the answer
    for _ in range(rounds):
        for count, server in ((1, servers.corridord), (2, two)):
            measured[count].append(loads.both_cores(server, server.url(target), seconds))
    one_rate, two_rate = (statistics.median(each["per_processor_second"] for each in measured[count]) for count in (1, 2))
    scaling = 2 * two_rate / one_rate
    share = statistics.median(each["threads"][0] for each in measured[2])
    print(f"two workers: {two_rate:,.0f} requests per processor second, one: {one_rate:,.0f}; with a core each, and the load "
          f"elsewhere, {scaling:.2f} times one, goal 1.80{'' if scaling >= 1.8 else '  MISSED'}; "
          f"the busier of the two had {100 * share:.0f} % of the work")
    return {"one": one_rate, "two": two_rate, "scaling": scaling, "busier": share, "met": scaling >= 1.8, "rounds": measured}


def main():
    parser = argparse.ArgumentParser(description="The HTTP engine beside nginx.")
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement [2]")
    parser.add_argument("--rounds", type=int, default=5, help="[5]")
    names = [name for name, *_ in ROWS] + list(OTHERS)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(names)} [all]")
    asked = parser.parse_args()
    unknown = set(asked.rows) - set(names)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    chosen = asked.rows or names
    servers = Servers()
    try:
        rows = [row for row in ROWS if row[0] in chosen]
        load_before = loads.load_average()
        # First, since what a load leaves behind in the allocator would be taken for the connections' memory or hide it.
        idle_result = idle(servers) if "idle" in chosen else None
        rounds = measure_rows(servers, rows, asked.rounds, asked.seconds)
        result = {"seconds": asked.seconds, "load_average": load_before, "targets": servers.targets, "bytes": servers.sizes,
                  "rows": [row_result(row, rounds[row[0]]) for row in rows], "rounds": rounds}
        if rows:
            print_rows(result["rows"])
            print("(corridord, then nginx)")
        for name, bytes_ in servers.sizes.items():
            print(f"{name}: {bytes_:,} bytes, {servers.targets[name]}")
        if "returning" in chosen:
            result["returning"] = returning(servers)
        if idle_result is not None:
            result["idle"] = idle_result
        if "workers" in chosen:
            result["workers"] = workers(servers, asked.rounds, asked.seconds)
        print(f"medians of {asked.rounds} rounds of {asked.seconds} s; load average before {load_before:.1f}"
              + ("; the machine was busy: believe only what is per processor second" if load_before > 0.5 else ""))
        folder = ROOT / "build/bench"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "http.json").write_text(json.dumps(result, indent=1) + "\n")
    finally:
        servers.end()


if __name__ == "__main__":
    main()
