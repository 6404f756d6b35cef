#!/usr/bin/env python3
"""Seeds for the fuzzers.

    tests/fuzz/seeds.py FOLDER           writes them into FOLDER/NAME, where that is: the cases of the tables, and
                                         those kept in tests/fuzz/seeds/NAME.json
    tests/fuzz/seeds.py --keep FOLDER    keeps the short ones of FOLDER/NAME-least, which is a corpus made small

A fuzzer reads its first bytes as the places where a stream is cut (fuzz_http 8, fuzz_http2, fuzz_proxy and fuzz_llhttp 4) or as
the way a question is read (fuzz_query 1); fuzz_quote reads them as they are.
"""
import base64
import json
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(ROOT, "tests/http"), os.path.join(ROOT, "tests/feed")]
keep = sys.argv[1] == "--keep"
sys.argv, folder = sys.argv[:1], sys.argv[-1]

import quotes
from run_h2 import step_bytes

LONGEST = 1500
KEPT, KEPT_LONGEST = 300, 400  # of each fuzzer: how many, short ones and long ones, and their bytes
SHARED = os.environ.get("CORRIDOR_SHARED", os.path.join(ROOT, "../shared"))


def kept(fuzzer):
    return os.path.join(ROOT, "tests/fuzz/seeds", fuzzer + ".json")


def keep_seeds(fuzzer):
    least = os.path.join(folder, fuzzer + "-least")
    if os.path.isdir(least):
        seeds = sorted((open(os.path.join(least, name), "rb").read() for name in os.listdir(least)), key=lambda s: (len(s), s))
        seeds = [seed for seed in seeds if len(seed) <= KEPT_LONGEST]
        seeds = seeds[:: len(seeds) // KEPT + 1]
        with open(kept(fuzzer), "w", encoding="ascii") as file:
            json.dump([base64.b64encode(seed).decode() for seed in seeds], file, indent=0)
            file.write("\n")
        print(f"{fuzzer}: {len(seeds)} seeds kept")


def write(fuzzer, name, data):
    if os.path.isdir(os.path.join(folder, fuzzer)):
        with open(os.path.join(folder, fuzzer, "seed-" + name), "wb") as seed:
            seed.write(data)


def cases(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return json.load(file)


FUZZERS = ("http", "http2", "proxy", "query", "llhttp", "signature", "quote")
if keep:
    for each in FUZZERS:
        keep_seeds(each)
    sys.exit()
for each in FUZZERS:
    for number, seed in enumerate(cases(kept(each))):
        write(each, f"kept-{number}", base64.b64decode(seed))
tables = [os.path.join(ROOT, "tests/http", name) for name in ("cases.json", "cases_hostile.json")]
for case in [case for path in (*tables, os.path.join(SHARED, "http11_cases.json")) for case in cases(path)]:
    raw = case["raw"].encode("latin-1")
    if len(raw) < LONGEST:
        write("http", case["name"], bytes([60, 200, 30, 90, 10, 255, 128, 77]) + raw)
        write("llhttp", case["name"], bytes([60, 200, 30, 90]) + raw)

# What a proxy says first: itself; a client's IPv4 and IPv6 address, a socket's; with extras; of an unknown family.
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
for number, (command, told) in enumerate([(b"\x20\0", b""), (b"\x21\x11", bytes(12)), (b"\x21\x21", bytes(36)),
                                          (b"\x21\x31", bytes(216)), (b"\x21\x11", bytes(12) + b"\4\0\3abc\5\0\0"),
                                          (b"\x21\0", b"whatever")]):
    header = SIGNATURE + command + len(told).to_bytes(2, "big") + told
    for way in (bytes(4), bytes([60, 200, 30, 90])):
        write("proxy", f"{number}-{way[0]}", way + header + b"GET /param/a/b HTTP/1.1\r\nHost: a.example\r\n\r\n" * 2)

for case in cases(os.path.join(ROOT, "tests/http/h2_cases.json")):
    frames = b"".join(step_bytes(step) for step in case["send"] if "wait" not in step)
    if len(frames) < LONGEST and not case.get("bare"):
        write("http2", case["name"], bytes([60, 200, 30, 90]) + frames)

# Questions: those of the unit test, and those that tests/server knows to be refused.
with open(os.path.join(ROOT, "tests/unit/test_ask.c"), encoding="utf-8") as file:
    questions = re.findall(r'"((?:from|to)=[^"]*)"', file.read())
for number, query in enumerate(questions):
    for way in (0, 1):
        write("query", f"{number}-{way}", bytes([way]) + query.replace(" ", "+").encode())

# Quotes: the table of malformed ones, and the good one that they are made from.
for number, case in enumerate([{}] + quotes.malformed()):
    body = quotes.case_bytes(case, 1780000000)
    if len(body) < LONGEST:
        write("quote", str(number), body)
