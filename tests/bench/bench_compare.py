#!/usr/bin/env python3
"""Requests per second of /v1/compare beside nginx serving the same bytes as a file.

    tests/bench/bench_compare.py [SECONDS]     how long each of 15 measurements takes [5]

Both servers have one worker on core 0, the load (wrk, 64 keep-alive connections) runs on core 1. The three kinds are
measured in turn, five times, so that whatever else the machine does falls on all of them; medians are told. A request
per second of wall time says what one core gives while the generator keeps up; requests per second of the server's own
processor time (user and system, from /proc) say what it costs, and are the figure to trust when it doesn't.
"""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/server"))
sys.dont_write_bytecode = True

from harness import Place, free_port, wait_for

ROUNDS = 5
CONNECTIONS = 64
QUESTION = "/v1/compare?from=FR&to=SN&amount="
TICK = os.sysconf("SC_CLK_TCK")

NGINX = """
worker_processes 1;
worker_cpu_affinity 01;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nodelay on;
    open_file_cache max=16;
    open_file_cache_valid 60s;
    keepalive_requests 1000000000;
    default_type "application/json; charset=utf-8";
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port} reuseport; root {folder}/files; }}
}}
"""


def processor_seconds(pid):
    """User and system time of a process and all its threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def load(url, pid, seconds, script=None):
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    before = processor_seconds(pid)
    said = subprocess.run(command + (["-s", script] if script else []) + [url], check=True, text=True,
                          capture_output=True).stdout
    used = processor_seconds(pid) - before
    count, wall = re.search(r"(\d+) requests in ([\d.]+)s", said).groups()
    assert "Non-2xx" not in said and "Socket errors" not in said, said
    return {"per_second": int(count) / float(wall), "per_processor_second": int(count) / used}


def main(seconds):
    place = Place()
    nginx = None
    try:
        place.start_cluster()
        place.run("build/corridor", "migrate")
        place.run("build/corridor", "demo")
        # Started under its one core, it makes one worker.
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {0})
        place.start_server()
        os.sched_setaffinity(0, before)

        body = place.get(QUESTION + "200").body
        files = place.folder / "files"
        files.mkdir()
        (files / "compare.json").write_bytes(body)
        (files / "compare.json").chmod(0o644)
        port = free_port()
        settings = place.folder / "nginx.conf"
        settings.write_text(NGINX.format(folder=place.folder, port=port))
        nginx = subprocess.Popen(["nginx", "-c", settings], stderr=subprocess.DEVNULL)
        wait_for("nginx", 5, lambda: (place.folder / "nginx.pid").exists())
        time.sleep(0.3)
        children = subprocess.run(["pgrep", "-P", str(nginx.pid)], text=True, capture_output=True).stdout.split()
        worker = int(children[0])

        ours = f"http://127.0.0.1:{place.port}{QUESTION}"
        kinds = {
            "nginx, the file": lambda: load(f"http://127.0.0.1:{port}/compare.json", worker, seconds),
            "the same question": lambda: load(ours + "200", place.server.pid, seconds),
            "a random amount": lambda: load(ours, place.server.pid, seconds,
                                            str(ROOT / "tests/bench/random_amount.lua")),
        }
        rounds = {kind: [] for kind in kinds}
        for number in range(ROUNDS):
            for kind, measure in kinds.items():
                rounds[kind].append(measure())
                print(f"# round {number + 1}, {kind}: {rounds[kind][-1]['per_second']:,.0f}/s, "
                      f"{rounds[kind][-1]['per_processor_second']:,.0f} per processor second", flush=True)
        result = {kind: {figure: statistics.median(r[figure] for r in all_rounds) for figure in all_rounds[0]}
                  for kind, all_rounds in rounds.items()}
        base = result["nginx, the file"]
        print(f"\n{len(body):,} bytes, {CONNECTIONS} connections, medians of {ROUNDS} rounds of {seconds} s\n")
        print(f"{'':20} {'per second':>12} {'to nginx':>9} {'per processor second':>22} {'to nginx':>9}")
        for kind, figures in result.items():
            print(f"{kind:20} {figures['per_second']:12,.0f} {figures['per_second'] / base['per_second']:9.2f} "
                  f"{figures['per_processor_second']:22,.0f} "
                  f"{figures['per_processor_second'] / base['per_processor_second']:9.2f}")
        folder = ROOT / "build/bench"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "compare.json").write_text(json.dumps({"bytes": len(body), "medians": result, "rounds": rounds},
                                                        indent=1) + "\n")
    finally:
        if nginx is not None:
            nginx.terminate()
            nginx.wait(timeout=10)
        place.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
