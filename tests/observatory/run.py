#!/usr/bin/env python3
"""The observatory: every figure against an independent recomputation, what was known when, refusals, and the check.

    tests/observatory/run.py [NAME...]     cases whose names contain one of these
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True

import cases_changed
import cases_demonstration
import cases_golden
import cases_small
from place import Tally, cases_of

# Those of the small survey change it as they go.
MODULES = (cases_demonstration, cases_golden, cases_small, cases_changed)


def main(wanted):
    tally = Tally()
    try:
        for module in MODULES:
            for name, case in cases_of(module, wanted):
                tally.run(name, case)
            if module is not cases_small:
                module.end()
    finally:
        for module in MODULES:
            module.end()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
