"""Every endpoint's answer, member by member."""
import re

MONEY = re.compile(r"-?\d+(\.\d+)?$")
PERCENT = re.compile(r"-?\d+\.\d{4}$")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$")
DAY = re.compile(r"\d{4}-\d\d-\d\d$")
PERIOD = re.compile(r"\d{4}-Q[1-4]$")

COST = ["principal", "fee", "tax", "receive_fee", "rate", "margin_pct", "total_cost", "total_cost_pct", "cost_share_pct",
        "pays", "receives"]
PROVENANCE = ["collected_at", "valid_until", "source", "new", "quote"]
REASONS = {"expired", "not_yet_valid", "not_transparent", "no_reference_rate", "below_minimum", "above_maximum",
           "other_send_currency", "other_receive_currency", "nothing_arrives", "out_of_range", "first_transfer_only"}


def is_country(country):
    assert list(country) == ["iso2", "iso3", "m49", "name"], country
    assert re.match(r"[A-Z]{2}$", country["iso2"]) and re.match(r"[A-Z]{3}$", country["iso3"]), country
    assert re.match(r"\d{3}$", country["m49"]) and country["name"], country


def is_operator(operator):
    assert list(operator) == ["id", "name", "type"], operator


def is_service(service):
    assert list(service) == ["id", "pay_in", "access_point", "pay_out", "speed", "coverage"], service
    assert all(isinstance(service[key], list) for key in ("pay_in", "access_point", "pay_out"))


def is_cost(cost):
    for key in COST:
        pattern = PERCENT if key.endswith("_pct") else MONEY
        assert pattern.match(cost[key]), (key, cost[key])


def is_comparison(answer):
    assert list(answer)[:6] == ["corridor", "ask", "reference_rate", "offers", "surveyed", "not_compared"], list(answer)
    rest = list(answer)[6:]
    optional = [key for key in rest if key in ("left_out", "reason")]
    assert [key for key in rest if key not in optional] in (
        ["latest_survey", "generated_at", "demonstration"],
        ["latest_survey", "generated_at", "demonstration", "notice"]), rest
    assert ("notice" in rest) == answer["demonstration"]
    assert ("reason" in rest) == (not answer["offers"])
    assert list(answer["corridor"]) == ["id", "from", "to"]
    is_country(answer["corridor"]["from"])
    is_country(answer["corridor"]["to"])
    ask = answer["ask"]
    assert list(ask) == ["amount", "currency", "basis", "receive_currency", "on", "as_of"], ask
    assert DAY.match(ask["on"]) and INSTANT.match(ask["as_of"]) and INSTANT.match(answer["generated_at"])
    if answer["reference_rate"] is not None:
        assert list(answer["reference_rate"]) == ["pair", "rate", "source", "date"]
        assert answer["reference_rate"]["pair"] == f"{ask['currency']}/{ask['receive_currency']}"
    for rank, offer in enumerate(answer["offers"], 1):
        assert list(offer) == ["rank", "operator", "service", *COST, "first_transfer", *PROVENANCE], list(offer)
        assert offer["rank"] == rank
        is_operator(offer["operator"])
        is_service(offer["service"])
        is_cost(offer)
        assert INSTANT.match(offer["collected_at"]) and re.match(r"q\d+$", offer["quote"])
        if offer["first_transfer"] is not None:
            assert list(offer["first_transfer"]) == [*COST, *PROVENANCE]
            is_cost(offer["first_transfer"])
    for row in answer["surveyed"]:
        assert list(row) == ["rank", "operator", "service", "period", "price_point_usd", "principal", "currency", "fee",
                             "rate", "margin_pct", "total_cost_pct", "transparent", "collected_on", "quote"], list(row)
        is_operator(row["operator"])
        is_service(row["service"])
        assert PERIOD.match(row["period"]) and row["price_point_usd"] in (200, 500)
        assert (row["rank"] is None) == (not row["transparent"])
    for row in answer["not_compared"]:
        assert list(row) == ["operator", "service", "reason"], list(row)
        assert row["reason"] in REASONS, row


def corridors(place):
    return [c["id"] for c in place.ok("/v1/corridors?per_page=200")["corridors"]]


def test_every_corridor_compares_on_every_basis(place):
    ids = corridors(place)
    assert len(ids) >= 66, len(ids)
    ranked = first = 0
    for number, corridor in enumerate(ids):
        basis = ("all_in", "principal", "receive")[number % 3]
        amount = (1, 200, 500, 999999)[number % 4] * (600 if basis == "receive" else 1)
        answer = place.ok(f"/v1/compare?from={corridor[:2]}&to={corridor[3:]}&amount={amount}&basis={basis}")
        is_comparison(answer)
        assert answer["demonstration"] is True, corridor
        ranked += len(answer["offers"])
        first += sum(offer["first_transfer"] is not None for offer in answer["offers"])
    assert ranked > 500 and first > 10, (ranked, first)


def test_countries_are_known_by_three_codes(place):
    by_two = place.ok("/v1/compare?from=FR&to=SN&amount=200")
    for ends in ("from=FRA&to=SEN", "from=250&to=686", "from=fr&to=sn"):
        other = place.ok(f"/v1/compare?{ends}&amount=200")
        assert other["corridor"] == by_two["corridor"] and other["offers"] == by_two["offers"]


def test_filters_narrow_and_never_rank_anew(place):
    everything = place.ok("/v1/compare?from=FR&to=SN&amount=200")
    order = [(o["operator"]["id"], o["service"]["id"]) for o in everything["offers"]]
    for filters, keeps in (
            ("pay_in=cash", lambda s: "cash" in s["pay_in"]),
            ("pay_out=mobile_wallet,bank_account", lambda s: {"mobile_wallet", "bank_account"} & set(s["pay_out"])),
            ("max_speed=same_day", lambda s: s["speed"] in ("less_than_one_hour", "same_day"))):
        answer = place.ok(f"/v1/compare?from=FR&to=SN&amount=200&{filters}")
        expected = [(o["operator"]["id"], o["service"]["id"]) for o in everything["offers"] if keeps(o["service"])]
        assert 0 < len(expected) < len(order), filters
        assert [(o["operator"]["id"], o["service"]["id"]) for o in answer["offers"]] == expected, filters
        assert [o["rank"] for o in answer["offers"]] == list(range(1, len(expected) + 1))
        assert all(keeps(row["service"]) for row in answer["not_compared"])


def test_an_unknown_corridor_is_empty_and_says_so(place):
    answer = place.ok("/v1/compare?from=FR&to=AQ&amount=200&receive_currency=USD")
    is_comparison(answer)
    assert answer["offers"] == answer["surveyed"] == answer["not_compared"] == []
    assert answer["reason"] == "no_data" and answer["reference_rate"] is None and answer["latest_survey"] is None


def is_figures(figures):
    keys = ["id", "iso3", "from", "to", "period", "price_point_usd", "services", "operators", "average_pct", "median_pct",
            "smart_pct", "best_pct", "status", "thin"]
    assert list(figures)[:14] == keys, list(figures)
    assert figures["status"] in ("meets", "near", "must_fall", "no_data")
    assert figures["iso3"] == figures["from"]["iso3"] + figures["to"]["iso3"]
    assert figures["thin"] == (figures["services"] < 3)
    has_data = figures["services"] > 0
    assert has_data == (figures["status"] != "no_data") == ("reason" not in figures)
    for key in ("average_pct", "median_pct", "best_pct"):
        assert (figures[key] is not None) == has_data and (not has_data or PERCENT.match(figures[key])), figures
    assert figures["smart_pct"] is None or PERCENT.match(figures["smart_pct"])
    if has_data:
        average = float(figures["average_pct"])
        assert figures["status"] == ("meets" if average <= 3 else "near" if average <= 5 else "must_fall")
        assert float(figures["best_pct"]) <= average


def test_figures_of_a_corridor(place):
    latest = place.ok("/v1/corridors/FR-SN")
    is_figures(latest)
    assert latest["services"] > 5 and latest["demonstration"] is True and "notice" in latest
    # Memory and record say the same.
    assert place.ok(f"/v1/corridors/FR-SN?period={latest['period']}") == latest
    assert place.ok("/v1/corridors/FR-SN?price_point=200") == latest
    for same in ("FRASEN", "fr-sn", "250-686", "FRA-SEN"):
        assert place.ok(f"/v1/corridors/{same}") == latest, same
    other = place.ok("/v1/corridors/FR-SN?price_point=500")
    is_figures(other)
    assert other["price_point_usd"] == 500 and other["average_pct"] != latest["average_pct"]
    past = place.ok("/v1/corridors/FR-SN?period=2001-Q1")
    is_figures(past)
    assert past["period"] == "2001-Q1" and past["status"] == "no_data"
    empty = place.ok("/v1/corridors/FR-AQ")
    is_figures(empty)
    assert empty["period"] is None and empty["services"] == 0 and empty["reason"]


def links(answer):
    return {rel: target for target, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers.get("link", ""))}


def test_lists_are_paged(place):
    for path, key, per_page in (("/v1/corridors", "corridors", 7), ("/v1/operators", "operators", 7)):
        target, seen, pages = f"{path}?per_page={per_page}", [], 0
        while target:
            answer = place.get(target)
            assert answer.status == 200, answer.body
            page = answer.json
            pages += 1
            assert page["page"] == pages and page["per_page"] == per_page and len(page[key]) <= per_page
            seen += [row["id"] for row in page[key]]
            assert ("prev" in links(answer)) == (pages > 1)
            assert ("next" in links(answer)) == (pages < page["pages"])
            target = links(answer).get("next")
        assert pages == page["pages"] and len(seen) == len(set(seen)) == page["total"] and seen == sorted(seen), path
        beyond = place.get(f"{path}?page={pages + 1}&per_page={per_page}")
        assert beyond.status == 200 and beyond.json[key] == [] and beyond.json["total"] == len(seen)
        assert "next" not in links(beyond) and "prev" in links(beyond)
        assert len(place.ok(path)[key]) == min(50, len(seen))


def test_the_list_of_corridors_is_filtered(place):
    page = place.ok("/v1/corridors?from=FRA&per_page=200")
    assert len(page["corridors"]) >= 26
    assert all(corridor["from"]["iso2"] == "FR" for corridor in page["corridors"])
    for corridor in page["corridors"]:
        is_figures(corridor)
    assert [c["id"] for c in place.ok("/v1/corridors?from=FR&to=SN")["corridors"]] == ["FR-SN"]
    assert place.ok("/v1/corridors?from=AQ")["corridors"] == []
    first = place.get("/v1/corridors?from=FR&per_page=5")
    assert links(first)["next"] == "/v1/corridors?page=2&per_page=5&from=FR"


def test_countries_in_eight_languages(place):
    names = {"en": "Senegal", "fr": "Sénégal", "es": "Senegal", "pt": "Senegal", "ar": "السنغال", "zh": "塞内加尔",
             "vi": "Senegal", "tr": "Senegal"}
    for language, name in names.items():
        answer = place.ok(f"/v1/countries?lang={language}")
        assert answer["language"] == language and len(answer["countries"]) > 240
        senegal = next(c for c in answer["countries"] if c["iso2"] == "SN")
        assert senegal["name"] == name and senegal["currency"] == "XOF" and senegal["m49"] == "686"
        assert senegal["corridors_to"] >= 1
    assert place.ok("/v1/countries")["language"] == "en"
    france = next(c for c in place.ok("/v1/countries")["countries"] if c["iso2"] == "FR")
    assert list(france) == ["iso2", "iso3", "m49", "name", "currency", "corridors_from", "corridors_to"]
    assert france["corridors_from"] >= 26


def test_what_is_published_for_operators(place):
    refusals = place.ok("/v1/refusals")["refusals"]
    assert all(list(r) == ["code", "applies_to", "en", "fr"] for r in refusals)
    assert {"unknown_field", "bands_gap", "rate_inverted"} < {r["code"] for r in refusals}
    schema = place.ok("/v1/schemas/quote.json")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema" and "tariff" in schema["required"]


def test_an_operator(place):
    ids = [o["id"] for o in place.ok("/v1/operators?per_page=200")["operators"]]
    operator = place.ok(f"/v1/operators/{ids[0]}")
    assert list(operator) == ["id", "name", "type", "country", "website", "corridors", "shopped", "demonstration", "notice"]
    assert operator["shopped"] == {"count": 0, "compared": 0, "median_gap_pct": None, "within_half_point_pct": None}
    assert operator["corridors"] and list(operator["corridors"][0]) == ["id", "services", "latest_survey"]
    shown = place.ok("/v1/compare?from=FR&to=SN&amount=200")["offers"][0]["operator"]
    assert shown["id"] in ids
    assert place.ok(f"/v1/operators/{shown['id']}")["name"] == shown["name"]


def test_rates(place):
    peg = place.ok("/v1/rates/EUR/XOF")
    assert list(peg) == ["pair", "rate", "source", "date", "demonstration"], peg
    assert peg["pair"] == "EUR/XOF" and peg["rate"] == "655.957" and peg["source"].startswith("peg: ")
    assert place.ok("/v1/rates/eur/xof") == peg
    assert place.ok("/v1/rates/EUR/XOF?on=2001-01-01")["date"] == "2001-01-01"
    assert place.ok("/v1/rates/EUR/XOF?as_of=2001-01-01")["date"] == "2001-01-01"
    invented = place.ok("/v1/rates/EUR/TRY")
    assert invented["demonstration"] is True and "notice" in invented
    assert place.get("/v1/rates/EUR/TRY?on=1980-01-01").status == 404


def test_health_and_metrics(place):
    assert place.ok("/healthz") == {"status": "ok"}
    ready = place.ok("/readyz")
    assert ready["status"] == "ready" and 0 <= ready["age_seconds"] <= 2
    text = place.get("/metrics").body.decode()
    for name in ("corridor_snapshot_loads_total", "corridor_snapshot_corridors", "corridor_http_requests_total"):
        assert name in text, name


def test_head_etag_and_headers(place):
    for target in ("/v1/compare?from=FR&to=SN&amount=200", "/v1/corridors", "/v1/corridors/FR-SN", "/v1/countries",
                   "/v1/operators", "/v1/rates/EUR/XOF"):
        got = place.get(target)
        assert got.headers["content-type"] == "application/json; charset=utf-8", target
        assert got.headers["access-control-allow-origin"] == "*"
        assert "max-age=" in got.headers["cache-control"] and "stale-while-revalidate=" in got.headers["cache-control"]
        head = place.get(target, method="HEAD")
        assert head.status == 200 and head.body == b"" and head.headers["etag"] == got.headers["etag"], target
        again = place.get(target, headers={"If-None-Match": got.headers["etag"]})
        assert again.status == 304 and again.body == b"", target
        assert place.get(target, headers={"If-None-Match": '"other"'}).status == 200
        assert place.get(target, method="POST").status == 405
    one = place.get("/v1/compare?from=FR&to=SN&amount=200").headers["etag"]
    assert place.get("/v1/compare?from=FR&to=SN&amount=200.00").headers["etag"] == one
    for other in ("amount=201", "amount=200&basis=principal", "amount=200&pay_in=cash", "amount=200&max_speed=next_day"):
        assert place.get(f"/v1/compare?from=FR&to=SN&{other}").headers["etag"] != one, other
