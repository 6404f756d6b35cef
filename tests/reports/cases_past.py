"""A report can be had again: the same as_of gives the same bytes, whatever was learned since."""
import pathlib
import time

import tables

HERE = pathlib.Path(__file__).resolve().parent
SERVICES = "/v1/reports/services"
LATE = "from=" + tables.quarter(1)


def test_the_same_until_something_is_learned(place):
    first = place.get(SERVICES + ".csv?" + LATE)
    time.sleep(1.1)
    again = place.get(SERVICES + ".csv?" + LATE)
    assert again.body == first.body and again.headers["etag"] == first.headers["etag"]
    assert again.headers["corridor-as-of"] == first.headers["corridor-as-of"]
    fixed = place.get(f"{SERVICES}.csv?{LATE}&as_of={first.headers['corridor-as-of']}")
    assert fixed.body == first.body and fixed.headers["corridor-fingerprint"] == first.headers["corridor-fingerprint"]


def test_a_correction_leaves_the_past_as_it_was(place):
    suffixes = ("csv", "jsonl", "json", "xlsx")
    before = {suffix: place.get(f"{SERVICES}.{suffix}?period=2013-Q1") for suffix in suffixes}
    as_of = before["csv"].headers["corridor-as-of"]
    place.run("build/corridor", "import", "rpw", HERE / "survey_corrected.csv")
    for suffix in suffixes:
        after = place.get(f"{SERVICES}.{suffix}?period=2013-Q1")
        assert after.body != before[suffix].body, suffix
        assert after.headers["corridor-fingerprint"] != before[suffix].headers["corridor-fingerprint"]
        again = place.get(f"{SERVICES}.{suffix}?period=2013-Q1&as_of={as_of}")
        assert again.body == before[suffix].body, suffix
        assert again.headers["etag"] == before[suffix].headers["etag"]
    rows = {row["source_ref"]: row for row in tables.from_jsonl(place.get(SERVICES + ".jsonl?period=2013-Q1").body)}
    assert (rows["r7"]["fee_200"], rows["r7"]["total_cost_pct_200"]) == ("14", "10")
    assert rows["r7"]["quote"] > tables.from_jsonl(before["jsonl"].body)[0]["quote"] and "r8" in rows


def test_before_anything_was_known_there_is_nothing(place):
    rows = tables.from_csv(place.get(SERVICES + ".csv?period=2013-Q2&as_of=2013-01-01").body)
    assert rows == []
