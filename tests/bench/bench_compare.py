#!/usr/bin/env python3
"""Requests per second of /v1/compare beside nginx serving the same bytes as a file.

    tests/bench/bench_compare.py [SECONDS]     how long each of 15 measurements takes [5]

Both servers have one worker on core 0, the load (wrk, 64 keep-alive connections) runs on core 1. The three kinds are
measured in turn, five times, so that whatever else the machine does falls on all of them; medians are told. A request
per second of wall time says what one core gives while the generator keeps up; requests per second of the server's own
processor time (user and system, from /proc) say what it costs, and are the figure to trust when it doesn't.
"""
import json
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True

import loads
from servers import ROOT, Servers

ROUNDS = 5
QUESTION = "/v1/compare?from=FR&to=SN&amount="


def main(seconds):
    servers = Servers({"compare": QUESTION + "200"})
    try:
        nginx, corridord = servers.nginx, servers.corridord
        kinds = {
            "nginx, the file": lambda: loads.wrk(nginx, nginx.url("/compare"), seconds),
            "the same question": lambda: loads.wrk(corridord, corridord.url(QUESTION + "200"), seconds),
            "a random amount": lambda: loads.wrk(corridord, corridord.url(QUESTION), seconds,
                                                 script=str(ROOT / "tests/bench/random_amount.lua")),
        }
        rounds = {kind: [] for kind in kinds}
        for number in range(ROUNDS):
            for kind, measure in kinds.items():
                rounds[kind].append(measure())
                print(f"# round {number + 1}, {kind}: {rounds[kind][-1]['per_second']:,.0f}/s, "
                      f"{rounds[kind][-1]['per_processor_second']:,.0f} per processor second", flush=True)
        result = {kind: {figure: statistics.median(r[figure] for r in all_rounds) for figure in all_rounds[0]}
                  for kind, all_rounds in rounds.items()}
        base, size = result["nginx, the file"], servers.sizes["compare"]
        print(f"\n{size:,} bytes, 64 connections, medians of {ROUNDS} rounds of {seconds} s\n")
        print(f"{'':20} {'per second':>12} {'to nginx':>9} {'per processor second':>22} {'to nginx':>9}")
        for kind, figures in result.items():
            print(f"{kind:20} {figures['per_second']:12,.0f} {figures['per_second'] / base['per_second']:9.2f} "
                  f"{figures['per_processor_second']:22,.0f} "
                  f"{figures['per_processor_second'] / base['per_processor_second']:9.2f}")
        folder = ROOT / "build/bench"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "compare.json").write_text(json.dumps({"bytes": size, "medians": result, "rounds": rounds}, indent=1) + "\n")
    finally:
        servers.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
