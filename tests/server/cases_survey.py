"""The World Bank's rows of a quarter, against the file itself and three of them by hand."""
import csv
from decimal import Decimal

from cases_shapes import is_comparison
from harness import DATA, Skipped, wait_for

FILE = DATA / "rpw_2011_2014q2_services.csv"

# 140 euros on 2014-05-13, interbank rate 655.957:
#   Flouss   4.00 / 140 = 2.8571 %, (655.957 - 646.12) / 655.957 = 1.4996 %: published 1.5 and 4.36
#   Sigue    7.50 / 140 = 5.3571 %, at the interbank rate: published 5.36
#   Moneyglobe 7.90 / 140 = 5.6429 %, at the interbank rate: published 5.64
BY_HAND = [
    ("Flouss", "4.00", "646.12", "1.5000", "4.3600"),
    ("Sigue Money Transfers", "7.50", "655.957", "0.0000", "5.3600"),
    ("Moneyglobe", "7.90", "655.957", "0.0000", "5.6400"),
]


def ask(place, more=""):
    return place.ok(f"/v1/compare?from=FRA&to=SEN&amount=140&currency=EUR&on=2014-06-30{more}")


def test_the_survey_of_france_to_senegal(place):
    if not FILE.exists():
        raise Skipped("no survey file")
    place.run("build/corridor", "import", "rpw", FILE)
    answer = ask(place)
    is_comparison(answer)
    assert answer["offers"] == [] and answer["demonstration"] is False and answer["latest_survey"] == "2014-Q2"
    rows = answer["surveyed"]
    first = [(r["operator"]["name"], r["fee"], r["rate"], r["margin_pct"], r["total_cost_pct"]) for r in rows[:3]]
    assert first == BY_HAND, first
    assert {r["period"] for r in rows} == {"2014-Q2"} and {r["principal"] for r in rows} == {"140.00"}
    ranked = [r for r in rows if r["transparent"]]
    assert rows[:len(ranked)] == ranked and [r["rank"] for r in ranked] == list(range(1, len(ranked) + 1))
    costs = [Decimal(r["total_cost_pct"]) for r in ranked]
    assert costs == sorted(costs)


def test_every_row_of_the_quarter_is_there(place):
    if not FILE.exists():
        raise Skipped("no survey file")
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        wanted = {row["id"]: row for row in csv.DictReader(file)
                  if (row["source"], row["destination"], row["period"]) == ("FRA", "SEN", "2014_2Q")}
    rows = {r["service"]["id"].removeprefix("rpw:"): r for r in ask(place)["surveyed"]}
    assert rows.keys() == wanted.keys() and len(rows) > 10, (len(rows), len(wanted))
    for key, row in rows.items():
        file_row = wanted[key]
        if not row["transparent"]:
            continue
        assert Decimal(row["fee"]) == Decimal(file_row["cc1 lcu fee"]), (key, row)
        # fee / amount * 100 + margin = total, to the hundredth the survey rounds to
        total = Decimal(row["fee"]) * 100 / Decimal(row["principal"]) + Decimal(row["margin_pct"])
        assert abs(total - Decimal(row["total_cost_pct"])) <= Decimal("0.0100001"), (key, row)


def test_the_price_point_nearest_to_the_question(place):
    if not FILE.exists():
        raise Skipped("no survey file")
    assert {r["price_point_usd"] for r in ask(place)["surveyed"]} == {200}
    larger = place.ok("/v1/compare?from=FRA&to=SEN&amount=345&currency=EUR&on=2014-06-30")["surveyed"]
    assert {r["price_point_usd"] for r in larger} == {500} and {r["principal"] for r in larger} == {"345.00"}


def test_a_survey_is_in_force_for_two_hundred_days(place):
    if not FILE.exists():
        raise Skipped("no survey file")

    def periods(day):
        answer = place.ok(f"/v1/compare?from=FRA&to=SEN&amount=140&currency=EUR&on={day}")
        assert answer["latest_survey"] == "2014-Q2"
        return {r["period"] for r in answer["surveyed"]}

    assert periods("2014-06-29") == {"2014-Q1"}
    assert periods("2014-06-30") == {"2014-Q2"}
    assert periods("2015-01-16") == {"2014-Q2"}
    assert periods("2015-01-17") == set()


def test_figures_of_a_surveyed_quarter(place):
    if not FILE.exists():
        raise Skipped("no survey file")
    figures = place.ok("/v1/corridors/FRASEN?period=2014-Q2")
    assert figures["services"] == 18 and figures["average_pct"] == "11.3706" and figures["demonstration"] is False
    only_surveyed = "AE-BD"

    def latest():
        found = [c for c in place.ok("/v1/corridors?from=AE&per_page=200")["corridors"] if c["id"] == only_surveyed]
        return found and found[0]["period"]

    wait_for("surveyed corridors are in the list", 10, lambda: latest() is not None and latest() != [])
