#!/usr/bin/env python3
"""The feed as operators use it: corridor-ingestd on a database of its own, with signed requests. Each case is a
dialogue; what it must not change, it counts.

    tests/feed/run.py [NAME...]     cases whose names contain one of these
"""
import pathlib
import sys
import time
import traceback

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).resolve().parents[1] / "server")]
sys.dont_write_bytecode = True

import cases_away
import cases_body
import cases_life
import cases_recall
import cases_shown
from place import FeedPlace

MODULES = (cases_life, cases_body, cases_recall, cases_shown, cases_away)


def main(wanted):
    cases = [(name, case) for module in MODULES for name, case in vars(module).items()
             if name.startswith("test_") and (not wanted or any(w in name for w in wanted))]
    passed = failed = 0
    place = FeedPlace()
    try:
        place.start_cluster()
        place.run("build/corridor", "migrate")
        place.port_a = place.start_ingestd()
        place.port_b = place.start_ingestd()
        place.start_server()
        place.acme = place.operator("acme", place.port_a)
        place.other = place.operator("other", place.port_a)
        for name, case in cases:
            began = time.monotonic()
            title = name.removeprefix("test_").replace("_", " ")
            try:
                case(place)
                passed += 1
                print(f"ok {passed + failed} - {title} ({time.monotonic() - began:.1f} s)", flush=True)
            except Exception:
                failed += 1
                print(f"not ok {passed + failed} - {title}\n{traceback.format_exc()}", flush=True)
        if failed:
            for port in place.ingestds:
                print(f"# corridor-ingestd on {port} said:\n" + place.ingestd_said(port)[-3000:])
    finally:
        place.end()
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
