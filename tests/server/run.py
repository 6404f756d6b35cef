#!/usr/bin/env python3
"""corridord itself, on a private cluster with the demonstration market: the shapes of its answers, what it refuses,
how soon a change shows, what it says of the past, and what it does while PostgreSQL is away.

    tests/server/run.py [NAME...]     cases whose names contain one of these
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True

import cases_addresses
import cases_away
import cases_articles
import cases_atom
import cases_bad_input
import cases_changes
import cases_community
import cases_comparisons
import cases_embed
import cases_kept
import cases_limits
import cases_openapi
import cases_operators
import cases_past
import cases_program
import cases_shapes
import cases_survey
import cases_text
from harness import run_cases

# In this order: those that change nothing, those that add, the one that imports, those that break things.
MODULES = (cases_shapes, cases_addresses, cases_comparisons, cases_articles, cases_text, cases_embed, cases_openapi, cases_operators,
           cases_bad_input, cases_past, cases_changes, cases_limits, cases_atom, cases_community, cases_kept, cases_survey,
           cases_away, cases_program)


def make(place):
    place.start_cluster()
    place.run("build/corridor", "migrate")
    place.run("build/corridor", "demo")
    place.start_server()


if __name__ == "__main__":
    sys.exit(run_cases(MODULES, sys.argv[1:], make))
