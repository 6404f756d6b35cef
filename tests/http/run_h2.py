#!/usr/bin/env python3
"""HTTP/2 over real sockets: tests/http/run_h2.py [build/asan | build].

Starts echo_server and talks frames to it (h2.py). First the table, h2_cases.json, each case sent whole and byte by
byte; then what a table cannot say: windows, resets, deadlines, draining, memory; then other hands' clients, where they
are installed.

A case's steps: request (a whole head), headers (any fields), data, frame (any bytes; hex may be [hex, times] pairs),
rst, window, raw, wait, and repetitions: times, or streams with a number of their own. What it expects: status, body,
interim answers, reset (codes of a stream), goaway (codes), or, with either, any one of those; or_goaway allows one.
Everything not said to end the connection leaves it alive.
"""

import concurrent.futures
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import time

import h2
from h2 import Failed, Server, Talk, check, frame, request

TARGET = os.path.join(sys.argv[1] if len(sys.argv) > 1 else "build/asan", "tests/http/echo_server")
ECHO = os.path.join(h2.ROOT, TARGET)


# ---- The table ----


def hexed(text):
    parts = [(text, 1)] if isinstance(text, str) else text
    return b"".join(bytes.fromhex(part) * times for part, times in parts)


def head_frames(number, fields, step):
    payload = h2.block(fields)
    flags = h2.END_STREAM if step.get("end") else 0
    pieces = step.get("cut", 1)
    size = len(payload) // pieces + 1
    parts = [payload[i : i + size] for i in range(0, len(payload), size)]
    if "priority" in step:
        flags |= h2.HAS_PRIORITY
        parts[0] = struct.pack(">IB", *step["priority"]) + parts[0]
    if "pad" in step:
        flags |= h2.PADDED
        parts[0] = bytes([step["pad"]]) + parts[0] + bytes(step["pad"])
    out = b""
    for i, part in enumerate(parts):
        last = i == len(parts) - 1 and not step.get("open")
        out += frame(h2.CONTINUATION if i else h2.HEADERS, (0 if i else flags) | (h2.END_HEADERS if last else 0), number, part)
    return out


def step_bytes(step, own=None):
    def number(key):
        return step[key] or own or 0

    if "request" in step:
        fields = h2.request_fields(
            step.get("path", "/echo") + step.get("fill", "a") * step.get("filled", 0),
            step.get("method", "GET"),
            step.get("more", ()),
        )
        return head_frames(number("request"), fields, {"end": step.get("end", True)})
    if "headers" in step:
        return head_frames(number("headers"), step["fields"], step)
    if "data" in step:
        payload = step["text"].encode() if "text" in step else b"x" * step["size"]
        flags = h2.END_STREAM if step.get("end") else 0
        if "pad" in step:
            flags |= h2.PADDED
            payload = bytes([step["pad"]]) + payload + bytes(step["pad"])
        return frame(h2.DATA, flags, number("data"), payload)
    if "frame" in step:
        payload = hexed(step.get("hex", "")) + bytes(step.get("zeros", 0))
        return frame(step["frame"], step.get("flags", 0), step.get("stream", 0), payload)
    if "rst" in step:
        return frame(h2.RST_STREAM, 0, number("rst"), struct.pack(">I", step["code"]))
    if "window" in step:
        stream = own if step.get("own") else step["window"]
        return frame(h2.WINDOW_UPDATE, 0, stream, struct.pack(">I", step["by"]))
    if "times" in step:
        return b"".join(step_bytes(inner) for inner in step["of"]) * step["times"]
    if "streams" in step:
        return b"".join(step_bytes(inner, 1 + 2 * i) for i in range(step["streams"]) for inner in step["of"])
    return bytes.fromhex(step["raw"])


def table_talk(talk, case, bytewise):
    for step in case["send"]:
        if "wait" in step:
            stream = talk.stream(step["wait"])
            check(talk.until(lambda: stream.ended or stream.statuses), "no answer to wait for")
            continue
        data = step_bytes(step)
        for at in range(0, len(data), 1 if bytewise else len(data) or 1):
            if not talk.send(data[at : at + 1] if bytewise else data):
                break


def seen(talk, expect):
    """What of the expectation has come: the names of what has not."""
    missing = []
    for number, status in expect.get("status", {}).items():
        if talk.stream(int(number)).status != status or not talk.stream(int(number)).ended:
            missing.append("status")
    for number, codes in expect.get("reset", {}).items():
        if talk.stream(int(number)).reset not in codes:
            missing.append("reset")
    if "goaway" in expect and not any(code in expect["goaway"] for _, code in talk.goaways):
        missing.append("goaway")
    return missing


def table_case(server, case, bytewise):
    expect = case["expect"]
    with Talk(server.port, bare=case.get("bare", False)) as talk:
        table_talk(talk, case, bytewise)
        kinds = [kind for kind in ("status", "reset", "goaway") if kind in expect]

        def enough():
            missing = seen(talk, expect)
            if any(code in expect.get("or_goaway", ()) for _, code in talk.goaways):
                return True
            return len(set(missing)) < len(kinds) if expect.get("either") else not missing

        check(talk.until(enough, 5), "does not come:", seen(talk, expect), state(talk))
        ended = bool(talk.goaways)
        if ended:
            check(set(code for _, code in talk.goaways) <= set(expect.get("goaway", ()) or expect.get("or_goaway", ())),
                  "ends with", talk.goaways)
            check(talk.until(lambda: talk.ended, 5), "GOAWAY, and not closed")
            return
        check(talk.lives(), "does not live on", state(talk))
        for number, body in expect.get("body", {}).items():
            check(talk.stream(int(number)).body == body.encode(), "another body", talk.stream(int(number)).body)
        if "interim" in expect:
            check(talk.stream(1).statuses[0] == 100, "no 100", state(talk))
        if "empty" in expect:
            check(talk.stream(expect["empty"]).frames == 0, "a HEAD with a body")
        if "none" in expect:
            check(talk.stream(expect["none"]).status is None, "an answer to nobody")
        if "pong" in expect:
            check(bytes.fromhex(expect["pong"]) in talk.pongs, "no PING came back")
        for number, stream in talk.streams.items():
            check(str(number) in expect.get("reset", {}) or not stream.reset, number, "is reset with", stream.reset)


def state(talk):
    return {n: (s.statuses, s.reset, s.ended) for n, s in talk.streams.items()}, talk.goaways, talk.ended


def run_table(server):
    with open(os.path.join(h2.FOLDER, "h2_cases.json"), encoding="utf-8") as file:
        cases = json.load(file)

    def run(case):
        long = case["name"].startswith(("flood", "bomb", "more_than")) or sum(len(step_bytes(s)) for s in case["send"] if "wait" not in s) > 3000
        for bytewise in (False,) if long else (False, True):
            try:
                table_case(server, case, bytewise)
            except Failed as failure:
                return f"{case['name']}{' (byte by byte)' * bytewise}: {failure}"
        return None

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return [failure for failure in pool.map(run, cases) if failure], len(cases)


# ---- What a table cannot say ----


def window(stream, by):
    return frame(h2.WINDOW_UPDATE, 0, stream, struct.pack(">I", by))


def reset(stream, code=8):
    return frame(h2.RST_STREAM, 0, stream, struct.pack(">I", code))


def test_settings_said():
    with Server(ECHO) as server, Talk(server.port) as talk:
        talk.ask(1)
        check(talk.settings.get(3) == 100 and talk.settings.get(6) == 16384 and talk.settings.get(9) == 1, talk.settings)
        check(talk.acks == 1, "our SETTINGS are not acknowledged")


def test_hundred_streams_at_once():
    with Server(ECHO) as server, Talk(server.port) as talk:
        numbers = range(1, 200, 2)
        begun = time.monotonic()
        talk.send(b"".join(request(n, f"/later?ms=300&n={n}") for n in numbers))
        check(talk.until(lambda: all(talk.stream(n).ended for n in numbers)), "not all were answered")
        check(time.monotonic() - begun < 15, "they were answered one after another")
        check(all(talk.stream(n).body == b"300" for n in numbers), "another answer")


def test_later_and_the_client_resets():
    with Server(ECHO) as server, Talk(server.port) as talk:
        for n in range(1, 41, 2):
            talk.send(request(n, "/later?ms=200"))
        check(talk.lives(), "dead")
        talk.send(b"".join(reset(n) for n in range(1, 41, 2)))
        check(talk.ask(101, "/cancelled").body == b"20", talk.stream(101).body)
        time.sleep(0.4)
        check(talk.lives() and not any(talk.stream(n).statuses for n in range(1, 41, 2)), "answers for nobody")


def test_later_and_the_client_leaves():
    with Server(ECHO) as server:
        with Talk(server.port) as talk:
            talk.send(b"".join(request(n, "/later?ms=200") for n in range(1, 21, 2)))
            check(talk.lives(), "dead")
        time.sleep(0.1)
        with Talk(server.port) as talk:
            check(talk.ask(1, "/cancelled").body == b"10", talk.stream(1).body)
            time.sleep(0.3)
            check(talk.lives(), "dead")


def test_tiny_windows():
    """Bodies of every kind through windows of a few bytes, opened again and again."""
    with Server(ECHO) as server:
        for path, size in [("/stream?pieces=3", 3000), ("/stream?pieces=3&pause=1", 3000), ("/", 4096), ("/echo?x=" + "y" * 500, None)]:
            with Talk(server.port, [(4, 0)]) as talk:
                talk.send(request(1, path))
                check(talk.lives(), "dead")
                stream = talk.stream(1)
                check(stream.status == 200 and not stream.body, path, "sends without a window")
                granted = 0
                while not stream.ended:
                    had = len(stream.body)
                    granted += 17
                    talk.send(window(1, 17))
                    check(talk.until(lambda: len(stream.body) > had or stream.ended, 5), path, "stopped at", had)
                    check(len(stream.body) <= granted, path, "sends more than the window")
                check(size is None or len(stream.body) == size, path, len(stream.body))


def test_streams_share_the_connection():
    """A stream whose window is shut keeps nobody else waiting."""
    with Server(ECHO) as server, Talk(server.port, [(4, 100)]) as talk:
        for n in range(1, 61, 2):
            talk.send(request(n, "/stream?pieces=100"))
        check(talk.lives(), "dead")
        talk.send(request(101, "/stream?pieces=20&pause=7") + window(101, 1 << 20))
        check(talk.until(lambda: talk.stream(101).ended), "stopped at", len(talk.stream(101).body))
        check(len(talk.stream(101).body) == 20000, "another length")
        check(talk.ask(103, "/streams-open").body == b"30", "producers")
        talk.send(b"".join(reset(n) for n in range(1, 61, 2)))
        check(talk.ask(105, "/streams-open").body == b"0", "a producer was not told of its stream's end")


def test_large_by_reference():
    with Server(ECHO) as server, Talk(server.port, [(4, 1 << 24)]) as talk:
        talk.send(window(0, 1 << 30) + b"".join(request(n, "/large") for n in (1, 3, 5, 7)))
        check(talk.until(lambda: all(talk.stream(n).ended for n in (1, 3, 5, 7)), 30), "not whole")
        whole = b"".join(b"%07d\n" % at for at in range(0, 8 << 20, 8))
        check(all(talk.stream(n).body == whole for n in (1, 3, 5, 7)), "other bytes")


def test_abort():
    with Server(ECHO) as server, Talk(server.port) as talk:
        stream = talk.ask(1, "/stream?pieces=5&abort=3")
        check(stream.reset == "INTERNAL_ERROR" and not stream.ended, stream.reset)
        check(talk.ask(3).status == 200, "the others go on")


def test_memory_of_a_client_that_opens_no_window():
    with Server(ECHO) as server:
        talks = [Talk(server.port, [(4, 0)]) for _ in range(20)]
        with Talk(server.port) as other:
            other.ask(1)
            before = server.memory()
            for talk in talks:
                talk.send(b"".join(request(n, "/echo?x=" + "y" * 8000) for n in range(1, 200, 2)))
                check(talk.lives(), "dead")
            check(server.memory() - before < 120 << 20, "it grew by", server.memory() - before)
            check(other.ask(3).status == 200, "an honest client")
        for talk in talks:
            talk.socket.close()


def test_bodies_side_by_side():
    """Six bodies of 500 kB together: one has the window at a time, all arrive."""
    with Server(ECHO) as server, Talk(server.port) as talk:
        numbers = [1, 3, 5, 7, 9, 11]
        left = {n: 500000 for n in numbers}
        talk.send(b"".join(request(n, "/echo", "POST", end=False) for n in numbers))
        sent_of = {n: 0 for n in numbers}
        sent = 0
        while any(left.values()):
            moved = False
            for n in numbers:
                room = min(16384, left[n], 65535 + talk.windows.get(n, 0) - sent_of[n], 65535 + talk.windows.get(0, 0) - sent)
                if room > 0:
                    left[n] -= room
                    sent_of[n] += room
                    sent += room
                    moved = True
                    talk.send(frame(h2.DATA, 0 if left[n] else h2.END_STREAM, n, b"x" * room))
            check(moved or talk.more(5), "the windows stay shut, with", left)
        check(talk.until(lambda: all(talk.stream(n).ended for n in numbers)), state(talk))
        check(all(json.loads(talk.stream(n).body)["body"] == 500000 for n in numbers), "bodies")


def test_deadlines():
    def slow_head(server):
        with Talk(server.port) as talk:
            talk.send(frame(h2.HEADERS, 0, 1, h2.block(h2.request_fields())))
            check(talk.until(lambda: talk.goaways, 4) and talk.until(lambda: talk.ended, 8), "a head may take for ever")

    def slow_preface(server):
        with Talk(server.port, bare=True) as talk:
            talk.send(h2.PREFACE[:20])
            talk.socket.settimeout(8)
            check(talk.socket.recv(100).startswith(b"HTTP/1.1 408 "), "half a preface may take for ever")

    def slow_body(server):
        with Talk(server.port) as talk:
            talk.send(request(1, "/", "POST", end=False) + frame(h2.DATA, 0, 1, b"abc"))
            check(talk.until(lambda: talk.stream(1).reset, 5) and talk.stream(1).status == 408, state(talk))
            check(talk.ask(3).status == 200, "the others go on")

    def idle(server):
        with Talk(server.port) as talk:
            talk.ask(1)
            time.sleep(0.5)
            talk.lives()
            check(talk.until(lambda: talk.ended, 6), "idle for ever")
            check([code for _, code in talk.goaways] == ["NO_ERROR"], talk.goaways)

    def shut_window(server):
        with Talk(server.port, [(4, 0)]) as talk:
            talk.send(request(1, "/large"))
            check(talk.until(lambda: talk.stream(1).reset, 6), "a shut window may stay so")
            check(talk.stream(1).reset == "CANCEL" and talk.lives(), talk.stream(1).reset)

    def never_reads(server):
        with Talk(server.port, [(4, 1 << 24)], buffer=4096) as talk:
            talk.send(window(0, 1 << 30) + request(1, "/large"))
            time.sleep(5)
            while talk.more(2):
                pass
            check(talk.ended and len(talk.stream(1).body) < 8 << 20, "a client that reads nothing is kept")

    limits = {"head_timeout": 1, "body_timeout": 1, "idle_timeout": 2, "write_timeout": 1}
    tests = [slow_head, slow_preface, slow_body, idle, shut_window, never_reads]
    with Server(ECHO, **limits) as server, concurrent.futures.ThreadPoolExecutor(len(tests)) as pool:
        for result in [pool.submit(test, server) for test in tests]:
            result.result()


def test_drain():
    with Server(ECHO) as server, Talk(server.port) as busy, Talk(server.port) as idle:
        idle.ask(1)
        busy.answers_pings = False
        busy.send(request(1, "/later?ms=700"))
        check(busy.lives(), "dead")
        begun = time.monotonic()
        server.process.send_signal(15)
        check(busy.until(lambda: busy.goaways, 2), "no notice")
        check(busy.goaways == [((1 << 31) - 1, "NO_ERROR")] and busy.pings, busy.goaways)
        busy.send(request(3))  # sent before the client knew
        check(busy.until(lambda: busy.stream(3).ended, 2), "a request on its way is lost")
        busy.send(frame(h2.PING, h2.ACK, 0, busy.pings[0]))
        check(busy.until(lambda: len(busy.goaways) == 2, 3) and busy.goaways[1] == (3, "NO_ERROR"), busy.goaways)
        busy.send(request(5))
        check(busy.until(lambda: busy.stream(1).ended, 3), "what runs is not finished")
        check(busy.until(lambda: busy.ended, 3) and not busy.stream(5).statuses, "a stream after the last")
        check(idle.until(lambda: idle.ended, 3) and len(idle.goaways) == 2, idle.goaways)
        busy.socket.close()
        idle.socket.close()
        check(server.process.wait(5) == 0 and time.monotonic() - begun < 4, "draining took too long")


def test_requests_a_connection():
    with Server(ECHO, requests=5) as server, Talk(server.port) as talk:
        for n in range(1, 11, 2):
            check(talk.ask(n).status == 200, n)
        check(talk.until(lambda: talk.ended, 4) and talk.goaways[-1] == (9, "NO_ERROR"), talk.goaways)


def test_floods_cost_little():
    """While one floods, an honest client is served, and the flood ends by itself."""
    with Server(ECHO) as server, Talk(server.port) as honest:
        for flood in (request(1) + reset(1), frame(h2.PING, 0, 0, bytes(8)), frame(h2.SETTINGS)):
            with Talk(server.port) as talk:
                for i in range(50000):
                    data = request(1 + 2 * i, "/large") + reset(1 + 2 * i) if flood[3] == h2.HEADERS else flood
                    if not talk.send(data):
                        break
                talk.until(lambda: talk.ended, 5)
                check(i < 49999 and talk.ended, "the flood goes on")
        begun = time.monotonic()
        for n in range(1, 101, 2):
            check(honest.ask(n).status == 200, "an honest client")
        check(time.monotonic() - begun < 15, "an honest client waits")
        check(server.memory() < 400 << 20, "memory", server.memory())


def test_windows_opened_often():
    """A client that opens both windows for every 4 KiB it has read, as some do, floods nobody."""
    with Server(ECHO) as server, Talk(server.port) as talk:
        talk.send(h2.settings((4, 4 << 20)) + window(0, 1 << 30) + request(1, "/large"))
        stream, opened = talk.stream(1), 0
        while not stream.ended and talk.more():
            due = (len(stream.body) - opened) // 4096
            opened += due * 4096
            talk.send((window(0, 4096) + window(1, 4096)) * due)
        check(stream.ended and talk.lives(), "ended after", len(stream.body), "bytes with", talk.goaways)


def test_metrics():
    with Server(ECHO) as server, Talk(server.port) as talk:
        for n in (1, 3, 5):
            talk.ask(n)
        talk.ask(7, "/nowhere")
        text = talk.ask(9, "/metrics").body.decode()
        for line in [
            'corridor_http_requests_total{route="/echo",method="GET",class="2xx"} 3',
            'corridor_http_request_seconds_count{route="/echo",method="GET"} 3',
            'corridor_http_requests_total{route="",method="",class="4xx"} 1',
        ]:
            check(line + "\n" in text, "missing:", line)
        patterns = re.findall(r'request_seconds_count\{route="([^"]*)",method="([A-Z]*)"\}', text)
        check(("/receive", "POST") in patterns and ("/", "POST") in patterns and len(patterns) > 15, patterns)


# ---- Other hands ----


def run_client(*command):
    return subprocess.run(command, capture_output=True, timeout=60, text=True, check=False)


def test_curl():
    with Server(ECHO) as server:
        base = f"http://127.0.0.1:{server.port}"
        said = run_client("curl", "-sS", "-i", "--http2-prior-knowledge", base + "/echo?a=1")
        head, _, body = said.stdout.partition("\n\n")
        check(head.startswith("HTTP/2 200") and json.loads(body)["target"] == "/echo?a=1", said)
        names = [line.split(":")[0] for line in head.splitlines()[1:]]
        check(names == ["content-type", "content-length", "date", "x-content-type-options", "referrer-policy",
                        "access-control-allow-origin"], names)
        said = run_client("curl", "-sS", "-I", "--http2-prior-knowledge", base + "/")
        check("content-length: 4096" in said.stdout and 'etag: "hello-1"' in said.stdout, said)
        said = run_client("curl", "-sS", "-i", "--http2-prior-knowledge", "-H", 'If-None-Match: "hello-1"', base + "/")
        check(said.stdout.startswith("HTTP/2 304") and "content-length" not in said.stdout, said)


def test_nghttp():
    with Server(ECHO) as server:
        base = f"http://127.0.0.1:{server.port}"
        paths = ["/", "/large", "/stream?pieces=500&pause=7", "/later?ms=20", "/nowhere", "/metrics"]
        said = run_client("nghttp", "-nsv", "-w", "10", "-m", "5", *(base + path for path in paths))
        check(said.stdout.count("; END_STREAM") >= 30 and "RST_STREAM" not in said.stdout, said.stdout[-2000:])


def test_h2load():
    with Server(ECHO) as server:
        base = f"http://127.0.0.1:{server.port}"
        said = run_client("h2load", "-n", "4000", "-c", "10", "-m", "50", base + "/", base + "/later?ms=1", base + "/stream?pieces=20")
        check("4000 succeeded, 0 failed, 0 errored" in said.stdout, said.stdout)


def main():
    passed = failed = skipped = 0
    subprocess.run(["tests/build.sh", TARGET], cwd=h2.ROOT, check=True)
    with Server(ECHO) as server:
        failures, count = run_table(server)
        passed += count - len(failures)
        failed += len(failures)
        for failure in failures:
            print("not ok -", failure)
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, test in list(tests):
            client = name.removeprefix("test_")
            if client in ("curl", "nghttp", "h2load") and shutil.which(client) is None:
                print(f"skipped: {client} is not installed")
                skipped += 1
                tests.remove((name, test))
        for name, result in [(name, pool.submit(test)) for name, test in tests]:
            try:
                result.result(120)
                passed += 1
            except (Failed, OSError, subprocess.TimeoutExpired) as failure:
                print(f"not ok - {name}: {failure}")
                failed += 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
