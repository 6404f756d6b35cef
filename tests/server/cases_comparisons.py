"""/v4/comparisons: the shape of Wise's API, figure by figure against /v1/compare."""
import json
import re

QUOTE = ["rate", "fee", "dateCollected", "sourceCountry", "targetCountry", "markup", "receivedAmount", "sendAmount",
         "deliveryEstimation", "isConsideredMidMarketRate", "service", "payIn", "payOut"]
PROVIDER = ["id", "alias", "name", "logos", "type", "partner", "quotes"]
HEAD = ["sourceCurrency", "targetCurrency", "sourceCountry", "targetCountry", "providerCountry", "providerTypes", "amount",
        "amountType", "providers", "demonstration", "notice"]
DURATIONS = {
    "less_than_one_hour": (None, "PT1H"), "same_day": (None, "PT24H"), "next_day": (None, "PT48H"),
    "2_days": ("PT48H", "PT72H"), "3_5_days": ("PT72H", "PT120H"), "6_days_or_more": ("PT144H", None),
}


def asked(place, query):
    """The answer with its numbers as they were written."""
    answer = place.get(f"/v4/comparisons?{query}")
    assert answer.status == 200, answer.body[:300]
    return json.loads(answer.body, parse_float=str, parse_int=str)


def quotes_of(answer):
    return [(provider, quote) for provider in answer["providers"] for quote in provider["quotes"]]


def test_the_shape_of_comparisons(place):
    answer = place.ok("/v4/comparisons?sourceCurrency=EUR&targetCurrency=XOF&sendAmount=200&sourceCountry=FR&targetCountry=SN")
    assert list(answer) == HEAD, list(answer)
    assert (answer["amount"], answer["amountType"], answer["sourceCountry"]) == (200, "SEND", "FR")
    assert answer["providers"]
    for provider, quote in quotes_of(answer):
        assert list(provider) == PROVIDER and list(quote) == QUOTE
        assert isinstance(provider["id"], int) and re.match(r"[a-z0-9-]+$", provider["alias"])
        assert provider["type"] in ("bank", "moneyTransferProvider") and provider["partner"] is False
        for name in ("rate", "fee", "markup", "receivedAmount"):
            assert isinstance(quote[name], (int, float)) and not isinstance(quote[name], bool), name
        assert quote["sendAmount"] is None
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", quote["dateCollected"])
        assert (quote["sourceCountry"], quote["targetCountry"]) == ("FR", "SN")
    aliases = [provider["alias"] for provider in answer["providers"]]
    assert len(set(aliases)) == len(aliases)


def test_comparisons_are_those_of_compare(place):
    for basis, amount in (("all_in", "200"), ("all_in", "1234.56"), ("receive", "150000")):
        ours = place.ok(f"/v1/compare?from=FR&to=SN&amount={amount}&currency=EUR&basis={basis}")["offers"]
        name = "sendAmount" if basis == "all_in" else "recipientGetsAmount"
        theirs = asked(place, f"sourceCurrency=EUR&targetCurrency=XOF&{name}={amount}&sourceCountry=FR&targetCountry=SN")
        by_service = {(provider["alias"], quote["service"]): quote for provider, quote in quotes_of(theirs)}
        assert len(ours) == len(by_service) > 5
        for offer in ours:
            quote = by_service[offer["operator"]["id"], offer["service"]["id"]]
            assert quote["rate"] == offer["rate"] and quote["markup"] == offer["margin_pct"]
            assert abs(float(quote["fee"]) - float(offer["fee"]) - float(offer["tax"])) < 1e-9
            assert quote["receivedAmount"] == (offer["receives"] if basis == "all_in" else None)
            assert quote["sendAmount"] == (offer["pays"] if basis == "receive" else None)
            assert quote["isConsideredMidMarketRate"] == (abs(float(offer["margin_pct"])) <= 0.1)
            duration = quote["deliveryEstimation"]["duration"]
            assert (duration["min"], duration["max"]) == DURATIONS[offer["service"]["speed"]]
        best = [(offer["operator"]["id"], offer["service"]["id"]) for offer in ours]
        first = {}
        for alias, _ in best:
            first.setdefault(alias, len(first))
        assert [provider["alias"] for provider in theirs["providers"]] == list(first), "providers by their best quote"
        for provider in theirs["providers"]:
            mine = [service for alias, service in best if alias == provider["alias"]]
            assert [quote["service"] for quote in provider["quotes"]] == mine


def test_comparisons_without_countries_gather_corridors(place):
    answer = asked(place, "sourceCurrency=EUR&targetCurrency=XOF&sendAmount=200")
    pairs = {(quote["sourceCountry"], quote["targetCountry"]) for _, quote in quotes_of(answer)}
    assert len(pairs) > 2 and ("FR", "SN") in pairs, pairs
    only = asked(place, "sourceCurrency=EUR&targetCurrency=XOF&sendAmount=200&targetCountry=SN")
    assert {quote["targetCountry"] for _, quote in quotes_of(only)} == {"SN"}
    best = [int(provider["quotes"][0]["receivedAmount"]) for provider in answer["providers"]]
    assert best == sorted(best, reverse=True)
    none = asked(place, "sourceCurrency=JPY&targetCurrency=XOF&sendAmount=200")
    assert none["providers"] == []


def test_comparisons_filters(place):
    pair = "sourceCurrency=EUR&targetCurrency=MAD&sendAmount=200"
    everything = asked(place, pair)
    types = {provider["type"] for provider in everything["providers"]}
    assert types == {"bank", "moneyTransferProvider"}
    for query in ("providerTypes=bank", "providerTypes=BANK", "providerTypes=bank,travelMoney",
                  "providerTypes=bank&providerTypes=travelMoney"):
        banks = asked(place, f"{pair}&{query}")
        assert banks["providers"] == [p for p in everything["providers"] if p["type"] == "bank"], query
    two = [provider["alias"] for provider in everything["providers"][1:3]]
    chosen = asked(place, f"{pair}&providers={','.join(two)}")
    assert [provider["alias"] for provider in chosen["providers"]] == two
    assert asked(place, f"{pair}&filter=POPULAR")["providers"] == everything["providers"][:4]
    assert asked(place, f"{pair}&filter=POPULAR&numberOfProviders=2")["providers"] == everything["providers"][:2]
    french = asked(place, f"{pair}&providerCountry=FR")["providers"]
    assert all(provider in everything["providers"] for provider in french)
    assert asked(place, f"{pair}&providerCountry=AQ")["providers"] == []
    # What that API asks of its own maker's quote changes nothing here.
    assert asked(place, f"{pair}&includeWise=true&excludePartners=false&payInMethod=CARD") == everything
