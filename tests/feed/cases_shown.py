"""What readers see of it: soon, as it was then, and not any more."""
import threading
import time

from client import quote
from harness import wait_for


def tariff(rate="651.20", fee="1.99"):
    return [{"from": "0", "to": None, "fee": fee, "rate": rate}]


def offers(place, operator="acme", more="", lists="offers"):
    answer = place.ok(f"/v1/compare?from=FR&to=TG&amount=200&currency=EUR{more}")
    return [(o.get("fee"), o.get("receives")) for o in answer[lists] if o["operator"]["id"] == operator]


def shown(ref, fee, **more):
    return quote(ref, corridor="FR-TG", tariff=tariff(fee=fee), max=..., **more)


def test_a_price_is_shown_soon_after_its_receipt(place):
    took = []
    for i in range(20):
        fee = f"{1 + i / 100:.2f}"
        assert place.acme.post(shown("soon", fee)).status == 201
        began = time.monotonic()
        wait_for(fee, 20, lambda: [f for f, _ in offers(place)] == [fee])
        took.append(time.monotonic() - began)
    print(f"# shown after {sorted(took)[10] * 1e3:.0f} ms in the middle, {max(took) * 1e3:.0f} ms at most")
    place.acme.withdraw("soon")
    wait_for("it is gone", 20, lambda: offers(place) == [])


def test_past_answers_stay_what_they_were(place):
    place.acme.post(shown("past", "3.00"))
    wait_for("shown", 20, lambda: len(offers(place)) == 1)
    then = place.ok("/v1/compare?from=FR&to=TG&amount=200&currency=EUR")["ask"]["as_of"]
    kept = place.get(f"/v1/compare?from=FR&to=TG&amount=200&currency=EUR&as_of={then}").body
    time.sleep(0.05)
    place.acme.withdraw("past")
    wait_for("gone", 20, lambda: offers(place) == [])
    assert place.get(f"/v1/compare?from=FR&to=TG&amount=200&currency=EUR&as_of={then}").body == kept
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
    time.sleep(1.2)
    assert offers(place, more=f"&as_of={now}") == [] and offers(place, more=f"&as_of={now}", lists="not_compared") == []


def test_nobody_says_afterwards_what_was_in_force(place):
    body = shown("since", "0.10", valid_from="2025-01-01T00:00:00Z")
    first = place.acme.post(body)
    assert first.json["quotes"][0]["status"] == "accepted", first
    wait_for("shown", 20, lambda: len(offers(place)) == 1)
    yesterday = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400))
    for day in ("2025-06-30", yesterday):
        assert offers(place, more=f"&on={day}") == offers(place, more=f"&on={day}", lists="not_compared") == []
    listed = [q for q in place.acme.get("/quotes?after=sinc").json["quotes"] if q["ref"] == "since"]
    assert listed[0]["valid_from"] == listed[0]["recorded_at"] == first.json["received_at"], (listed, first)
    assert place.acme.post(body).json["quotes"][0]["status"] == "unchanged"
    place.acme.withdraw("since")
    wait_for("gone", 20, lambda: offers(place) == [])


def test_an_announced_price_that_is_withdrawn_never_comes(place):
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60))
    place.acme.post(shown("soonish", "4.00", valid_from=start))
    wait_for("announced", 20, lambda: len(offers(place, lists="not_compared")) == 1)
    place.acme.withdraw("soonish")
    wait_for("gone", 20, lambda: offers(place, lists="not_compared") == [])


def test_a_price_lapses_at_its_second(place):
    end = int(time.time()) + 5
    place.acme.post(shown("short", "5.00", valid_until=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))))
    wait_for("shown", 20, lambda: len(offers(place)) == 1)
    wait_for("lapsed", 20, lambda: offers(place) == [])
    assert time.time() >= end - 0.05 and len(offers(place, lists="not_compared")) == 1
    place.acme.withdraw("short")
    wait_for("gone", 20, lambda: offers(place, lists="not_compared") == [])


def test_the_prices_of_a_disabled_operator_leave_at_once(place):
    fired = place.operator("fired", place.port_a)
    fired.post(shown("fired", "2.50"))
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    assert fired.post(shown("later", "2.60", valid_from=start)).status == 201
    held = fired.post(quote("fired", corridor="FR-TG", tariff=tariff("65.12", "2.50"), max=...)).json["quotes"][0]
    assert held["status"] == "quarantined", held
    wait_for("shown", 20, lambda: len(offers(place, "fired")) == 1 and len(offers(place, "fired", lists="not_compared")) == 1)
    compare = "/v1/compare?from=FR&to=TG&amount=200&currency=EUR"
    then = place.ok(compare)["ask"]["as_of"]
    kept = place.get(f"{compare}&as_of={then}").body
    assert "2 of its prices are withdrawn" in place.run("build/corridor", "operator", "disable", "fired", "--reason", "licence")
    wait_for("gone", 20, lambda: offers(place, "fired") == offers(place, "fired", lists="not_compared") == [])
    assert place.get(f"{compare}&as_of={then}").body == kept
    assert place.sql(f"SELECT state FROM corridor.quarantine WHERE id = {held['quote']}").strip() == "withdrawn"
    place.run("build/corridor", "operator", "enable", "fired", "--reason", "it has one again")
    wait_for("its key is worth something again", 20, lambda: fired.get("/quotes").status == 200)
    assert fired.get("/quotes").json["quotes"] == [] and offers(place, "fired") == []
    assert fired.post(shown("fired", "2.50")).json["quotes"][0]["status"] == "accepted"
    wait_for("shown again", 20, lambda: [f for f, _ in offers(place, "fired")] == ["2.50"])


def test_nothing_comes_behind_the_end_of_an_operator(place):
    """A long submission that was believed waits for the operator's lock, which its end has."""
    ended = place.operator("ended", place.port_a)
    ended.post(shown("before", "2.70"))
    answers = []
    threads = [threading.Thread(target=lambda quotes: answers.append(ended.post_lines(quotes)), args=(quotes,))
               for quotes in ([shown("short", "2.70")], [shown(f"long-{i}", "2.70") for i in range(1100)])]
    nonces = f"corridor.feed_nonce WHERE key = '{ended.key.keyid}'"
    taken = place.count(nonces)
    session = place.session()
    session.do("BEGIN; SELECT pg_advisory_xact_lock(corridor.feed_lock('ended'));")
    for t in threads:
        t.start()
    wait_for("their nonces are taken", 20, lambda: place.count(nonces) == taken + 2)
    session.do("INSERT INTO corridor.operator_event (operator, event, reason, person) VALUES ('ended', 'disabled', 'x', 'x'); "
               "COMMIT;")
    session.close()
    for t in threads:
        t.join()
    assert [a.status for a in answers] == [401, 401], answers
    assert place.count("corridor.service WHERE operator = 'ended'") == 1
    # The one price that there was goes with the command, said again.
    assert "1 of its prices" in place.run("build/corridor", "operator", "disable", "ended", "--reason", "x")
    wait_for("gone", 20, lambda: offers(place, "ended") == [])


def test_a_held_price_leaves_the_earlier_one(place):
    place.acme.post(shown("held", "1.50"))
    wait_for("shown", 20, lambda: [f for f, _ in offers(place)] == ["1.50"])
    answer = place.acme.post(quote("held", corridor="FR-TG", tariff=tariff("65.12", "1.50"), max=...))
    assert answer.json["quotes"][0]["status"] == "quarantined", answer
    time.sleep(0.4)
    assert [f for f, _ in offers(place)] == ["1.50"]


def test_what_is_slow_delays_nobody_however_much_changes_meanwhile(place):
    """A transaction that has changed something and is open, and more rows of the change log behind it than a page."""
    def sees(fee):
        wait_for(fee, 5, lambda: fee in [f for f, _ in offers(place)])

    slow = place.session()
    slow.do("BEGIN; INSERT INTO corridor.change_log (corridor) VALUES ('FR-ML');")
    for i, corridor in enumerate(("FR-SN", "FR-TG", "FR-ML", "FR-TG")):
        late = place.session()
        late.do("BEGIN; INSERT INTO corridor.change_log (corridor) VALUES ('FR-ML');")
        place.sql(f"INSERT INTO corridor.change_log (corridor) SELECT '{corridor}' FROM generate_series(1, 700)")
        for fee in (f"1.{i}1", f"1.{i}2", f"1.{i}3"):
            assert place.acme.post(shown("meanwhile", fee)).status == 201
            sees(fee)
        late.do("COMMIT;")  # among those that were read
        late.close()
    place.acme.withdraw("meanwhile")
    wait_for("it is gone", 5, lambda: "1.33" not in [f for f, _ in offers(place)])
    slow.do("COMMIT;")
    slow.close()
    assert place.acme.post(shown("meanwhile", "1.90")).status == 201
    sees("1.90")
    place.acme.withdraw("meanwhile")


def test_who_sends_very_many_hides_nobody(place):
    crowd = place.operator("crowd", place.port_a)
    assert crowd.post_lines([quote(f"c-{i}", corridor="FR-BJ", tariff=tariff(), max=...) for i in range(4200)]).status == 201
    assert place.acme.post(quote("alone", corridor="FR-BJ", tariff=tariff(), max=...)).status == 201

    def seen():
        answer = place.ok("/v1/compare?from=FR&to=BJ&amount=200&currency=EUR")
        ids = [o["operator"]["id"] for o in answer["offers"]]
        return ids.count("acme"), ids.count("crowd"), answer.get("left_out")
    wait_for("acme's offer", 20, lambda: seen()[0] == 1)
    assert seen() == (1, 511, 3689), seen()  # 512 offers an answer, 4,096 a market
    place.acme.withdraw("alone")
    assert crowd.book([]).json["counts"]["withdrawn"] == 4200
    wait_for("they are gone", 20, lambda: seen()[:2] == (0, 0))
