"""The demonstration market: invented prices, told as such, until there are real ones."""
import pages
from cases_small import SURVEY
from place import Place, quote_sql


class Demonstration:
    place = None

    @classmethod
    def get(cls):
        if cls.place is None:
            cls.place = Place()
            cls.place.start(("demo",))
        return cls.place


def end():
    if Demonstration.place:
        place, Demonstration.place = Demonstration.place, None
        place.end()


def test_before_any_figure():
    answer = Demonstration.get().observatory()
    assert answer["period"] is None and answer["complete"] is False and answer["incomplete_reason"]
    assert answer["global"]["services"] == {"average_pct": None, "count": 0}
    assert answer["outlook"]["result"] == "not enough data" and answer["deciles"] == []
    assert place_parts(Demonstration.get()) == ([], [])


def place_parts(place):
    return place.observatory("", "/series")["series"], place.observatory("", "/corridors")["corridors"]


def test_three_years_of_quarters():
    place = Demonstration.get()
    # Half way through the first time, an old quarter that waits gets a price that could not be known then.
    place.sql("SELECT corridor.refresh_figures(5, '0')")
    assert place.observatory()["complete"] is False
    place.sql(quote_sql("FR-SN", "5", operator="late-operator", valid_from="now() - interval '500 days'"))
    changed = place.sql("SELECT now()").strip()
    place.refresh()
    early = place.sql(f"""SELECT count(*), count(*) FILTER (WHERE recorded_at < '{changed}') FROM corridor.quarter_figure
        WHERE corridor = 'FR-SN' AND 'late-operator' = ANY (operator_ids)""").strip().split("|")
    assert int(early[0]) >= 10 and early[1] == "0", early
    answer = place.observatory()
    assert answer["demonstration"] is True and answer["notice"] and answer["complete"] is True
    assert answer["provisional"] is True and answer["coverage"]["corridors"] == 105
    assert answer["outlook"]["result"] == "trend" and float(answer["outlook"]["low_pct"]) < float(answer["outlook"]["high_pct"])
    series = place.observatory("indicator=smart_pct", "/series")
    assert series["demonstration"] is True and len(series["series"][0]["points"]) >= 12
    assert place.check("--history").rstrip().endswith("0 differences")


def test_its_pages():
    place = Demonstration.get()
    pages.overview_as_its_api_says(place)
    pages.report_as_the_corridor_says(place)
    pages.what_was_asked_stays(place)
    pages.every_language(place)
    pages.hostile_questions(place)


def test_before_figures_were_first_worked_out():
    """A record older than its figures has them dated back to when they could be known."""
    place = Demonstration.get()
    year = int(place.observatory()["period"][:4])
    answer = place.get(f"/v1/observatory?as_of={year}-01-15")
    assert answer.json["period"] == f"{year - 1}-Q4" and answer.json["as_of"] == f"{year}-01-15T23:59:59.999999Z"
    assert place.get(f"/v1/observatory?as_of={answer.json['as_of']}").body == answer.body
    assert place.observatory("as_of=2001-01-01")["period"] is None


def test_real_prices_take_their_place():
    place = Demonstration.get()
    then = place.get("/v1/observatory")
    place.run("build/corridor", "import", "rpw", SURVEY)
    place.refresh()
    answer = place.observatory()
    assert answer["demonstration"] is False and "notice" not in answer and answer["period"] == "2022-Q4"
    assert answer["global"]["services"] == {"average_pct": "5.2625", "count": 16}
    assert place.observatory("period=2025-Q4")["global"]["services"]["count"] == 0
    assert place.get(f"/v1/observatory?as_of={then.json['as_of']}").body == then.body
