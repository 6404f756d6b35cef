"""The World Bank's survey of 2011 to 2014: its published figures, and every figure worked out again from the file."""
import csv
from decimal import Decimal

import oracle
from compare import Comparison
from place import DATA, Place, Skipped

SURVEY = DATA / "rpw_2011_2014q2_services.csv"
FLOWS = DATA / "bilateral_remittance_matrix_2018_oct2019.csv"


class Golden:
    """Made when first wanted, shared by the cases."""
    place = survey = None

    @classmethod
    def get(cls):
        if not SURVEY.exists() or not FLOWS.exists():
            raise Skipped(f"the World Bank's files are not in {DATA}")
        if cls.place is None:
            cls.place = Place()
            cls.place.start(("import", "rpw", SURVEY), ("import", "flows", FLOWS), ("refresh",))
            cls.survey = oracle.Survey(oracle.read(SURVEY, cls.place.alpha2()), cls.place.groups(), cls.place.flows())
        return cls.place, cls.survey


def end():
    if Golden.place:
        place, Golden.place = Golden.place, None
        place.end()


def test_published_figures():
    place, _ = Golden.get()
    answer = place.observatory("period=2011-Q3&exclude=RUS")
    assert answer["global"]["services"] == {"average_pct": "9.3029", "count": 2257}  # published: 9.30
    regions = {r: answer["receiving_regions"][r]["average_pct"] for r in ("MEA", "SAS", "SSF", "LCN")}
    # Published: 8.15, 6.15, 12.41 and 7.68.
    assert regions == {"MEA": "8.1501", "SAS": "6.1517", "SSF": "12.4105", "LCN": "7.6875"}, regions
    # 14 of 199 corridors at 3 percent or below.
    assert place.observatory("period=2011-Q1")["status"] == {"meets": 14, "near": 26, "must_fall": 159}


def test_the_world_banks_own_averages():
    place, _ = Golden.get()
    path = DATA / "databank_corridor_averages_2011_3Q_2013_2Q.csv"
    if not path.exists():
        raise Skipped(f"no {path.name}")
    alpha2, published, compared = place.alpha2(), {}, 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            corridor = f"{alpha2[row['source_code']]}-{alpha2[row['destination_code']]}"
            published.setdefault(f"{row['period'][:4]}-Q{row['period'][5]}", {})[corridor] = row["avg_total_cost_pct"]
    for period, averages in published.items():
        for page in place.pages(f"period={period}"):
            for corridor in page["corridors"]:
                theirs = averages.get(corridor["corridor"]["id"])
                if theirs is not None:
                    gap = abs(Decimal(theirs) - Decimal(corridor["average_pct"]))
                    assert gap <= Decimal("0.0001"), (period, corridor, theirs)
                    compared += 1
    assert compared == 433, compared


def test_every_quarter_and_indicator():
    place, survey = Golden.get()
    comparison = Comparison()
    for period in survey.periods():
        for point in (200, 500):
            for exclude in ((), ("RU",), ("AE", "US")) if period == "2014-Q2" else ((), ("RU",)):
                answer = place.observatory(f"period={period}&price_point={point}&exclude={','.join(exclude)}"
                                           if exclude else f"period={period}&price_point={point}")
                comparison.overview(answer, survey, period, point, exclude)
    print(f"# {comparison.end(5000)} figures of {len(survey.periods())} quarters")


def test_every_corridor():
    place, survey = Golden.get()
    comparison = Comparison()
    for period in survey.periods():
        comparison.corridors(place.pages(f"period={period}"), survey, period, 200)
    comparison.corridors(place.pages(f"period=2014-Q2&price_point=500"), survey, "2014-Q2", 500)
    print(f"# {comparison.end(20000)} figures")


def test_series_are_the_quarters():
    place, survey = Golden.get()
    comparison = Comparison()
    names = {"average_pct": "average", "services": "services", "corridors_average_pct": "corridors_average",
             "flow_weighted_pct": "flow_weighted", "smart_pct": "smart", "smart_at_most_5": "smart_at_most_5",
             "meets": "meets", "must_fall": "must_fall", "operators": "operators", "thin": "thin",
             "at_stake_usd": "at_stake"}
    worlds = {period: survey.world(period, 200, ("RU",)) for period in survey.periods()}
    for indicator, figure in names.items():
        points = place.observatory(f"indicator={indicator}&exclude=RU", "/series")["series"][0]["points"]
        assert [p["period"] for p in points] == survey.periods()
        for point in points:
            wanted = worlds[point["period"]][figure]
            got = str(point["value"]) if indicator == "at_stake_usd" else point["value"]
            comparison.same(f"{indicator} {point['period']}", got, wanted)
    for kind in ("receiving_region", "sending_income", "firm_type", "digital", "sender"):
        for series in place.observatory(f"indicator=average_pct&group={kind}&from=2012-Q1&to=2013-Q3", "/series")["series"]:
            for point in series["points"]:
                assert "2012-Q1" <= point["period"] <= "2013-Q3"
                average, count = survey.grouped(point["period"], 200)[kind][series["group"]]
                comparison.same(f"{kind} {series['group']} {point['period']}", point["value"], average)
                comparison.same(f"{kind} {series['group']} {point['period']}, count", point["count"], count)
    print(f"# {comparison.end(500)} points")


def test_kept_figures_agree_with_the_record():
    place, _ = Golden.get()
    said = place.check("--history")
    assert said.rstrip().endswith("0 differences"), said
