"""PostgreSQL killed under a server that answers."""
import datetime
import os
import signal
import threading
import time

from cases_community import form, send
from harness import ROOT, quote_sql, wait_for

QUESTION = "/v1/compare?from=FR&to=SN&amount=200"


def seconds(instant):
    return datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp()


def kill_cluster(place):
    pid = int(place.run(ROOT / "deploy/dev/cluster.sh", "pid"))
    os.kill(pid, signal.SIGKILL)


def fresh(answer):
    return answer["generated_at"] == answer["ask"]["as_of"]


def test_comparisons_go_on_while_postgresql_is_killed(place):
    offers = place.ok(QUESTION)["offers"]
    failures, answered, ending = [], 0, threading.Event()

    def keep_asking():
        nonlocal answered
        while not ending.is_set():
            answer = place.get(QUESTION)
            if answer.status != 200 or not answer.json["offers"]:
                failures.append(answer.status)
            answered += 1
            time.sleep(0.01)

    asker = threading.Thread(target=keep_asking)
    asker.start()
    try:
        kill_cluster(place)
        took = wait_for("not ready", 5, lambda: place.get("/readyz").status == 503)
        print(f"# /readyz said so after {took:.1f} s")
        problem = place.get("/readyz").json
        assert "PostgreSQL" in problem["detail"] and " s ago" in problem["detail"], problem
        assert "retry-after" in place.get("/readyz").headers
        assert place.get("/healthz").status == 200
        assert [o["quote"] for o in place.ok(QUESTION)["offers"]] == [o["quote"] for o in offers]
        # The answer says how old its knowledge is.
        answer = place.ok(QUESTION)
        assert seconds(answer["generated_at"]) - seconds(answer["ask"]["as_of"]) >= 2, answer["ask"]
        assert place.get("/v1/corridors/FR-SN").status == 200 and place.get("/v1/countries").status == 200
        for target in (f"{QUESTION}&on=2020-01-01", "/v1/operators", "/v1/operators/x", "/v1/rates/EUR/XOF",
                       "/v1/corridors/FR-SN?period=2014-Q2"):
            answer = place.get(target)
            assert answer.status == 503 and "retry-after" in answer.headers, (target, answer.status)
            assert answer.json["type"] == "/problems/unavailable"
        # What somebody wrote meanwhile stands in the form again.
        status, page = send(place, form("Nobody shall write this twice"))
        assert status == 503 and "Nobody shall write this twice</textarea>" in page, (status, page)
        time.sleep(1)
    finally:
        place.start_cluster()
    took = wait_for("ready again", 15, lambda: place.get("/readyz").status == 200)
    print(f"# ready again after {took:.1f} s")
    ending.set()
    asker.join()
    # Readiness is one thread's; each worker hears of the record a moment later.
    wait_for("its knowledge is of now again", 2, lambda: fresh(place.ok(QUESTION)))
    assert not failures and answered > 50, (failures, answered)
    for target in (f"{QUESTION}&on=2020-01-01", "/v1/operators", "/v1/rates/EUR/XOF"):
        wait_for(target, 5, lambda: place.get(target).status == 200)


def test_changes_are_followed_again_afterwards(place):
    place.sql("BEGIN;" + quote_sql("FR-SN", "1.23", "returned") + "COMMIT;")

    def shown():
        return [o["fee"] for o in place.ok(QUESTION)["offers"] if o["operator"]["id"] == "returned"] == ["1.23"]

    wait_for("the change", 5, shown)


def test_what_changed_while_the_reader_was_away_is_seen(place):
    # Its connections are cut and come back; what was committed meanwhile must not be lost.
    place.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'corridord%';"
              "BEGIN;" + quote_sql("FR-SN", "3.21", "meanwhile") + "COMMIT;")

    def shown():
        return [o["fee"] for o in place.ok(QUESTION)["offers"] if o["operator"]["id"] == "meanwhile"] == ["3.21"]

    wait_for("the change", 10, shown)


def test_a_database_that_refuses_is_told_apart(place):
    # Neither the log can be followed nor the market read anew.
    place.sql("ALTER TABLE corridor.change_log RENAME TO hidden_log;"
              "ALTER TABLE corridor.current_offer RENAME TO hidden_offer;")
    try:
        wait_for("not ready", 5, lambda: place.get("/readyz").status == 503)
        assert "refuses; the log says why" in place.get("/readyz").json["detail"]
        # What the database said is for the log alone.
        assert "change_log" not in place.get("/readyz").body.decode() and "change_log" in place.said()
        assert place.ok(QUESTION)["offers"]
    finally:
        place.sql("ALTER TABLE corridor.hidden_log RENAME TO change_log;"
                  "ALTER TABLE corridor.hidden_offer RENAME TO current_offer;")
    wait_for("ready again", 15, lambda: place.get("/readyz").status == 200)
