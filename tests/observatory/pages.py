"""The observatory's page and a corridor's report: the figures of the API, on paper and in eight languages. Each function
takes a place whose figures are worked out."""
import html
import json
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
    shown = {name: value.strip() for name, value in re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)", page)}
    assert shown["Average of all services"] in rounded(overview["global"]["services"]["average_pct"]), shown
    assert shown["The three cheapest good services (SmaRT)"] in rounded(overview["smart"]["average_pct"]), shown
    assert shown["Corridors above 5%"] == str(overview["status"]["must_fall"] or "none")
    assert shown["Corridors that meet the goal of 3%"] == str(overview["status"]["meets"] or "none")
    assert ("This quarter is not over" in page) == overview["provisional"]
    named = dict(re.findall(r"<title>([^<]+): ([\d.]+%)</title>", page.replace("\xa0-", " -")))  # kept on one line
    for code, receiver in overview["receivers"].items():
        assert named[html.escape(receiver["name"], quote=False).replace("'", "&#39;")] in rounded(receiver["average_pct"], 1), receiver
    listed = place.ok(f"/v1/observatory/corridors?period={overview['period']}&per_page=25")["corridors"]
    assert re.findall(r"href='reports/([A-Z]{2}-[A-Z]{2})\?", page) == [row["corridor"]["id"] for row in listed]


def report_as_the_corridor_says(place):
    latest = place.observatory()["period"]  # running: its figures are those of the instant they were worked out at
    ended = place.sql(f"SELECT corridor.period_before('{latest}', 2)").strip()
    for corridor, period, point in (("FR-SN", ended, 200), ("US-MX", ended, 500), ("FR-SN", latest, 200), ("FR-SN", latest, 500)):
        asked = f"?period={period}" + ("" if point == 200 else "&price_point=500")
        page = html.unescape(text(place, f"/en/reports/{corridor}{asked}"))
        assert f"For a transfer of {point} US dollars." in page and f"in percent of the amount that is exchanged, for {point} US" in page
        figures = place.ok(re.search(rf"/v1/corridors/{corridor}\?[^']*", page)[0])
        assert any(f"<strong>{average}</strong>" in page for average in rounded(figures["average_pct"])), (corridor, period)
        assert any(smart in page for smart in rounded(figures["smart_pct"]))
        query = re.search(r"SELECT \* FROM corridor\.corridor_figures\([^;]*;", page)[0]
        assert f"('{corridor}', '{period}', {point}," in query
        again = place.sql("SET ROLE corridor_researcher;" + query).split("|")
        assert round(float(again[2]), 4) == float(figures["average_pct"]), (again, figures)
        services = [json.loads(line) for line in place.get(re.search(r"/v1/reports/services\.csv\?[^']*", page)[0]
                                                           .replace(".csv", ".jsonl")).body.splitlines()]
        costs = [Decimal(s[f"total_cost_pct_{point}"]) for s in services
                 if s["corridor"] == corridor and s[f"total_cost_pct_{point}"]]
        assert len(costs) == figures["services"], (corridor, period)
        hidden = sum(s["corridor"] == corridor and not s["transparent"] for s in services)
        assert f"<dt>Not transparent, so not counted</dt><dd>{hidden or 'none'}</dd>" in page, (corridor, period, hidden)
        assert ("This quarter is not over" in page) == (period == latest), (corridor, period)
        median = re.search(r"<dt>Middle \(median\)</dt><dd>([^<]+)", page)[1]
        assert f"half of them cost at most {median}." in page, (corridor, period, median)
        assert abs(sum(costs) / len(costs) - Decimal(figures["average_pct"])) <= Decimal("0.00005"), (corridor, period)


def what_was_asked_stays(place):
    """Another quarter, order or page, and the data behind it, are of the same question."""
    overview = place.observatory()
    as_of, period = overview["as_of"], overview["period"]
    page = html.unescape(text(place, f"/en/observatory?as_of={as_of}&exclude=RUS,AE&price_point=500"))
    rest = f"&as_of={as_of}&price_point=500&exclude=AE,RU"
    links = re.findall(r"href='(observatory\?[^'#]*)", page)
    # All but the one that leads to the other amount.
    links.remove(f"observatory?period={period}&sort=average&as_of={as_of}&exclude=AE,RU")
    assert len(links) >= 3 and all(rest in link for link in links), links
    assert place.ok(f"/v1/observatory?period={period}{rest}")["exclude"] == ["AE", "RU"]
    assert f"'/v1/observatory?period={period}{rest}'" in page
    for suffix in ("csv", "xlsx"):
        assert f"'/v1/reports/corridors.{suffix}?period={period}&as_of={as_of}'" in page, suffix
    for name, value in (("as_of", as_of), ("price_point", "500"), ("exclude", "AE,RU")):
        assert f"<input type='hidden' name='{name}' value='{value}'>" in page, name
    link = re.search(r"href='(reports/[^']*)", page)[1]
    assert link.endswith(f"&as_of={as_of}&price_point=500")
    report = text(place, "/en/" + link)
    for name, value in (("as_of", as_of), ("price_point", "500")):
        assert f"<input type='hidden' name='{name}' value='{value}'>" in report, name
    plain = html.unescape(text(place, "/en/observatory"))
    assert "as_of" not in plain and "exclude=" not in plain
    assert re.findall(r"[^'?&]*price_point[^'&]*", plain) == ["price_point=500"], "only the way to the other amount"
    sorted_ = html.unescape(text(place, "/en/observatory?region=SSF&sort=change"))
    assert all("&region=SSF" in link for link in re.findall(r"href='(observatory\?[^'#]*)", sorted_))


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
