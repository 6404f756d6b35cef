"""Tables of raw requests and the answers they may get: cases.json and cases_hostile.json here, and http11_cases.json where
it is at hand."""

import concurrent.futures
import json
import os
import time

from talk import FOLDER, ROOT, Answer, Client, Failed, Server, check

SHARED = os.environ.get("CORRIDOR_SHARED", os.path.join(os.path.dirname(ROOT), "shared"))


def table_case(server, case, how):
    raw = case["raw"].encode("latin-1")
    expect = case["expect"]
    with Client(server, slowly=how == "wire") as client:
        if how in ("whole", "wire"):
            client.send(raw)
        elif how == "bytes":
            for at in range(len(raw)):
                if not client.send(raw[at : at + 1]):
                    break
        else:
            client.send(raw[:how])
            time.sleep(0.002)
            client.send(raw[how:])
        if expect == "close" or how != "whole":
            client.finish()
        elif not case.get("closes"):
            answers = []
            while len([a for a in answers if a.status >= 200]) < (case.get("responses") or 1):
                answers.append(client.answer(raw.startswith(b"HEAD ") and not answers))
            judge(case, how, answers)
            check(not client.more(0.02), case["name"], "has more answers than it should:", client.bytes[:100])
            return
        check(client.until_end(), case["name"], how, "is not closed")
        answers = []
        while client.bytes:
            answer = Answer.take(client, raw.startswith(b"HEAD ") and not answers)
            check(answer, case["name"], how, "has half an answer:", client.bytes[:100])
            if answer.status >= 200:
                answers.append(answer)
        judge(case, how, answers)


def judge(case, how, answers):
    expect = case["expect"]
    statuses = [answer.status for answer in answers if answer.status >= 200]
    if expect == "close":
        check(not statuses, case["name"], how, "is answered with", statuses)
        return
    check(len(statuses) == (case.get("responses") or 1), case["name"], how, "is answered with", statuses)
    check(all(status in expect for status in statuses), case["name"], how, "is answered with", statuses)


def table_file(server, path):
    """Runs every case of a file; returns the names that failed and how many there are."""
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)

    def run(case):
        length = len(case["raw"])
        hows = ["whole"] + ["bytes"] * (length < 3000) + ["wire"] * (server.tls is not None and length < 3000)
        hows += sorted({length // 4, length // 2, max(1, length - 3), max(1, length - 1)} - {0})
        for how in hows:
            try:
                table_case(server, case, how)
            except Failed as failure:
                return f"{case['name']} ({how}): {failure}"
        return None

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return [failure for failure in pool.map(run, cases) if failure], len(cases)


def run_tables():
    """Returns how many passed, failed and were skipped."""
    passed = failed = skipped = 0
    with Server() as server:
        ours = [os.path.join(FOLDER, name) for name in ("cases.json", "cases_hostile.json")]
        for path in [*ours, os.path.join(SHARED, "http11_cases.json")]:
            if not os.path.exists(path):
                print(f"skipped: {path} is not there")
                skipped += 1
                continue
            failures, count = table_file(server, path)
            passed += count - len(failures)
            failed += len(failures)
            for failure in failures:
                print("not ok -", "by TLS:" if server.tls else "plain:", failure)
    return passed, failed, skipped
