#!/usr/bin/env python3
"""corridor import flows: names, sums, blanks, faults, again and corrected. Needs what run.py needs."""

import sys

import run as tests
from run import CORRIDOR, DATA, HERE, Skip, equal, imported, refused, sql, value, written

MATRIX = (HERE / "flows_2017.csv").read_bytes()
COUNTS = ("read", "new", "corrected", "unchanged", "refused")


def state():
    return sql("SELECT (SELECT count(*) FROM corridor.flow), (SELECT count(*) FROM corridor.submission),"
               " (SELECT max(seq) FROM corridor.change_log)")


def flow(corridor, year=2017, known="now()"):
    rows = sql(f"SELECT usd_million FROM corridor.flows_of({year}, {known}) WHERE corridor = '{corridor}'")
    return rows[0][0] if rows else None


def usage_is_told():
    for arguments in ([], ["a", "b"], ["--year"], ["--year", "20175", "a"], ["--year", "1969", "a"], ["--never", "a"]):
        done = tests.subprocess.run([CORRIDOR, "import", "flows", *arguments], capture_output=True, text=True)
        equal((arguments, done.returncode), (arguments, 2))
    done = tests.run("flows", written(MATRIX, "flows.csv"))
    equal(done.returncode, 2)
    assert "give --year" in done.stderr, done.stderr


def a_matrix_is_taken_and_its_faults_named():
    summary = imported("flows", HERE / "flows_2017.csv")
    equal([summary[key] for key in COUNTS], [20, 17, 0, 0, 3])
    equal([summary["senders"], summary["pairs_above_zero"]], [5, 10])
    equal({refusal["reason"]: refusal["lines"] for refusal in summary["refusals"]}, {
        "an amount that is no number from zero on": [6, 7], "a sender that an earlier line has": [8]})
    equal({(unknown["column"], unknown["value"]) for unknown in summary["unknown"]},
          {("receiver", "Atlantis"), ("sender", "Lemuria")})
    equal([flow(c) for c in ("FR-SN", "US-CI", "US-PS", "SN-CD", "BS-SN", "US-BS")], ["820.5", "9", "1", "1", "0", "22"])
    equal([flow(c) for c in ("FR-CI", "FR-BS", "BS-BS", "SN-BS", "CI-SN", "SN-SN")], [None] * 6)
    equal(sql("SELECT kind, rows_read, taken, refused FROM corridor.submission"), [("flows", "20", "17", "3")])
    equal(sql("SELECT corridor FROM corridor.change_log"), [("*",)])


def again_changes_nothing():
    before = state()
    summary = imported("flows", HERE / "flows_2017.csv")
    equal([summary[key] for key in COUNTS], [20, 0, 0, 17, 3])
    equal(state(), before)


def another_year_is_another_flow():
    done = tests.run("flows", written(MATRIX, "flows.csv"), "--json", "--year", "2016")
    equal(done.returncode, 0)
    equal([flow("FR-SN", 2016), flow("FR-SN")], ["820.5", "820.5"])
    equal(value("SELECT count(*) FROM corridor.flow WHERE year = 2016"), "17")


def a_correction_is_a_new_version():
    before = value("SELECT now()")
    summary = imported("flows", written(MATRIX.replace(b"820.5,12", b"830,12"), "flows_2017.csv"))
    equal([summary[key] for key in COUNTS], [20, 0, 1, 16, 3])
    equal([flow("FR-SN"), flow("FR-SN", 2017, f"'{before}'")], ["830", "820.5"])


def faulty_files_change_nothing():
    before = state()
    name = "broken_2017.csv"
    refused("flows", written(MATRIX[:-40], name), "line 9", "cut", "nothing was changed")
    refused("flows", written(MATRIX.replace(b"Senegal,\"", b"Ivory Coast,Ivory Coast,\"", 1), name), "line 2 has 9 fields")
    refused("flows", written(MATRIX.replace(b"Atlantis", b"France").replace(b"TOTAL", b"FRANCE"), name), "twice the column")
    refused("flows", written(b"a,b,c\nFrance,1,2\n", name), "no column is named after a country")
    refused("flows", written(b",Senegal\nLemuria,1\n", name), "no line begins with a country")
    refused("flows", written(b"", name), "is empty")
    equal(state(), before)


def the_last_line_may_lack_its_break():
    equal(imported("flows", written(MATRIX[:-1], "flows_2017.csv"))["refused"], 3)
    equal(flow("FR-SN"), "820.5")


def the_world_banks_matrix():
    path = DATA / "bilateral_remittance_matrix_2018_oct2019.csv"
    if not path.exists():
        raise Skip(f"{path.name} is not in {DATA}")
    summary = imported("flows", path)
    equal([summary[key] for key in COUNTS], [45578, 45578, 0, 0, 0])
    equal([summary["senders"], summary["pairs_above_zero"], summary["unknown"]], [214, 6062, []])
    equal(value("SELECT sum(usd_million) FROM corridor.flows_of(2018, now())"), "682222")
    equal(imported("flows", path)["unchanged"], 45578)


def every_country_has_its_groups():
    equal(sql("SELECT count(*), count(*) FILTER (WHERE g20), count(DISTINCT region) FROM corridor.country_group"),
          [("221", "19", "7")])
    equal(sql("SELECT region, income, lending, g20 FROM corridor.country_group WHERE country IN ('FR', 'PK', 'SN', 'XK')"
              " ORDER BY country"), [("ECS", "HIC", "LNX", "t"), ("SAS", "LMC", "IDB", "f"), ("SSF", "LMC", "IDX", "f"),
                                     ("ECS", "UMC", "IDX", "f")])
    # Whoever sends or receives in the matrix has groups.
    equal(sql("SELECT DISTINCT c FROM corridor.flow f, unnest(string_to_array(f.corridor, '-')) c"
              " WHERE c NOT IN (SELECT country FROM corridor.country_group)"), [])


TESTS = [usage_is_told, a_matrix_is_taken_and_its_faults_named, again_changes_nothing, another_year_is_another_flow,
         a_correction_is_a_new_version, faulty_files_change_nothing, the_last_line_may_lack_its_break,
         the_world_banks_matrix, every_country_has_its_groups]

if __name__ == "__main__":
    tests.TESTS[:] = TESTS
    sys.exit(tests.main())
