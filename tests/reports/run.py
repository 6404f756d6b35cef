#!/usr/bin/env python3
"""Reports: the demonstration market and a survey of our own, asked for in every format over real sockets.

    tests/reports/run.py [NAME...]     cases whose names contain one of these
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "server")]
sys.dont_write_bytecode = True

import cases_asked
import cases_figures
import cases_loads
import cases_past
import cases_rows
import cases_streams
from harness import run_cases

# Those that change nothing first.
MODULES = (cases_rows, cases_figures, cases_asked, cases_loads, cases_streams, cases_past)


def make(place):
    place.start_cluster()
    place.run("build/corridor", "migrate")
    place.run("build/corridor", "demo")
    place.run("build/corridor", "import", "rpw", HERE / "survey.csv")
    place.run("build/corridor", "refresh")
    place.start_server()


if __name__ == "__main__":
    sys.exit(run_cases(MODULES, sys.argv[1:], make))
