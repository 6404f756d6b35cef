#!/usr/bin/env python3
"""Reports: the demonstration market and a survey of our own, asked for in every format over real sockets.

    tests/reports/run.py [NAME...]     cases whose names contain one of these
"""
import pathlib
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "server")]
sys.dont_write_bytecode = True

import cases_asked
import cases_figures
import cases_loads
import cases_past
import cases_rows
import cases_streams
from harness import Place, Skipped

# Those that change nothing first.
MODULES = (cases_rows, cases_figures, cases_asked, cases_loads, cases_streams, cases_past)


def main(wanted):
    cases = [(name, case) for module in MODULES for name, case in vars(module).items()
             if name.startswith("test_") and (not wanted or any(w in name for w in wanted))]
    passed = failed = skipped = 0
    place = Place()
    try:
        place.start_cluster()
        place.run("build/corridor", "migrate")
        place.run("build/corridor", "demo")
        place.run("build/corridor", "import", "rpw", HERE / "survey.csv")
        place.run("build/corridor", "refresh")
        place.start_server()
        for name, case in cases:
            began = time.monotonic()
            title = name.removeprefix("test_").replace("_", " ")
            try:
                case(place)
                passed += 1
                print(f"ok {passed + failed + skipped} - {title} ({time.monotonic() - began:.1f} s)", flush=True)
            except Skipped as why:
                skipped += 1
                print(f"ok {passed + failed + skipped} - {title} # SKIP {why}", flush=True)
            except Exception:
                failed += 1
                print(f"not ok {passed + failed + skipped} - {title}\n{traceback.format_exc()}", flush=True)
        if failed:
            print("# corridord said:\n" + place.said()[-3000:])
    finally:
        place.end()
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
