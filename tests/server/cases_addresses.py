"""Addresses with a slash too many or too few at their end lead to the right one, on this server and with their query."""

LED_ON = (
    ("/fr", "/fr/"),
    ("/fr?amount=5", "/fr/?amount=5"),
    ("/fr//", "/fr/"),
    ("/fr/about/", "/fr/about"),
    ("/fr/FR-SN/?amount=200&pay_out=cash", "/fr/FR-SN?amount=200&pay_out=cash"),
    ("/ar/FRASEN/?amount=%D9%A2%D9%A0%D9%A0", "/ar/FRASEN?amount=%D9%A2%D9%A0%D9%A0"),
    ("/en/FR-SN/community/", "/en/FR-SN/community"),
    ("/en/FR-SN/feed.atom/?below=3", "/en/FR-SN/feed.atom?below=3"),
    ("/en/articles", "/en/articles/"),
    ("/en/articles/real-cost/", "/en/articles/real-cost"),
    ("/en/operators/", "/en/operators"),
    ("/en/observatory/?map=sender", "/en/observatory?map=sender"),
    ("/embed/FR-SN/?lang=fr", "/embed/FR-SN?lang=fr"),
    ("/data", "/data/"),
    ("/v1/corridors/?from=FR", "/v1/corridors?from=FR"),
    ("/openapi.json/", "/openapi.json"),
    # A query is passed on as it came, also where it looks like an address.
    ("/en/about/?//elsewhere.example/", "/en/about?//elsewhere.example/"),
)
LEFT = ("/fr///", "/xx", "/xx/about/", "/fr/nothing/", "/fr/FR-XX/", "/nothing/", "/nothing", "/v1/nothing/", "//elsewhere.example/",
        "//elsewhere.example", "//fr/", "//fr/about/", "/%2F/", "/%2Felsewhere.example/about/", "/\\elsewhere.example/", "/embed/", "/en/operators/none")


def test_another_slash_leads_to_the_address(place):
    for method in ("GET", "HEAD"):
        for target, right in LED_ON:
            answer = place.get(target, method)
            assert (answer.status, answer.headers.get("location")) == (308, right), (method, target, answer.headers.get("location"))
            assert answer.body == b""
    for _, right in LED_ON:
        assert place.get(right).status in (200, 308), right  # FRASEN has an address of its own


def test_nothing_else_leads_anywhere(place):
    for target in LEFT:
        answer = place.get(target)
        assert answer.status in (400, 404) and "location" not in answer.headers, (target, answer.status)
    assert place.get("/en/FR-SN/community/", "POST").status == 404


def test_an_absolute_address_stays_on_its_server(place):
    answer = place.get("http://elsewhere.example/fr/about/?a=1")
    assert (answer.status, answer.headers["location"]) == (308, "/fr/about?a=1")
