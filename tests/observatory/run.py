#!/usr/bin/env python3
"""The observatory: every figure against an independent recomputation, what was known when, refusals, and the check.

    tests/observatory/run.py [NAME...]     cases whose names contain one of these
"""
import pathlib
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True

import cases_changed
import cases_demonstration
import cases_golden
import cases_small
from place import Skipped

# Those of the small survey change it as they go.
MODULES = (cases_demonstration, cases_golden, cases_small, cases_changed)


def main(wanted):
    passed = failed = skipped = 0
    try:
        for module in MODULES:
            for name, case in vars(module).items():
                if not name.startswith("test_") or (wanted and not any(w in name for w in wanted)):
                    continue
                began = time.monotonic()
                title = name.removeprefix("test_").replace("_", " ")
                number = passed + failed + skipped + 1
                try:
                    case()
                    passed += 1
                    print(f"ok {number} - {title} ({time.monotonic() - began:.1f} s)", flush=True)
                except Skipped as why:
                    skipped += 1
                    print(f"ok {number} - {title} # SKIP {why}", flush=True)
                except Exception:
                    failed += 1
                    print(f"not ok {number} - {title}\n{traceback.format_exc()}", flush=True)
            if module is not cases_small:
                module.end()
    finally:
        for module in MODULES:
            module.end()
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
