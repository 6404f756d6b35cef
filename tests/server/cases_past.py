"""Questions about the past, and what was known then."""
import datetime

from cases_shapes import corridors, is_comparison
from harness import quote_sql, wait_for

TODAY = datetime.datetime.now(datetime.timezone.utc).date()


def test_the_record_gives_todays_answer_again_byte_for_byte(place):
    amounts = {"all_in": ("1", "137.42", "200", "500", "999999"), "principal": ("1", "137.42", "200", "500", "999999"),
               "receive": ("1", "13742", "99999999")}
    compared = 0
    for number, corridor in enumerate(corridors(place)[::9]):
        ends = f"from={corridor[:2]}&to={corridor[3:]}"
        currency = place.ok(f"/v1/compare?{ends}&amount=1000")["ask"]["currency"]
        for basis, texts in amounts.items():
            text = texts[number % len(texts)]
            if currency in ("JPY", "KRW", "XOF", "XAF", "CLP"):
                text = text.partition(".")[0]
            question = f"/v1/compare?{ends}&amount={text}&basis={basis}"
            now = place.get(question)
            known = now.json["ask"]["as_of"]
            again = place.get(f"{question}&as_of={known}")
            assert now.status == again.status == 200, again.body
            assert again.body == now.body, (question, known)
            assert place.get(f"{question}&as_of={known}&on={known[:10]}").body == now.body
            compared += 1
    assert compared > 20, compared


def test_another_day_has_other_prices(place):
    day = TODAY - datetime.timedelta(days=200)
    past = place.ok(f"/v1/compare?from=FR&to=SN&amount=200&on={day}")
    is_comparison(past)
    assert past["ask"]["on"] == str(day) and len(past["offers"]) >= 3
    # Nothing collected later counts for that day.
    assert all(offer["collected_at"][:10] <= str(day) for offer in past["offers"])
    assert past["offers"] != place.ok("/v1/compare?from=FR&to=SN&amount=200")["offers"]
    # Before the history begins there is nothing.
    before = place.ok("/v1/compare?from=FR&to=SN&amount=200&on=1990-01-01")
    assert before["offers"] == [] and before["reason"] == "no_data"


def test_a_correction_is_known_from_when_it_came(place):
    operator = "late-teller"

    def fees(more):
        answer = place.ok(f"/v1/compare?from=FR&to=SN&amount=200&currency=EUR{more}")
        return [o["fee"] for o in answer["offers"] if o["operator"]["id"] == operator]

    day = TODAY - datetime.timedelta(days=30)
    begins = f"valid_from={day}"
    place.sql("BEGIN;" + quote_sql("FR-SN", "3.00", operator, valid_from=f"timestamptz '{day} 00:00+00'",
                                   recorded_at="now() - interval '20 days'") + "COMMIT;")
    wait_for(begins, 2, lambda: fees("") == ["3.00"])
    between = (datetime.datetime.now(datetime.timezone.utc)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    place.sql("BEGIN;" + quote_sql("FR-SN", "4.00", operator, valid_from=f"timestamptz '{day} 00:00+00'") + "COMMIT;")
    wait_for("the correction", 2, lambda: fees("") == ["4.00"])
    assert fees(f"&on={day}") == ["4.00"]
    assert fees(f"&on={day}&as_of={between}") == ["3.00"]
    assert fees(f"&as_of={between}") == ["3.00"]
    # Told ten days after it began: on that day nobody could have known.
    assert fees(f"&on={day}&as_of={day}") == []
    assert fees(f"&on={day - datetime.timedelta(days=1)}") == []


def test_figures_as_known_then(place):
    now = place.ok("/v1/corridors/FR-MA")
    assert place.ok(f"/v1/corridors/FR-MA?as_of={TODAY}") == now
    early = place.ok("/v1/corridors/FR-MA?as_of=1990-01-01")
    assert early["services"] == 0 and early["period"] is None and early["status"] == "no_data"
