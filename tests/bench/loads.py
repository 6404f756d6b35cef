"""The loads of the benchmarks, all on core 1: wrk for HTTP/1, h2load for HTTP/2, shake for handshakes and idle connections.

Each gives requests (or handshakes) per second of wall time and of the server's processor time, and the median and 99th
percentile of what one took, in milliseconds.
"""
import json
import os
import re
import subprocess
import tempfile
import time

from servers import ROOT

UNITS = {"us": 1e-3, "ms": 1, "s": 1e3}
SHAKE = str(ROOT / "build/tests/bench/shake")
THREADS = 16  # of shake


def measured(server, command, cores="1"):
    """What the load printed, and the processor time it cost the server."""
    before = server.used()
    done = subprocess.run(["taskset", "-c", cores, *map(str, command)], text=True, capture_output=True)
    assert done.returncode == 0, f"{command}: {done.stdout} {done.stderr}"
    return done.stdout, server.used() - before


def wrk(server, url, seconds, connections=64, script=None, threads=1, cores="1"):
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--latency"]
    said, used = measured(server, [*command, *(["-s", script] if script else []), url], cores)
    assert "Non-2xx" not in said and "Socket errors" not in said, said
    count, wall = re.search(r"(\d+) requests in ([\d.]+)(?:s|m)", said).groups()
    figures = {"per_second": int(count) / float(wall), "per_processor_second": int(count) / used}
    for share in ("50", "99"):
        value, unit = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)\b", said).groups()
        figures[f"p{share}_ms"] = float(value) * UNITS[unit]
    return figures


def h2load_times(server, url, *how):
    """What each request took, sorted, in microseconds; and the processor time they cost the server."""
    with tempfile.NamedTemporaryFile() as log:
        said, used = measured(server, ["h2load", "-t1", *how, f"--log-file={log.name}", url])
        times = sorted(int(line.split()[2]) for line in log)
    failed = re.search(r"(\d+) failed, (\d+) errored", said).groups()
    assert failed == ("0", "0") and times, said
    return times, used


def h2load(server, url, seconds, connections=64, streams=10):
    times, used = h2load_times(server, url, f"-c{connections}", f"-m{streams}", f"-D{seconds}", "--npn-list=h2")
    return {"per_second": len(times) / seconds, "per_processor_second": len(times) / used,
            "p50_ms": times[len(times) // 2] / 1e3, "p99_ms": times[len(times) * 99 // 100] / 1e3}


def pipelined_waits(server, url, requests=100_000, connections=64, ahead=16):
    """By count: given a time, h2load with HTTP/1.1 does not always end."""
    times, _ = h2load_times(server, url, "--h1", f"-n{requests}", f"-c{connections}", f"-m{ahead}")
    return {"p50_ms": times[len(times) // 2] / 1e3, "p99_ms": times[len(times) * 99 // 100] / 1e3}


def shake(server, how, seconds, target="-"):
    said, used = measured(server, [SHAKE, how, server.tls_port, seconds, THREADS, target])
    told = json.loads(said)
    return {"per_second": told["count"] / told["seconds"], "per_processor_second": told["count"] / used,
            "p50_ms": told["p50_ms"], "p99_ms": told["p99_ms"], "resumed": told["resumed"] / max(1, told["returned"])}


def idle(server, count, tls, target):
    """Bytes of memory that each of so many idle keep-alive connections costs the server."""
    port = server.tls_port if tls else server.port
    before = server.memory()
    holder = subprocess.Popen(["taskset", "-c", "1", SHAKE, "hold", str(port), str(count), "tls" if tls else "plain", target],
                              text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline(), "the connections were not held"
        time.sleep(0.5)
        return (server.memory() - before) / count
    finally:
        holder.stdin.close()
        holder.wait(timeout=60)
        time.sleep(0.5)  # until they are gone there


def both_cores(server, url, seconds):
    """Requests per processor second while load and server share both cores, and how the server's threads share the work."""
    before = server.threads_used()
    figures = wrk(server, url, seconds, connections=128, threads=2, cores="0,1")
    used = sorted((seconds_used - before.get(thread, 0) for thread, seconds_used in server.threads_used().items()),
                  reverse=True)
    figures["threads"] = [each / sum(used) for each in used if each > 0.05 * sum(used)]
    return figures


def load_average():
    return os.getloadavg()[0]
