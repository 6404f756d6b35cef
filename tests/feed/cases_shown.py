"""What readers see of it: soon, as it was then, and not any more."""
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
        wait_for(fee, 2, lambda: [f for f, _ in offers(place)] == [fee])
        took.append(time.monotonic() - began)
    print(f"# shown after {sorted(took)[10] * 1e3:.0f} ms in the middle, {max(took) * 1e3:.0f} ms at most")
    place.acme.withdraw("soon")
    wait_for("it is gone", 2, lambda: offers(place) == [])


def test_past_answers_stay_what_they_were(place):
    place.acme.post(shown("past", "3.00"))
    wait_for("shown", 2, lambda: len(offers(place)) == 1)
    then = place.ok("/v1/compare?from=FR&to=TG&amount=200&currency=EUR")["ask"]["as_of"]
    kept = place.get(f"/v1/compare?from=FR&to=TG&amount=200&currency=EUR&as_of={then}").body
    time.sleep(0.05)
    place.acme.withdraw("past")
    wait_for("gone", 2, lambda: offers(place) == [])
    assert place.get(f"/v1/compare?from=FR&to=TG&amount=200&currency=EUR&as_of={then}").body == kept
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
    time.sleep(1.2)
    assert offers(place, more=f"&as_of={now}") == [] and offers(place, more=f"&as_of={now}", lists="not_compared") == []


def test_an_announced_price_that_is_withdrawn_never_comes(place):
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
    place.acme.post(shown("soonish", "4.00", valid_from=start))
    wait_for("announced", 2, lambda: len(offers(place, lists="not_compared")) == 1)
    place.acme.withdraw("soonish")
    wait_for("gone", 2, lambda: offers(place, lists="not_compared") == [])


def test_a_price_lapses_at_its_second(place):
    end = int(time.time()) + 3
    place.acme.post(shown("short", "5.00", valid_until=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))))
    wait_for("shown", 2, lambda: len(offers(place)) == 1)
    wait_for("lapsed", 5, lambda: offers(place) == [])
    assert time.time() >= end - 0.05 and len(offers(place, lists="not_compared")) == 1
    place.acme.withdraw("short")
    wait_for("gone", 2, lambda: offers(place, lists="not_compared") == [])


def test_a_held_price_leaves_the_earlier_one(place):
    place.acme.post(shown("held", "1.50"))
    wait_for("shown", 2, lambda: [f for f, _ in offers(place)] == ["1.50"])
    answer = place.acme.post(quote("held", corridor="FR-TG", tariff=tariff("65.12", "1.50"), max=...))
    assert answer.json["quotes"][0]["status"] == "quarantined", answer
    time.sleep(0.4)
    assert [f for f, _ in offers(place)] == ["1.50"]
