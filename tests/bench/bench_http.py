#!/usr/bin/env python3
"""The HTTP engine beside nginx: kept answers, pages, pipelines, questions never seen before.

    tests/bench/bench_http.py [SECONDS]     how long each measurement takes [3]

Each row asks both servers for the same bytes in the same way, one after the other, five times. README.md beside this says
how to read the figures; bench_compare.py has what both benchmarks share.
"""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True

from bench_compare import NGINX, ROOT, processor_seconds
from harness import Place, free_port, wait_for

ROUNDS = 5
LUA = ROOT / "tests/bench"
UNITS = {"us": 1e-3, "ms": 1, "s": 1e3}


def load(url, pid, seconds, connections=64, script=None):
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    before = processor_seconds(pid)
    said = subprocess.run(command + (["-s", script] if script else []) + [url], check=True, text=True,
                          capture_output=True).stdout
    used = processor_seconds(pid) - before
    count, wall = re.search(r"(\d+) requests in ([\d.]+)s", said).groups()
    assert "Non-2xx" not in said, said
    assert not re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+)", said), said
    figures = {"per_second": int(count) / float(wall), "per_processor_second": int(count) / used}
    for share in ("50", "99"):
        value, unit = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)\b", said).groups()
        figures[f"p{share}_ms"] = float(value) * UNITS[unit]
    return figures


def nearest(place, targets, size):
    """The target whose answer's length is nearest to size."""
    return min(targets, key=lambda target: abs(len(place.get(target).body) - size))


def main(seconds):
    place = Place()
    nginx = None
    try:
        place.start_cluster()
        place.run("build/corridor", "migrate")
        place.run("build/corridor", "demo")
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {0})  # started under its one core, it makes one worker
        place.start_server()
        os.sched_setaffinity(0, before)

        corridors = [c["id"] for c in place.ok("/v1/corridors?per_page=200")["corridors"]]
        questions = [f"/v1/compare?from={c[:2]}&to={c[3:]}&amount=200{more}" for c in corridors[:60]
                     for more in ("", "&pay_in=cash", "&max_speed=same_day")]
        pages = [f"/en/{c}?amount=200{more}" for c in corridors[:60] for more in ("", "&pay_in=cash")]
        targets = {"compare": nearest(place, questions, 4096), "page": nearest(place, pages, 16384)}
        ours = f"http://127.0.0.1:{place.port}"
        port = free_port()
        theirs = f"http://127.0.0.1:{port}"
        files = place.folder / "files"
        files.mkdir(mode=0o755)
        sizes = {}
        for name, target in targets.items():
            for _ in range(3):  # kept from the second time on
                body = place.get(target).body
            sizes[name] = len(body)
            (files / name).write_bytes(body)
            (files / name).chmod(0o644)
        settings = place.folder / "nginx.conf"
        settings.write_text(NGINX.format(folder=place.folder, port=port))
        nginx = subprocess.Popen(["nginx", "-c", settings], stderr=subprocess.DEVNULL)
        wait_for("nginx", 5, lambda: (place.folder / "nginx.pid").exists())
        time.sleep(0.3)
        worker = int(subprocess.run(["pgrep", "-P", str(nginx.pid)], text=True, capture_output=True).stdout.split()[0])

        pipeline, random = str(LUA / "pipeline.lua"), str(LUA / "random_amount.lua")
        compare, page = targets["compare"], targets["page"]
        # The name, ours, nginx's file, connections, scripts of both, the goal in requests per processor second.
        rows = [
            ("compare, kept, 64 connections", compare, "compare", 64, None, None, 1.20),
            ("compare, kept, 512 connections", compare, "compare", 512, None, None, 1.20),
            ("compare, kept, 16 pipelined", compare, "compare", 64, pipeline, pipeline, 3.5),
            ("page, kept, 64 connections", page, "page", 64, None, None, 1.0),
            ("compare, random amounts", re.sub(r"amount=200(.*)", r"\1", compare).rstrip("&") + "&amount=", "compare", 64,
             random, None, 0.50),
        ]
        rounds = {name: {"corridor": [], "nginx": []} for name, *_ in rows}
        for number in range(ROUNDS):
            for name, target, file, connections, script, peer_script, _ in rows:
                measured = rounds[name]
                measured["nginx"].append(load(f"{theirs}/{file}", worker, seconds, connections, peer_script))
                measured["corridor"].append(load(ours + target, place.server.pid, seconds, connections, script))
                print(f"# round {number + 1}, {name}: " + ", ".join(
                    f"{who} {measured[who][-1]['per_processor_second']:,.0f}" for who in measured), flush=True)

        result = []
        for name, *_, goal in rows:
            row = {"name": name, "goal": goal}
            for who, measured in rounds[name].items():
                row[who] = {figure: statistics.median(m[figure] for m in measured) for figure in measured[0]}
            row["ratio"] = row["corridor"]["per_processor_second"] / row["nginx"]["per_processor_second"]
            result.append(row)
        print(f"\ncompare {sizes['compare']:,} bytes ({compare}), page {sizes['page']:,} bytes ({page}); medians of {ROUNDS} "
              f"rounds of {seconds} s\n")
        print(f"{'':32}{'per second':>20}{'p50 ms':>16}{'p99 ms':>16}{'per processor s':>20}{'ratio':>8}{'goal':>7}")
        for row in result:
            us, them = row["corridor"], row["nginx"]
            print(f"{row['name']:32}{us['per_second']:11,.0f} {them['per_second']:8,.0f}{us['p50_ms']:8.2f} "
                  f"{them['p50_ms']:7.2f}{us['p99_ms']:8.2f} {them['p99_ms']:7.2f}{us['per_processor_second']:11,.0f} "
                  f"{them['per_processor_second']:8,.0f}{row['ratio']:8.2f}{row['goal']:7.2f}"
                  f"{'' if row['ratio'] >= row['goal'] else '  missed'}")
        print("(corridord, then nginx)")
        folder = ROOT / "build/bench"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "http.json").write_text(json.dumps(
            {"seconds": seconds, "targets": targets, "bytes": sizes, "medians": result, "rounds": rounds}, indent=1) + "\n")
    finally:
        if nginx is not None:
            nginx.terminate()
            nginx.wait(timeout=10)
        place.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
