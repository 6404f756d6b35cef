"""What stands in a report: the same rows in every format, and the rows of the record."""
import json

import tables

SERVICES = "/v1/reports/services"
PART = "?to=" + tables.quarter(11)  # the survey, and live prices of two quarters
TEXTS = ("source_ref", "firm")


def test_every_format_has_the_same_rows(place):
    metadata = place.ok(SERVICES + ".csv-metadata.json")
    columns = [column["name"] for column in metadata["tableSchema"]["columns"]]
    body = place.get(SERVICES + ".csv" + PART).body
    assert body.split(b"\n")[0].decode().split(",") == columns
    rows = tables.unguarded(tables.from_csv(body), TEXTS)
    assert len(rows) > 1000 and {row["kind"] for row in rows} == {"survey", "live"}
    lines = tables.from_jsonl(place.get(SERVICES + ".jsonl" + PART).body)
    assert list(lines[0]) == columns
    assert lines == rows
    answer = place.ok(SERVICES + ".json" + PART)
    assert tables.from_json(answer["rows"]) == rows
    assert answer["report"] == "services" and answer["licence"].startswith("https://")


def test_each_column_says_what_it_is(place):
    metadata = place.ok(SERVICES + ".csv-metadata.json")
    for column in metadata["tableSchema"]["columns"]:
        assert column["dc:description"], column
        money = column["name"].startswith(("principal", "fee", "rate", "margin", "total", "reference"))
        assert ("schema:unitText" in column) == money, column
    assert metadata["url"] == "services.csv" and metadata["dc:license"]


def test_rows_of_a_survey_are_those_published(place):
    rows = tables.from_jsonl(place.get(SERVICES + ".jsonl?to=2013-Q4").body)
    found = {row["source_ref"]: row for row in rows if row["kind"] == "survey"}
    assert len(found) == 8
    row = found["r4"]  # a negative margin is real
    assert (row["corridor"], row["corridor_iso3"], row["sending_m49"], row["receiving_m49"]) == ("FR-SN", "FRASEN", "250", "686")
    assert (row["period"], row["margin_pct_200"], row["total_cost_pct_200"]) == ("2013-Q2", "-1.25", "3.75")
    assert (row["principal_200"], row["fee_200"], row["collected_on"], row["send_currency"]) == ("140", "7", "2013-05-14", "EUR")
    row = found["r5"]  # not transparent: margin and rate mean nothing
    assert (row["transparent"], row["margin_pct_200"], row["rate_200"]) == ("false", "", "")
    assert found["r6"]["margin_pct_200"] == "0.000000000000000222"


def test_no_cell_runs_as_a_formula(place):
    rows = tables.from_csv(place.get(SERVICES + ".csv?to=2013-Q4").body)
    firms = [row["firm"] for row in rows]
    for firm in ("'=HYPERLINK(\"http://x.example/\",\"Pay here\")", "'+Plus Transfers", "'-Minus Money", "'@At Exchange",
                 "''Quoted Remit", "'＝Full Width Pay", "Plain, \"quoted\" Money"):
        assert firm in firms, (firm, firms)
    assert "'=1+2" in [row["source_ref"] for row in rows]
    for row in rows:
        for name, cell in row.items():
            assert not cell.startswith(("=", "+", "@", "\t", "\r")), (name, cell)
            assert not cell.startswith("-") or name.startswith("margin_pct") or name.startswith("total_cost"), (name, cell)


def test_live_prices_are_those_of_the_averages(place):
    """A live row's total is what corridor_services, which the averages are made of, says of the same service."""
    rows = {}
    for row in tables.from_jsonl(place.get(SERVICES + f".jsonl?from={tables.quarter(8)}&to={tables.quarter(6)}").body):
        if row["kind"] == "live" and row["corridor"] in ("FR-SN", "US-MX", "GB-NG"):
            for point in ("200", "500"):
                if row["total_cost_pct_" + point]:
                    key = (row["corridor"], row["period"], row["operator"] + ":" + row["source_ref"], point)
                    assert key not in rows
                    rows[key] = row["total_cost_pct_" + point]
    periods = ", ".join(f"('{tables.quarter(back)}')" for back in (8, 7, 6))
    listed = place.sql(f"""
        SELECT c.corridor, p.period, s.service, x.point, s.total_cost_pct
        FROM (VALUES ('FR-SN'), ('US-MX'), ('GB-NG')) c (corridor)
        CROSS JOIN (VALUES {periods}) p (period)
        CROSS JOIN (VALUES (200), (500)) x (point)
        CROSS JOIN LATERAL corridor.corridor_services(c.corridor, p.period, x.point, now()) s
        WHERE NOT s.surveyed""")
    expected = {tuple(line.split("|")[:4]): line.split("|")[4] for line in listed.splitlines()}
    assert len(expected) > 100
    assert rows == expected


def test_costs_add_up(place):
    """Of live rows without a receiving fee: fee / principal + margin is the total."""
    from decimal import Decimal
    checked = 0
    for row in tables.from_jsonl(place.get(SERVICES + ".jsonl?from=" + tables.quarter(4)).body):
        if row["kind"] == "live" and row["total_cost_pct_200"]:
            fee, principal, margin, total = (Decimal(row[name + "_200"]) for name in
                                             ("fee", "principal", "margin_pct", "total_cost_pct"))
            rest = total - 100 * fee / principal - margin
            assert rest > Decimal("-0.00001"), row  # what is left is the receiving side's fee
            checked += abs(rest) < Decimal("0.00001")
    assert checked > 100


def test_quarters_are_those_asked_for(place):
    for query, wanted in (("period=2013-Q2", {"2013-Q2"}), ("to=2013-Q1", {"2013-Q1"}),
                          ("from=2013-Q1&to=2013-Q2", {"2013-Q1", "2013-Q2"}), ("period=1999-Q4", set())):
        rows = tables.from_csv(place.get(f"{SERVICES}.csv?{query}").body)
        assert {row["period"] for row in rows} == wanted, query
    assert json.loads(place.get(SERVICES + ".json?period=1999-Q4").body)["rows"] == []
    assert place.get(SERVICES + ".jsonl?period=1999-Q4").body == b""


def test_order_is_the_same_each_time(place):
    rows = tables.from_jsonl(place.get(SERVICES + ".jsonl" + PART).body)
    for kind in ("survey", "live"):
        keys = [(row["corridor"], row["period"], row["source_ref"], row["quote"]) for row in rows if row["kind"] == kind]
        assert keys == sorted(keys), kind
    assert [row["kind"] for row in rows] == sorted((row["kind"] for row in rows), reverse=True)


def test_codes_of_countries_are_those_of_the_api(place):
    ours = {line.split("|")[0]: tuple(line.split("|")[1:]) for line in
            place.sql("SELECT country, iso3, m49 FROM corridor.country_code").splitlines()}
    theirs = {country["iso2"]: (country["iso3"], f"{int(country['m49']):03d}") for country in place.ok("/v1/countries")["countries"]}
    assert len(theirs) > 20
    for iso2, codes in theirs.items():
        assert ours[iso2] == codes, iso2


def test_who_may_read_may_work_it_out_again(place):
    """The researchers' role: every view of reports, and the functions that a report names."""
    views = place.sql("SELECT table_name FROM information_schema.views WHERE table_schema = 'corridor'"
                      " AND table_name LIKE 'report\\_%' ORDER BY 1").split()
    assert len(views) >= 10, views
    quarter = tables.quarter(8)
    place.sql(f"SET ROLE corridor_researcher; SET corridor.report_from = '{quarter}'; SET corridor.report_to = '{quarter}';"
              + "".join(f"SELECT FROM corridor.{view} LIMIT 1;" for view in views))
    found = place.sql(f"SET ROLE corridor_researcher;"
                      f"SELECT services FROM corridor.corridor_figures('FR-SN', '{quarter}', 200, now());"
                      f"SELECT f.services FROM corridor.figures_of('FR-SN', '{quarter}', now()) f WHERE price_point_usd = 200;"
                      f"SELECT services FROM corridor.figures_by('world', NULL, '{quarter}', '{quarter}', 200, true, now(), '{{}}')")
    one, again, world = map(int, found.split())
    assert 0 < one == again < world, found
