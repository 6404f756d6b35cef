"""What changes is worked out, what was known before can be had again, and the check tells when the two part."""
import csv
import json
import subprocess
import time

import oracle
from cases_small import FLOWS, SURVEY, Small
from compare import Comparison
from place import HERE, ROOT, quote_sql, wait_for

TARGETS = ("/v1/observatory?period=2021-Q3", "/v1/observatory?period=2022-Q4&exclude=RUS", "/v1/observatory",
           "/v1/observatory/series?indicator=average_pct&group=receiver",
           "/v1/observatory/series?indicator=flow_weighted_pct", "/v1/observatory/corridors?period=2021-Q3&sort=at_stake")


def end():
    """The place is cases_small's."""


def past(place):
    """Every answer as it is now, with the as_of that it bears."""
    kept = []
    for target in TARGETS:
        answer = place.get(target)
        kept.append((f"{target}{'&' if '?' in target else '?'}as_of={answer.json['as_of']}", answer.body))
    return kept


def is_as_it_was(place, kept):
    for target, body in kept:
        assert place.get(target).body == body, target


def corrected_file(folder, correct):
    with SURVEY.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        correct(row)
    path = folder / "corrected.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_corrected_file_for_a_past_quarter():
    place = Small.get()
    before = past(place)

    def correct(row):
        if row["period"] != "2021_3Q":
            return
        if row["source"] == "ZAF" and row["firm"] == "Cape Bank":
            row["cc1 total cost %"] = "7.25"
        if row["firm"] == "Mobilnik":  # to another corridor
            row["source"], row["destination"] = "USA", "MEX"
        if row["firm"] == "La Poste":  # to another quarter, one that had none
            row["period"] = "2020_2Q"

    path = corrected_file(place.folder, correct)
    said = place.run("build/corridor", "import", "rpw", path)
    assert "3" in said
    waiting = place.observatory("period=2021-Q3")
    assert waiting["stale"] is True and waiting["stale_reason"]
    assert waiting["global"] == place.get(before[0][0]).json["global"], "figures changed before they were worked out"
    assert "stale" not in place.get(before[0][0]).json, "what was known then is not stale"
    place.refresh()

    survey, comparison = Small.survey(path), Comparison()
    for period in survey.periods():
        for point in (200, 500):
            comparison.overview(place.observatory(f"period={period}&price_point={point}"), survey, period, point)
        comparison.corridors(place.pages(f"period={period}"), survey, period, 200)
    comparison.end(3000)
    assert place.observatory("period=2020-Q2")["coverage"]["services"] == 1
    assert "stale" not in place.observatory("period=2021-Q3")
    is_as_it_was(place, before)
    for options in ((), ("--history",)):
        assert place.check(*options).rstrip().endswith("0 differences")
    # Only what changed got a version: one corridor at 200 dollars; at both price points two that gave and took a row, and the
    # two quarters of a third.
    added = place.sql("SELECT count(*) FROM corridor.quarter_figure WHERE recorded_at ="
                      " (SELECT max(recorded_at) FROM corridor.quarter_figure)")
    assert added.strip() == "9", added

    # And back: the file as it was.
    between = past(place)
    place.run("build/corridor", "import", "rpw", SURVEY)
    place.refresh()
    is_as_it_was(place, before)
    is_as_it_was(place, between)
    survey, comparison = Small.survey(), Comparison()
    for period in ("2021-Q3", "2020-Q2"):
        comparison.overview(place.observatory(f"period={period}"), survey, period, 200)
    comparison.end(50)


def test_a_corrected_matrix():
    place = Small.get()
    before = past(place)
    path = place.folder / "flows_2021.csv"
    path.write_text(FLOWS[1].read_text().replace("1000,1000", "90000,90000"))
    place.run("build/corridor", "import", "flows", path)
    place.refresh()
    survey, comparison = Small.survey(), Comparison()
    comparison.overview(place.observatory(), survey, "2022-Q4", 200)
    comparison.end(40)
    is_as_it_was(place, before)
    place.run("build/corridor", "import", "flows", FLOWS[1])
    place.refresh()
    assert place.observatory()["global"]["flow_weighted"]["average_pct"] == "3.1700"


def test_a_transaction_that_ends_late():
    """What began before a refresh and ends after it must not be lost, nor change what was told meanwhile."""
    place = Small.get()
    session = place.session()
    session.do("BEGIN; SET LOCAL search_path = corridor;")
    session.do("""INSERT INTO submission (kind, source, sha256, rows_read, taken, unchanged, refused)
        VALUES ('survey', 'late', decode(repeat('00', 32), 'hex'), 1, 1, 0, 0);
        WITH late AS (INSERT INTO observation (submission, source, source_id, content, period, corridor, operator, firm,
            firm_type, pay_in, access_point, pay_out, speed, coverage, transparent, published)
            VALUES (currval('submission_id_seq'), 'rpw', 'late', decode(repeat('01', 32), 'hex'), '2019-Q3', 'FR-SN', 'rapide',
                    'Rapide', 'mto', '{cash}', '{agent}', '{cash}', 'same_day', 'high', true, '{}') RETURNING id)
        INSERT INTO observed_price (observation, price_point_usd, principal, total_cost_pct) SELECT id, 200, 140, 77 FROM late;
        INSERT INTO change_log (corridor) VALUES ('FR-SN');""")
    place.sql("INSERT INTO corridor.change_log (corridor) VALUES ('US-MX')")
    place.refresh()
    before = past(place) + [("/v1/observatory?period=2019-Q3&as_of=" + place.observatory("period=2019-Q3")["as_of"],
                             place.get("/v1/observatory?period=2019-Q3").body)]
    session.do("COMMIT;")
    session.close()
    count = place.observatory("period=2019-Q3")["coverage"]["services"]
    place.refresh()
    assert place.observatory("period=2019-Q3")["coverage"]["services"] == count + 1
    is_as_it_was(place, before)
    assert place.check("--history").rstrip().endswith("0 differences")


def average(place, period):
    """FR-SN in a quarter: (average, services); None without figures."""
    rows = [c for c in place.observatory(f"period={period}", "/corridors")["corridors"] if c["corridor"]["id"] == "FR-SN"]
    return rows and (rows[0]["average_pct"], rows[0]["services"])


def test_live_prices():
    place = Small.get()
    quarter = place.sql("SELECT corridor.period_of(now())").strip()
    place.sql("""SET search_path = corridor;
        INSERT INTO submission (kind, source, sha256, rows_read, taken, unchanged, refused)
        VALUES ('rates', 'test', decode(repeat('00', 32), 'hex'), 1, 1, 0, 0);
        INSERT INTO reference_rate (base, currency, day, source, rate, submission)
        VALUES ('EUR', 'USD', (now() AT TIME ZONE 'UTC')::date, 'ECB', 1.25, currval('submission_id_seq'));""")
    # 160 euros at 1.25 dollars; fee 4: 2.5 %; 650 of 655.957: 0.908139 %. Together 3.408139.
    place.sql(quote_sql("FR-SN", "4", origin="feed"))
    place.refresh()
    assert average(place, quarter) == ("3.4081", 1), average(place, quarter)
    assert place.observatory()["period"] == quarter and place.observatory()["provisional"] is True
    one = past(place)
    # While it settles, as in corridor-ingestd, the running quarter stays and says so; another quarter is not concerned.
    place.sql(quote_sql("FR-SN", "8", operator="other-operator", origin="feed"))
    place.sql("SET ROLE corridor_ingest; SELECT corridor.refresh_figures(1000, '1 hour')")
    answer = place.observatory()
    assert answer["stale"] is True and answer["complete"] is True and average(place, quarter) == ("3.4081", 1)
    assert "stale" not in place.observatory("period=2022-Q4")
    # A second service, then withdrawn: until then it was in force within the quarter, and counts.
    place.refresh()
    assert average(place, quarter) == ("4.6581", 2)  # 5.908139 beside it
    place.sql("""SELECT corridor.store_withdrawals(now(), ARRAY[(SELECT max(id) FROM corridor.submission)],
        ARRAY[(SELECT id FROM corridor.service WHERE operator = 'other-operator')], ARRAY['regular'])""")
    place.refresh()
    assert average(place, quarter) == ("4.6581", 2)
    # A promotion is no regular price; a lapsed one still was.
    place.sql(quote_sql("FR-SN", "0", operator="third-operator", origin="feed", price="first_transfer"))
    place.sql(quote_sql("FR-SN", "4", operator="fourth-operator", origin="feed", valid_until="now() + interval '1 second'"))
    place.refresh()
    assert average(place, quarter) == ("4.2415", 3)  # (3.408139 * 2 + 5.908139) / 3
    is_as_it_was(place, one)
    # Invented prices never meet real ones.
    place.sql(quote_sql("FR-SN", "99", operator="invented-operator", origin="demonstration"))
    place.refresh()
    assert average(place, quarter) == ("4.2415", 3) and place.observatory()["demonstration"] is False
    for asked in (f"?period={quarter}", "?price_point=200&period=" + quarter, ""):
        wait_for("the corridor's own figures", 10, lambda: place.ok("/v1/corridors/FR-SN" + asked)["average_pct"] == "4.2415")
        one = place.ok("/v1/corridors/FR-SN" + asked)
        assert (one["services"], one["best_pct"], one["demonstration"]) == (3, "3.4081", False), one
    assert place.check("--history").rstrip().endswith("0 differences")


def test_an_unknown_margin_is_told():
    """A live price whose currency has no reference rate: shown, marked, in no average."""
    place = Small.get()
    quarter = place.sql("SELECT corridor.period_of(now())").strip()
    place.sql("BEGIN;" + quote_sql("FR-NG", "4", operator="naira-operator", receive="NGN", rate="1700", origin="feed") + "COMMIT;")
    rows = [json.loads(line) for line in place.get(f"/v1/reports/services.jsonl?period={quarter}").body.splitlines()]
    row = next(row for row in rows if row["corridor"] == "FR-NG")
    assert (row["transparent"], row["reference_rate"], row["total_cost_pct_200"]) == (False, None, None), row
    assert next(row for row in rows if row["operator"] == "test-operator")["transparent"] is True
    rows = [json.loads(line) for line in place.get(f"/v1/reports/operators.jsonl?period={quarter}").body.splitlines()]
    row = next(row for row in rows if row["operator"] == "naira-operator")
    assert (row["services"], row["not_transparent"], row["average_pct_200"]) == (0, 1, None), row


def test_an_operator_that_becomes_another():
    """Past answers tell of it as it was; its groups follow, in every quarter."""
    place = Small.get()
    quarter = place.sql("SELECT corridor.period_of(now())").strip()
    place.refresh()
    before = past(place)
    for target in (f"/v1/reports/services.csv?period={quarter}", f"/v1/reports/operators.csv?period={quarter}",
                   f"/v1/reports/series.csv?period={quarter}"):
        answer = place.get(target)
        assert b"Test test-operator" in answer.body or "series" in target
        before.append((f"{target}&as_of={answer.headers['corridor-as-of']}", answer.body))
    answer = place.get("/v1/compare?from=FR&to=SN&amount=200&currency=EUR")
    target = "/v1/compare?from=FR&to=SN&amount=200&currency=EUR&as_of=" + answer.json["ask"]["as_of"]
    before.append((target, place.get(target).body))
    types = place.observatory(f"period={quarter}")["firm_types"]
    assert types["mto"]["count"] == 3 and "bank" not in types, types
    place.sql("UPDATE corridor.operator SET name = 'Renamed Bank', type = 'bank' WHERE id = 'test-operator'")
    place.refresh()
    types = place.observatory(f"period={quarter}")["firm_types"]
    assert (types["mto"]["count"], types["bank"]["count"]) == (2, 1), types
    is_as_it_was(place, before)
    for report in ("services", "operators"):
        assert b"Renamed Bank" in place.get(f"/v1/reports/{report}.csv?period={quarter}").body, report
    for options in ((), ("--history",)):
        assert place.check(*options).rstrip().endswith("0 differences")


def test_the_check_names_what_differs():
    place = Small.get()
    place.refresh()
    for spoil, mend, named in (
            ("UPDATE corridor.quarter_figure SET smart_pct = smart_pct + 1 WHERE {last}",
             "UPDATE corridor.quarter_figure SET smart_pct = smart_pct - 1 WHERE {last}", "smart_pct is kept as"),
            ("UPDATE corridor.quarter_group SET services = services + 1 WHERE {group}",
             "UPDATE corridor.quarter_group SET services = services - 1 WHERE {group}", "groups is kept as"),
            ("UPDATE corridor.quarter_figure SET superseded_at = now() WHERE {last}",
             "UPDATE corridor.quarter_figure SET superseded_at = 'infinity' WHERE {any}", "does not end where")):
        any_ = "corridor = 'FR-SN' AND period = '2021-Q4' AND price_point_usd = 200"
        names = {"any": any_, "last": any_ + " AND superseded_at = 'infinity'",
                 "group": any_ + " AND dimension = 'firm_type' AND value = 'mto'"}
        place.sql(spoil.format(**names))
        done = subprocess.run(["build/corridor", "check", "aggregates"], env=place.environment, cwd=ROOT, text=True,
                              capture_output=True, timeout=60)
        place.sql(mend.format(**names))
        assert done.returncode == 1 and "FR-SN 2021-Q4" in done.stdout and named in done.stdout, done.stdout
    assert place.check().rstrip().endswith("0 differences")


def test_the_ingest_program_refreshes_by_itself():
    place = Small.get()
    log = open(place.folder / "ingestd.log", "w+b")
    program = subprocess.Popen(["build/corridor-ingestd"], env=place.environment, cwd=ROOT, stdin=subprocess.DEVNULL,
                               stdout=log, stderr=log)
    try:
        time.sleep(1.5)  # what it found at its start
        path = corrected_file(place.folder, lambda row: row.update(
            {"cc1 total cost %": "5.5"} if (row["period"], row["firm"]) == ("2022_1Q", "Cape Bank") else {}))
        before = place.observatory("period=2022-Q1")["global"]
        place.run("build/corridor", "import", "rpw", path)
        took = wait_for("the figures follow", 20, lambda: place.observatory("period=2022-Q1")["global"] != before)
        assert "stale" not in place.observatory("period=2022-Q1")
        print(f"# {took:.1f} s after the import")
    finally:
        program.terminate()
        assert program.wait(timeout=15) == 0
        log.close()


def test_while_the_database_is_away():
    place = Small.get()
    place.run(ROOT / "deploy/dev/cluster.sh", "stop")
    for target in TARGETS:
        answer = place.get(target)
        assert answer.status == 503 and answer.headers["retry-after"], (target, answer.status)
    assert place.get("/v1/methodology").status == 200
    assert place.get("/v1/observatory?period=9999-Q9").status == 400
    place.run(ROOT / "deploy/dev/cluster.sh", "start")
    wait_for("the observatory is back", 20, lambda: place.get("/v1/observatory").status == 200)
