"""A small survey made by hand, with its flows: shipped, so that nothing of this needs the World Bank's files.

Thirteen quarters of five corridors, one quarter left out; in the last, a corridor at exactly 3 percent, one at exactly 5, one
with two services, one row not transparent, one firm that comes and goes.
"""
import json

import oracle
from compare import Comparison
from place import HERE, Place

SURVEY = HERE / "small_survey.csv"
FLOWS = [HERE / "small_flows_2019.csv", HERE / "small_flows_2021.csv"]


class Small:
    place = None

    @classmethod
    def get(cls):
        if cls.place is None:
            cls.place = Place()
            cls.place.start(("import", "rpw", SURVEY), *(("import", "flows", f) for f in FLOWS), ("refresh",))
        return cls.place

    @classmethod
    def survey(cls, path=SURVEY):
        return oracle.Survey(oracle.read(path, cls.place.alpha2()), cls.place.groups(), cls.place.flows())


def end():
    if Small.place:
        place, Small.place = Small.place, None
        place.end()


def test_by_hand():
    answer = Small.get().observatory()
    assert answer["period"] == "2022-Q4" and answer["provisional"] is False and answer["complete"] is True
    # Costs: FR-SN 3.42 2.03 6.96 4.67, FR-ML 5 5, US-MX 3 3 3 3, RU-TJ 1.25 1.85 1.49, ZA-ZW 13.80 9.32 17.41: 84.20 of 16.
    # By corridor 4.27, 5, 3, 1.53, 13.51. Flows of 2021, US$ million: 700, none, 48,000, 1,800, 1,000.
    assert answer["global"] == {
        "services": {"average_pct": "5.2625", "count": 16}, "corridors": {"average_pct": "5.4620", "count": 5},
        "flow_weighted": {"average_pct": "3.1700", "flows_year": 2021}}, answer["global"]
    # FR-SN 2.03 3.42 6.96 (the post has no nationwide network), FR-ML none (six days), US-MX 3, RU-TJ 1.53, ZA-ZW 13.51.
    assert answer["smart"] == {"average_pct": "5.5442", "corridors": 4, "without": 1, "at_most_5": 3}, answer["smart"]
    assert answer["status"] == {"meets": 2, "near": 2, "must_fall": 1}
    # 700 * 1.27 + 48,000 * 0 - 1,800 * 1.47 + 1,000 * 10.51, percent of millions.
    assert answer["at_stake_usd"] == "87530000" and answer["at_stake_above_target_usd"] == "113990000"
    assert answer["receiving_regions"]["SSF"] == {"name": "Sub-Saharan Africa", "average_pct": "7.5122", "count": 9}
    assert answer["digital"]["digital"] == {"average_pct": "3.7320", "count": 5}  # 3 3 1.49 1.85 9.32
    assert answer["coverage"] == {"corridors": 5, "services": 16, "operators": 10, "thin_corridors": 1,
                                  "surveyed_services": 16, "not_transparent": 1, "flows_usd": "51500000000",
                                  "market_share_pct": "99.6633"}, answer["coverage"]
    assert answer["outlook"]["result"] == "trend" and answer["outlook"]["quarters"] == 12
    assert answer["demonstration"] is False and "notice" not in answer and "stale" not in answer


def test_every_figure_of_every_quarter():
    place, comparison = Small.get(), Comparison()
    survey = Small.survey()
    for period in survey.periods() + ["2020-Q2"]:
        for point in (200, 500):
            for exclude in ((), ("RU",), ("FR", "ZA")):
                asked = f"period={period}&price_point={point}" + (f"&exclude={','.join(exclude)}" if exclude else "")
                comparison.overview(place.observatory(asked), survey, period, point, exclude)
        comparison.corridors(place.pages(f"period={period}"), survey, period, 200)
    print(f"# {comparison.end(5000)} figures")


def test_groups_of_a_series():
    place = Small.get()
    for group, codes in (("receiving_region:SSF,LCN", ["LCN", "SSF"]), ("sender:FRA,USA,ZAF", ["FR", "US", "ZA"]),
                         ("corridor:FRASEN", ["FR-SN"]), ("digital", ["cash", "digital", "other"]),
                         ("sending_g20:member", ["member"]), ("world", ["world"])):
        answer = place.observatory(f"indicator=average_pct&group={group}", "/series")
        assert [s["group"] for s in answer["series"]] == codes, (group, answer["series"])
        assert answer["definition"] == "/v1/methodology#average_pct"
    only = place.observatory("indicator=smart_pct&group=corridor:FR-SN&from=2022-Q4&to=2022-Q4", "/series")
    assert only["series"][0]["points"] == [{"period": "2022-Q4", "value": "4.1367", "count": 4}]
    assert only["unit"] == "percent"
    none = place.observatory("indicator=average_pct&group=receiving_region:EAS", "/series")
    assert none["series"] == []


def test_orders_and_pages():
    place = Small.get()
    for sort, first in (("average", ["ZA-ZW", "FR-ML", "FR-SN", "US-MX", "RU-TJ"]),
                        ("at_stake", ["ZA-ZW", "FR-SN", "US-MX", "RU-TJ", "FR-ML"])):
        answer = place.observatory(f"sort={sort}", "/corridors")
        assert [c["corridor"]["id"] for c in answer["corridors"]] == first, (sort, answer["corridors"])
    changes = [c["change"]["quarter"] for c in place.observatory("sort=change", "/corridors")["corridors"]]
    assert [float(c) for c in changes] == sorted(map(float, changes), reverse=True)
    page = place.get("/v1/observatory/corridors?per_page=2&page=2&exclude=RUS&region=SSF")
    assert [c["corridor"]["id"] for c in page.json["corridors"]] == ["FR-SN"] and page.json["pages"] == 2
    before = page.headers["link"].split(">")[0].removeprefix("<")
    assert [c["corridor"]["id"] for c in place.ok(before)["corridors"]] == ["ZA-ZW", "FR-ML"]
    assert place.observatory("page=1000000", "/corridors")["corridors"] == []


def test_definitions_are_there():
    place = Small.get()
    methodology = place.ok("/v1/methodology")
    known = {d["id"] for d in methodology["definitions"]} | {g["id"] for g in methodology["groups"]}
    sources = {s["id"] for s in methodology["sources"]}
    for definition in methodology["definitions"]:
        assert definition["sources"] and set(definition["sources"]) <= sources, definition
        found = place.sql(f"SELECT count(*) FROM pg_proc WHERE proname = '{definition['sql']}'")
        assert found.strip() == "1", definition
    for part in ("", "/corridors"):
        for link in place.observatory("", part)["definitions"].values():
            path, _, name = link.partition("#")
            assert path == "/v1/methodology" and name in known, link
    headers = place.get("/v1/observatory").headers
    assert headers["link"] == '</v1/methodology>; rel="describedby"' and headers["access-control-allow-origin"] == "*"


def test_asked_again():
    place = Small.get()
    for part in ("", "/series?indicator=average_pct&group=sender", "/corridors?sort=change"):
        target = f"/v1/observatory{part}"
        first = place.get(target)
        again = place.get(f"{target}{'&' if '?' in target else '?'}as_of={first.json['as_of']}")
        assert again.body == first.body and again.headers["etag"] == first.headers["etag"], part
        kept = place.get(target, headers={"If-None-Match": first.headers["etag"]})
        assert kept.status == 304 and kept.body == b""
    assert "86400" in place.get(f"/v1/observatory?as_of={first.json['as_of']}").headers["cache-control"]


def test_refusals():
    place = Small.get()
    for case in json.loads((HERE / "bad_input.json").read_text()):
        began = __import__("time").monotonic()
        target = case["target"].replace("{10000}", ",".join(["FR"] * 10000)).replace("{200}", ",".join(["FR"] * 200))
        answer = place.get(target)
        took = __import__("time").monotonic() - began
        assert answer.status == case["status"], (case, answer.status, answer.body[:200])
        assert took < 1, (case, took)
        problem = answer.json
        for member in ("title", "status", "type"):
            assert problem[member], (case, problem)
        if "parameter" in case:
            assert problem["parameter"] == case["parameter"] and problem["allowed"], (case, problem)
