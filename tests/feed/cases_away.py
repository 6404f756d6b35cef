"""PostgreSQL away, or not keeping its promise: nothing is accepted then, and what was is there."""
import http.client
import threading
import time

from client import quote
from harness import ROOT, wait_for


def test_nothing_is_taken_that_could_be_lost(place):
    place.sql("ALTER ROLE corridor_ingest SET synchronous_commit = off")
    port = place.start_ingestd(ready=False)
    wait_for("it says why", 20, lambda: b"synchronous_commit=off" in place.ingest_get(port, "/readyz")[1])
    assert place.acme.post(quote("unsafe"), port=port).status == 503
    place.sql("ALTER ROLE corridor_ingest RESET synchronous_commit")
    place.stop_ingestd(port)


def test_while_postgresql_only_reads(place):
    """As a standby does, until it is promoted or another is reached."""
    place.sql("ALTER ROLE corridor_ingest SET default_transaction_read_only = on")
    port = place.start_ingestd()
    for answer in (place.acme.post(quote("reads"), key="reads", port=port),
                   place.acme.post_lines([quote(f"reads-{i}") for i in range(1500)], port=port)):
        assert answer.status == 503 and answer.headers["retry-after"] == "1", answer
    place.sql("ALTER ROLE corridor_ingest RESET default_transaction_read_only")
    place.stop_ingestd(port)
    assert place.acme.post(quote("reads"), key="reads").status == 201


def test_while_postgresql_is_away(place):
    first = place.acme.post(quote("away-1"), key="away-1")
    assert first.status == 201
    place.run(ROOT / "deploy/dev/cluster.sh", "stop")
    wait_for("noticed", 10, lambda: place.ingest_get(place.port_a, "/readyz")[0] == 503)
    before = time.monotonic()
    answer = place.acme.post(quote("away-2"), key="away-2")
    assert answer.status == 503 and answer.headers["retry-after"] == "1", answer
    assert place.acme.post_lines([quote(f"a{i}") for i in range(1500)]).status == 503
    assert place.acme.withdraw("away-1").status == 503
    assert time.monotonic() - before < 20
    place.run(ROOT / "deploy/dev/cluster.sh", "start")
    place.wait_ready(place.port_a)
    again = place.acme.post(quote("away-1"), key="away-1")
    assert (again.status, again.body) == (first.status, first.body)
    assert place.acme.post(quote("away-2"), key="away-2").status == 201


def test_it_ends_in_order(place):
    port = place.start_ingestd()
    assert place.acme.post(quote("end"), port=port).status == 201
    assert place.stop_ingestd(port) == 0


def test_it_ends_in_order_while_what_it_stores_is_stuck(place):
    """Nothing half stored: of a price and a book the COMMIT was sent behind it, and may come true when the lock is free."""
    lines = [quote(f"stuck-{i}") for i in range(1500)]
    for name, send, stored in (
            ("lines", lambda port: place.acme.post_lines(lines, port=port), {0}),
            ("a dry run", lambda port: place.acme.post_lines(lines, port=port, query="?dry_run=true", key=""), {0}),
            ("a price", lambda port: place.acme.post(quote("stuck"), port=port), {0, 1}),
            ("a book", lambda port: place.acme.book(lines[:2], port=port), {0, 2})):
        before = place.count("corridor.quote")
        port = place.start_ingestd(CORRIDOR_DRAIN_SECONDS="1")
        with_lock, answers = place.session(), []

        def sends():
            try:
                answers.append(send(port))
            except (OSError, http.client.HTTPException):
                pass  # cut off, which is no receipt

        sender = threading.Thread(target=sends)
        stuck = "pg_locks WHERE mode = 'RowExclusiveLock' AND relation = 'corridor.quote'::regclass"
        try:
            with_lock.do("BEGIN; LOCK TABLE corridor.quote IN SHARE MODE;")  # others may read: figures are worked out
            sender.start()
            wait_for("it waits for the lock", 20, lambda: place.count(stuck + " AND NOT granted") == 1)
            assert place.stop_ingestd(port) == 0, name
        finally:
            with_lock.close()
            sender.join()
        assert not answers or answers[0].status == 503, (name, answers)
        wait_for("what was stuck ends", 20, lambda: place.count(stuck) == 0)
        assert place.count("corridor.quote") - before in stored, name
