"""Reports of figures: equal to what the observatory says, to a recomputation from the services, and to the UN's columns."""
import json
import xml.dom.minidom
from decimal import ROUND_HALF_UP, Decimal

import tables

UN = ("DATAFLOW,FREQ,REPORTING_TYPE,SERIES,REF_AREA,SEX,AGE,URBANISATION,INCOME_WEALTH_QUANTILE,EDUCATION_LEV,OCCUPATION,"
      "CUST_BREAKDOWN,COMPOSITE_BREAKDOWN,DISABILITY_STATUS,ACTIVITY,PRODUCT,TIME_PERIOD,OBS_VALUE,UNIT_MULT,UNIT_MEASURE,"
      "OBS_STATUS")
UNUSED = ("SEX", "AGE", "URBANISATION", "INCOME_WEALTH_QUANTILE", "EDUCATION_LEV", "OCCUPATION", "COMPOSITE_BREAKDOWN",
          "DISABILITY_STATUS", "ACTIVITY", "PRODUCT")
BACK = tables.quarter(8)


def rows_of(place, name, query):
    return tables.from_jsonl(place.get(f"/v1/reports/{name}.jsonl?{query}").body)


def mean(values):
    values = [Decimal(value) for value in values]
    return (sum(values) / len(values)).quantize(Decimal("0.000001"), ROUND_HALF_UP)  # as SQL rounds


def test_every_report_in_every_format(place):
    for name in ("corridors", "series", "operators"):
        base = f"/v1/reports/{name}"
        columns = [column["name"] for column in place.ok(base + ".csv-metadata.json")["tableSchema"]["columns"]]
        body = place.get(f"{base}.csv?period={BACK}").body
        rows = tables.from_csv(body)
        assert body.split(b"\n")[0].decode().split(",") == columns and len(rows) > 10, name
        assert rows_of(place, name, "period=" + BACK) == tables.unguarded(rows, ("name",)), name
        assert place.get(f"{base}.xlsx?period={BACK}").body[:2] == b"PK"
        assert place.get(f"{base}.csv?period={BACK}").body == body


def test_corridors_are_the_means_of_services(place):
    services = [row for row in rows_of(place, "services", "period=" + BACK) if row["transparent"] == "true"]
    checked = 0
    for row in rows_of(place, "corridors", "period=" + BACK):
        costs = [s["total_cost_pct_" + row["price_point_usd"]] for s in services
                 if s["corridor"] == row["corridor"] and s["demonstration"] == row["demonstration"]]
        costs = [cost for cost in costs if cost]
        assert int(row["services"]) == len(costs), row
        assert Decimal(row["average_pct"]) == mean(costs), row
        assert Decimal(row["lowest_pct"]) == min(map(Decimal, costs)), row
        average = Decimal(row["average_pct"])
        assert row["status"] == ("meets" if average <= 3 else "near" if average <= 5 else "must_fall"), row
        assert row["thin"] == ("true" if len(costs) < 3 else "false")
        checked += 1
    assert checked > 100


def test_operators_are_the_means_of_services(place):
    services = [row for row in rows_of(place, "services", "period=" + BACK) if row["transparent"] == "true"]
    rows = rows_of(place, "operators", "period=" + BACK)
    assert len(rows) > 10
    for row in rows:
        own = [s for s in services if s["operator"] == row["operator"]]
        assert int(row["services"]) == len(own) and int(row["corridors"]) >= len({s["corridor"] for s in own})
        costs = [s["total_cost_pct_200"] for s in own if s["total_cost_pct_200"]]
        assert (Decimal(row["average_pct_200"]) == mean(costs)) if costs else not row["average_pct_200"], row


def test_series_are_those_of_the_observatory(place):
    rows = rows_of(place, "series", "period=2013-Q2")
    world = next(row for row in rows if row["group_kind"] == "world" and row["price_point_usd"] == "200")
    answer = place.ok("/v1/observatory?period=2013-Q2")
    services = answer["global"]["services"]
    assert int(world["services"]) == services["count"]
    assert abs(Decimal(world["average_pct"]) - Decimal(services["average_pct"])) <= Decimal("0.0001")
    assert int(world["meets"]) == answer["status"]["meets"]
    kinds = {row["group_kind"] for row in rows}
    assert {"world", "sender", "receiver", "receiving_region", "firm_type", "pay_in", "pay_out", "digital", "speed"} <= kinds


def test_sdmx_has_the_columns_and_codes_of_the_un(place):
    for name, series in (("corridors", {"SI_RMT_COST_BC", "SI_RMT_COST_SC"}), ("series", {"SI_RMT_COST", "SI_RMT_COST_SND"})):
        answer = place.get(f"/v1/reports/{name}.sdmx.csv")
        assert answer.headers["content-type"].startswith("application/vnd.sdmx.data+csv; version=1.0.0")
        assert answer.body.decode().startswith(UN + ","), answer.body[:400]
        rows = tables.from_csv(answer.body)
        assert rows and {row["SERIES"] for row in rows} <= series
        for row in rows:
            assert all(row[column] == "_T" for column in UNUSED), row
            assert (row["FREQ"], row["REPORTING_TYPE"], row["UNIT_MEASURE"], row["UNIT_MULT"]) == ("A", "G", "PERCENT", "0")
            assert row["DATAFLOW"].startswith("IAEG-SDGs:DF_SDG_GLH(") and row["TIME_DETAIL"] == row["TIME_PERIOD"]
    corridors = tables.from_csv(place.get("/v1/reports/corridors.sdmx.csv").body)
    row = next(row for row in corridors if row["SERIES"] == "SI_RMT_COST_BC")
    assert (row["REF_AREA"], row["CUST_BREAKDOWN"], row["TIME_PERIOD"]) == ("250", "C686", "2013"), row
    # 2013: the transparent rows of the survey, all of France to Senegal, in both of its quarters; nothing invented.
    costs = [s["total_cost_pct_200"] for s in rows_of(place, "services", "from=2013-Q1&to=2013-Q4") if s["transparent"] == "true"]
    assert Decimal(row["OBS_VALUE"]) == mean(costs)
    assert (row["TIME_DETAIL"], row["COMMENT_OBS"]) == ("2013", f"{len(costs)} services"), row
    assert row["SOURCE_DETAIL"] == "World Bank, Remittance Prices Worldwide", row
    series = tables.from_csv(place.get("/v1/reports/series.sdmx.csv").body)
    assert {(row["SERIES"], row["REF_AREA"], row["CUST_BREAKDOWN"]) for row in series} == {
        ("SI_RMT_COST", "1", "_T"), ("SI_RMT_COST", "686", "_T"), ("SI_RMT_COST_SND", "250", "_T")}
    assert place.get("/v1/reports/corridors.sdmx.xlsx").status == 404


def test_quarterly_sdmx_follows_its_structure(place):
    structure = xml.dom.minidom.parseString(place.get("/v1/reports/structure.xml").body)
    names = {kind: [e.getAttribute("id") for e in structure.getElementsByTagName("str:" + kind)]
             for kind in ("Dimension", "TimeDimension", "PrimaryMeasure", "Attribute")}
    listed = names["Dimension"] + names["TimeDimension"] + [n for n in names["PrimaryMeasure"] if n] + names["Attribute"]
    codes = {e.getAttribute("id"): {c.getAttribute("id") for c in e.getElementsByTagName("str:Code")}
             for e in structure.getElementsByTagName("str:Codelist")}
    for name in ("corridors", "series"):
        body = place.get(f"/v1/reports/{name}-quarterly.sdmx.csv").body
        rows = tables.from_csv(body)
        assert body.split(b"\n")[0].decode().split(",") == ["DATAFLOW"] + listed and rows
        for row in rows:
            for column in ("FREQ", "SERIES", "PRICE_POINT", "UNIT_MEASURE", "OBS_STATUS"):
                assert row[column] in codes["CL_" + column], row
            assert row["DATAFLOW"] == "CORRIDOR:DF_REMITTANCE_COST(1.0)"


def test_the_catalogue_lists_every_download(place):
    answer = place.get("/data/")
    assert answer.status == 200 and answer.headers["content-type"] == "application/ld+json"
    catalogue = json.loads(answer.body)
    assert catalogue["@type"] == "dcat:Catalog" and len(catalogue["dcat:dataset"]) == 8
    count = 0
    for dataset in catalogue["dcat:dataset"]:
        assert dataset["dct:license"]["@id"].startswith("https://") and dataset["dct:title"] and dataset["dct:description"]
        for distribution in dataset["dcat:distribution"]:
            head = place.get(distribution["dcat:downloadURL"]["@id"] + "?period=1999-Q4", method="HEAD")
            assert head.status == 200, distribution
            assert head.headers["content-type"] == distribution["dcat:mediaType"], distribution
            assert distribution["dct:license"]
            count += 1
    assert count == 4 * 4 + 4
