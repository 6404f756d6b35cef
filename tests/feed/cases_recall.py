"""What corridor-ingestd remembers of an operator's prices is never trusted beyond what the record says: each case decides
from memory first, has the record changed from elsewhere, and sends what memory alone would take for something else."""
import json
import re
import threading
import time

from cases_body import Slow
from client import quote
from harness import wait_for


def priced(ref, fee, rate="651.20", **more):
    return quote(ref, tariff=[{"from": "0", "to": None, "fee": fee, "rate": rate}], max=..., **more)


def told(operator, quotes, **more):
    answer = operator.post(quotes, **more)
    assert answer.status == 201, answer
    return [(q["status"], q["code"]) for q in answer.json["quotes"]]


def recalled(place):
    """Batches decided from memory by the first process."""
    text = place.ingest_get(place.port_a, "/metrics")[1].decode()
    return int(re.search(r'corridor_ingest_batches_total{decided="recalled"} (\d+)', text)[1])


def remember(place, operator, ref, fee="1.99"):
    """The first process decides on the service from memory: from its second or third word on."""
    before = recalled(place)
    for n in range(6):
        answer = told(operator, priced(ref, f"1.8{n}"))
        assert answer[0][0] == "accepted", answer
    assert recalled(place) > before
    assert told(operator, priced(ref, fee)) == [("accepted", None)]


def test_another_process_changes_a_price(place):
    rival = place.operator("rival", place.port_a)
    remember(place, rival, "moved")
    assert told(rival, priced("moved", "2.05"), port=place.port_b) == [("accepted", None)]
    assert told(rival, priced("moved", "2.05")) == [("unchanged", None)]
    assert told(rival, priced("moved", "1.99")) == [("accepted", None)]
    assert told(rival, priced("moved", "1.99"), port=place.port_b) == [("unchanged", None)]


def test_numbers_grow_whoever_gives_them(place):
    """An operator's submissions are paged by their numbers, so none may come behind a higher one."""
    pager = place.operator("pager", place.port_a)
    numbers = []
    for n in range(24):
        port = (place.port_a, place.port_b)[n // 3 % 2]
        numbers.append(pager.post(priced("paged", f"1.{10 + n}"), port=port).json["submission"])
    assert numbers == sorted(numbers) and len(set(numbers)) == 24, numbers
    seen = [s["submission"] for s in pager.get("/submissions?after=0").json["submissions"]]
    assert seen == numbers, seen


def test_a_moderator_releases_a_price(place):
    firm = place.operator("firm", place.port_a)
    remember(place, firm, "held-back")
    slip = priced("held-back", "1.99", "6512.0")
    number = firm.post(slip).json["quotes"][0]
    assert number["status"] == "quarantined", number
    for moderator, state in (("rita", "waiting"), ("rosa", "released")):
        place.run("build/corridor", "moderator", "add", moderator, "--name", moderator)
        place.environment["CORRIDOR_MODERATOR"] = moderator
        said = place.run("build/corridor", "quarantine", "release", str(number["quote"]), "--reason", "they said so", "--json")
        del place.environment["CORRIDOR_MODERATOR"]
        assert json.loads(said)["state"] == state, said
    assert told(firm, slip) == [("unchanged", None)]


def test_a_nonce_is_used_once_however_it_is_decided(place):
    twice = place.operator("twice", place.port_a)
    remember(place, twice, "nonce")
    nonce = "only-once-0123456789"
    assert twice.post(priced("nonce", "1.71"), nonce=nonce).status == 201
    for port in (place.port_a, place.port_b):
        assert twice.post(priced("nonce", "1.72"), nonce=nonce, port=port).status == 401, port
    assert told(twice, priced("nonce", "1.71")) == [("unchanged", None)]


def test_a_repeat_among_what_is_remembered(place):
    again = place.operator("again", place.port_a)
    remember(place, again, "key")
    first = again.post(priced("key", "1.61"), key="the-same")
    assert again.post(priced("key", "1.61"), key="the-same").body == first.body
    assert again.post(priced("key", "1.62"), key="the-same").status == 422


def test_what_a_cut_stream_said_is_forgotten(place):
    cutter = place.operator("cutter", place.port_a)
    remember(place, cutter, "cut-7")
    slow = Slow(cutter, [priced(f"cut-{i}", "1.55") for i in range(4000)], "cut-off", place.port_a)
    slow.send(0.8)
    wait_for("a part is stored", 20, lambda: place.count("pg_locks WHERE locktype = 'advisory' AND granted") == 2)
    time.sleep(0.5)
    slow.socket.close()
    wait_for("its lock is free", 20, lambda: cutter.post(priced("other", "1.99")).status == 201)
    assert told(cutter, priced("cut-7", "1.99")) == [("unchanged", None)]
    assert told(cutter, priced("cut-7", "1.55")) == [("accepted", None)]


def test_what_a_stream_said_is_forgotten_when_its_session_ends(place):
    """A person, or a limit for idle transactions, ends it while the client is waited for."""
    lone = place.operator("lone", place.port_a)
    remember(place, lone, "end-7")
    slow = Slow(lone, [priced(f"end-{i}", "1.55") for i in range(4000)], "end-off", place.port_a)
    slow.send(0.8)
    idle = "pg_stat_activity WHERE application_name = 'corridor-ingestd' AND state = 'idle in transaction'"
    wait_for("it waits for more", 20, lambda: place.count(idle) == 1)
    time.sleep(0.5)
    assert place.sql(f"SELECT pg_terminate_backend(pid) FROM {idle}").strip() == "t"
    # What was known before, what the stream alone said of a service, and a new price of one that never was stored.
    quotes = [priced("end-7", "1.99"), priced("end-8", "1.55"), priced("end-9", "1.56")]
    assert [status for status, _ in told(lone, quotes)] == ["unchanged", "accepted", "accepted"]
    assert place.count("corridor.quote q LEFT JOIN corridor.service s ON s.id = q.service WHERE s.id IS NULL") == 0
    assert slow.answer() == 503  # without the rest of its body


def test_a_stream_knows_what_it_said_whatever_befalls_others(place):
    """Another submission of its operator fails while it waits for more: that one has changed nothing."""
    steady = place.operator("steady", place.port_a)
    told(steady, priced("steady-7", "1.55"))
    lines = [priced(f"steady-{i}", "1.55") for i in range(3500)] + [priced("steady-7", "1.56")]
    slow = Slow(steady, lines, "steady", place.port_a)
    slow.send(0.8)
    idle = "pg_stat_activity WHERE application_name = 'corridor-ingestd' AND state = 'idle in transaction'"
    wait_for("it waits for more", 20, lambda: place.count(idle) == 1)
    time.sleep(0.5)
    with_lock, answers = place.session(), []
    with_lock.do("BEGIN; LOCK TABLE corridor.feed_nonce;")
    other = threading.Thread(target=lambda: answers.append(steady.post(priced("other", "1.55"))))
    other.start()
    waits = "pg_locks WHERE NOT granted"
    wait_for("the other one waits", 20, lambda: place.count(waits) == 1)
    place.sql(f"SELECT pg_terminate_backend(pid) FROM {waits}")
    other.join()
    with_lock.close()
    assert answers[0].status == 503, answers
    slow.send(1)
    assert slow.answer() == 201
    told_twice = steady.get("/submissions/steady").json["quotes"]
    assert [told_twice[i]["status"] for i in (7, -1)] == ["unchanged", "refused"], (told_twice[7], told_twice[-1])


def test_a_stream_and_single_quotes_know_of_each_other(place):
    both = place.operator("both", place.port_a)
    remember(place, both, "both-3")
    lines = [priced(f"both-{i}", "1.45") for i in range(1500)]
    assert both.post_lines(lines).json["counts"]["accepted"] == 1500
    assert told(both, priced("both-3", "1.45")) == [("unchanged", None)]
    assert told(both, priced("both-3", "1.46")) == [("accepted", None)]
    counts = both.post_lines(lines).json["counts"]
    assert (counts["accepted"], counts["unchanged"]) == (1, 1499), counts
    # Twice in one stream, further apart than what is decided at a time.
    counts = both.post_lines(lines + [priced("both-3", "1.47")]).json["counts"]
    assert (counts["refused"], counts["unchanged"]) == (1, 1500), counts


def test_a_book_that_withdraws_is_forgotten(place):
    reader = place.operator("reader", place.port_a)
    remember(place, reader, "leaves")
    assert reader.book([priced("stays", "1.99")]).json["counts"]["withdrawn"] == 1
    assert told(reader, priced("leaves", "1.99")) == [("accepted", None)]


def test_a_price_takes_the_place_of_two(place):
    """Of the one in force, and of what was announced to follow it."""
    early = place.operator("early", place.port_a)
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    remember(place, early, "two")
    assert told(early, priced("two", "2.02", valid_from=start)) == [("accepted", None)]
    of_it = "corridor.current_offer c JOIN corridor.service s ON s.id = c.service WHERE s.operator = 'early'"
    assert place.count(of_it) == 2
    number = early.post(priced("two", "2.03")).json["quotes"][0]["quote"]
    assert place.count(of_it) == 1 and place.count(f"{of_it} AND c.quote = {number}") == 1
