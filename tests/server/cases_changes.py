"""A change committed by any program is served within a second, in whatever order transactions end."""
import time

from harness import quote_sql, wait_for


def fees(place, operator, corridor="FR-SN"):
    answer = place.ok(f"/v1/compare?from={corridor[:2]}&to={corridor[3:]}&amount=200&currency=EUR")
    return [o["fee"] for o in answer["offers"] if o["operator"]["id"] == operator]


def shown(place, operator, fee, corridor="FR-SN"):
    return lambda: fees(place, operator, corridor) == [fee]


def test_a_change_is_served_within_a_second(place):
    took = []
    for fee in ("1.00", "2.00", "3.00", "4.00"):
        place.sql("BEGIN;" + quote_sql("FR-SN", fee, "quick") + "COMMIT;")
        took.append(wait_for(fee, 1, shown(place, "quick", fee)))
    print(f"# seen after at most {max(took):.2f} s")


def test_every_worker_has_it(place):
    place.sql("BEGIN;" + quote_sql("FR-SN", "9.00", "quick") + "COMMIT;")
    wait_for("the first worker", 1, shown(place, "quick", "9.00"))
    time.sleep(0.1)
    # Each new connection may land on another worker.
    assert all(shown(place, "quick", "9.00")() for _ in range(32))


def test_transactions_that_end_out_of_order_are_all_seen(place):
    slow, quick = place.session(), place.session()
    slow.do("BEGIN;" + quote_sql("FR-SN", "1.11", "slow-one"))
    quick.do("BEGIN;" + quote_sql("FR-SN", "2.22", "quick-one") + "COMMIT;")
    # The later transaction shows though an earlier one is still open, ...
    wait_for("the one that ended", 1, shown(place, "quick-one", "2.22"))
    quick.do("BEGIN;" + quote_sql("FR-MA", "3.33", "quick-one", ref="m", receive="MAD", rate="10.5") + "COMMIT;")
    wait_for("another corridor", 1, shown(place, "quick-one", "3.33", "FR-MA"))
    assert fees(place, "slow-one") == []
    # ... and the earlier one shows though the reader has been past it.
    slow.do("COMMIT;")
    wait_for("the one that was open", 1, shown(place, "slow-one", "1.11"))
    slow.close()
    quick.close()


def test_what_was_rolled_back_is_never_seen(place):
    place.sql("BEGIN;" + quote_sql("FR-SN", "7.77", "regretful") + "ROLLBACK;")
    time.sleep(0.6)
    assert fees(place, "regretful") == []


def test_a_new_corridor_appears(place):
    assert place.ok("/v1/compare?from=IS&to=FJ&amount=200&currency=EUR")["reason"] == "no_data"
    place.sql("BEGIN;" + quote_sql("IS-FJ", "5.00", "explorer", receive="EUR", rate="0.99") + "COMMIT;")
    took = wait_for("the corridor", 1, shown(place, "explorer", "5.00", "IS-FJ"))
    assert "IS-FJ" in [c["id"] for c in place.ok("/v1/corridors?from=IS")["corridors"]]
    print(f"# seen after {took:.2f} s")


def test_an_announced_price_waits_and_then_holds(place):
    place.sql("BEGIN;" + quote_sql("FR-SN", "6.00", "herald") + "COMMIT;")
    wait_for("the price of now", 1, shown(place, "herald", "6.00"))
    place.sql("BEGIN;" + quote_sql("FR-SN", "8.00", "herald", valid_from="now() + interval '2 seconds'") + "COMMIT;")
    time.sleep(0.8)
    assert fees(place, "herald") == ["6.00"]
    wait_for("the announced price", 3, shown(place, "herald", "8.00"))


def test_a_price_lapses_on_its_second(place):
    place.sql("BEGIN;" + quote_sql("FR-SN", "6.50", "mayfly", valid_until="now() + interval '2 seconds'") + "COMMIT;")
    wait_for("the price", 1, shown(place, "mayfly", "6.50"))

    def reasons():
        rows = place.ok("/v1/compare?from=FR&to=SN&amount=200")["not_compared"]
        return [row["reason"] for row in rows if row["operator"]["id"] == "mayfly"]

    assert reasons() == []
    wait_for("its end", 3, lambda: reasons() == ["expired"])
    assert fees(place, "mayfly") == []


def test_the_etag_changes_with_the_price(place):
    question = "/v1/compare?from=FR&to=SN&amount=200"
    before = place.get(question)
    place.sql("BEGIN;" + quote_sql("FR-SN", "4.44", "quick") + "COMMIT;")
    wait_for("the change", 1, shown(place, "quick", "4.44"))
    assert place.get(question, headers={"If-None-Match": before.headers["etag"]}).status == 200


def test_new_rates_reach_all_corridors_within_a_second(place):
    def rate():
        return place.ok("/v1/compare?from=FR&to=MA&amount=200")["reference_rate"]["rate"]

    before = rate()
    place.sql("""BEGIN;
SET search_path = corridor;
INSERT INTO reference_rate (base, currency, day, source, rate, submission)
SELECT 'EUR', 'MAD', current_date, 'demonstration', 12.345, max(id) FROM submission;
INSERT INTO change_log (corridor) VALUES ('*');
COMMIT;""")
    wait_for("the new rate", 1, lambda: rate() != before)
    assert rate() == "12.345"


def test_figures_follow_the_prices(place):
    def services():
        return place.ok("/v1/corridors/FR-SN")["services"]

    before = services()
    place.sql("BEGIN;" + quote_sql("FR-SN", "4.00", "counted") + "COMMIT;")
    wait_for("the figures", 10, lambda: services() == before + 1)


def test_invented_prices_never_meet_real_ones_in_a_figure(place):
    before = place.ok("/v1/corridors/FR-ML")
    assert before["demonstration"] is True and before["services"] > 3
    place.sql("""BEGIN;
SET search_path = corridor;
INSERT INTO submission (kind, source, sha256, rows_read, taken, unchanged, refused)
VALUES ('rates', 'test', decode(repeat('00', 32), 'hex'), 1, 1, 0, 0);
INSERT INTO reference_rate (base, currency, day, source, rate, submission)
VALUES ('EUR', 'USD', (now() AT TIME ZONE 'UTC')::date, 'ECB', 1.25, currval('submission_id_seq'));
COMMIT;""")
    # 160 euros at 1.25 dollars; fee 4: 2.5 %; 650 of 655.957: 0.908139 %.
    place.sql("BEGIN;" + quote_sql("FR-ML", "4", "real-one", origin="feed") + "COMMIT;")
    wait_for("the figures", 10, lambda: place.ok("/v1/corridors/FR-ML")["services"] == 1)
    figures = place.ok("/v1/corridors/FR-ML")
    assert figures["average_pct"] == figures["best_pct"] == figures["median_pct"] == "3.4081", figures
    assert figures["operators"] == 1 and figures["thin"] is True and figures["demonstration"] is False and "notice" not in figures
    # The record says the same, another corridor stays invented, and the offers stand in one list, each measured by its own rate.
    assert place.ok(f"/v1/corridors/FR-ML?period={figures['period']}") == figures
    listed = {c["id"]: c for c in place.ok("/v1/corridors?from=FR&per_page=200")["corridors"]}
    assert listed["FR-ML"]["services"] == 1 and listed["FR-SN"]["demonstration"] is True
    compared = place.ok("/v1/compare?from=FR&to=ML&amount=200")
    assert len(compared["offers"]) > 1 and compared["demonstration"] is True
    page = place.get("/en/FR-ML?amount=200").body.decode()
    assert "3.41%" in page and "1 service, " in page and "Demonstration" in page
    # Across corridors: of real prices alone, now that there are some.
    assert "Across 1 corridor, sending 200 US dollars costs 3.4% on average." in place.get("/en/").body.decode()
