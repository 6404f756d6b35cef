"""The observatory's page and a corridor's report: the figures of the API, on paper and in eight languages. Each function
takes a place whose figures are worked out."""
import html
import re
import time
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal


def text(place, target, status=200):
    answer = place.get(target)
    assert answer.status == status, (target, answer.status, answer.body[:300])
    return answer.body.decode()


def rounded(percent, decimals=2):
    """As a page may show it: the API's own four decimals may lie half way between two shorter ones."""
    place_ = Decimal(1).scaleb(-decimals)
    return {f"{Decimal(percent).quantize(place_, half)}%" for half in (ROUND_HALF_UP, ROUND_HALF_EVEN)}


def overview_as_its_api_says(place):
    overview = place.observatory()
    page = text(place, f"/en/observatory?period={overview['period']}")
    shown = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)", page))
    assert shown["Average of all services"] in rounded(overview["global"]["services"]["average_pct"]), shown
    assert shown["The three cheapest good services (SmaRT)"] in rounded(overview["smart"]["average_pct"]), shown
    assert shown["Corridors above 5%"] == str(overview["status"]["must_fall"])
    assert shown["Corridors that meet the goal of 3%"] == str(overview["status"]["meets"])
    named = dict(re.findall(r"<title>([^<]+): ([\d.]+%)</title>", page))
    for code, receiver in overview["receivers"].items():
        assert named[html.escape(receiver["name"], quote=False).replace("'", "&#39;")] in rounded(receiver["average_pct"], 1), receiver
    listed = place.ok(f"/v1/observatory/corridors?period={overview['period']}&per_page=25")["corridors"]
    assert re.findall(r"href='reports/([A-Z]{2}-[A-Z]{2})\?", page) == [row["corridor"]["id"] for row in listed]


def report_as_the_corridor_says(place):
    for corridor in ("FR-SN", "US-MX"):
        # A quarter that is over: in the running one the figures move with the clock.
        period = "2026-Q2"
        figures = place.ok(f"/v1/corridors/{corridor}?period={period}")
        page = text(place, f"/en/reports/{corridor}?period={period}")
        assert any(f"<strong>{average}</strong>" in page for average in rounded(figures["average_pct"]))
        assert any(smart in page for smart in rounded(figures["smart_pct"])) and f"corridor_figures(&#39;{corridor}&#39;" in page.replace("'", "&#39;")
        query = re.search(r"SELECT \* FROM corridor\.corridor_figures\([^;]*;", html.unescape(page))[0]
        again = place.sql(query).split("|")
        assert round(float(again[2]), 4) == float(figures["average_pct"]), (again, figures)


def every_language(place):
    for language in ("en", "fr", "es", "pt", "ar", "zh", "vi", "tr"):
        for target in ("observatory", "observatory?sort=change&map=sender", "observatory?page=2", "reports/FR-SN"):
            page = text(place, f"/{language}/{target}")
            assert f"<html lang='{language}'" in page and "<svg" in page, target


def hostile_questions(place):
    for target, status in (("observatory?period=x", 400), ("observatory?period=9999-Q9", 400), ("observatory?page=0", 400),
                           ("observatory?page=99999999999999999999", 400), ("observatory?sort=%3Cscript%3E", 400),
                           ("observatory?exclude=" + "RU," * 1000, 400), ("observatory?price_point=1", 400),
                           ("reports/FR-SN?period=%22%3E%3Cscript%3E", 400),
                           ("reports/FR-SN?period=1900-Q1", 400), ("reports/FR-SN?period=2012-Q1", 404), ("reports/FR-FR", 404), ("reports/nowhere", 404)):
        began = time.monotonic()
        answer = place.get(f"/en/{target}")
        assert answer.status == status, (target[:60], answer.status)
        assert time.monotonic() - began < 1, target
        assert b"<script" not in answer.body, target
