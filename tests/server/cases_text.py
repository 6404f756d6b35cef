"""/v1/text: answers that fit one short message, in the alphabet of short messages where the language allows."""
import urllib.parse

GSM = set("@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
          "abcdefghijklmnopqrstuvwxyzäöñüà")
LATIN = ("en", "fr", "es", "pt", "vi", "tr")


def text(place, question, language="en"):
    answer = place.get(f"/v1/text?q={urllib.parse.quote(question)}&lang={language}")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    said = answer.body.decode()
    assert 0 < len(said) <= 160, (len(said), said)
    if language in LATIN:
        assert set(said) <= GSM, (said, set(said) - GSM)
    return answer.status, said


def test_a_short_message_says_what_compare_says(place):
    for corridor in [c["id"] for c in place.ok("/v1/corridors?per_page=200")["corridors"]][::5]:
        offers = place.ok(f"/v1/compare?from={corridor[:2]}&to={corridor[3:]}&amount=200")["offers"]
        for language in (*LATIN, "ar", "zh"):
            status, said = text(place, f"{corridor[:2]} {corridor[3:]} 200", language)
            lines = said.split("\n")
            assert status == 200 and lines[0].startswith(f"{corridor} 200"), said
            assert len(lines) >= 3 or not offers, said
            for line, offer in zip(lines[1:-1], offers):
                rank, rest = line.split(" ", 1)
                assert int(rank) == offer["rank"] and f" {offer['receives']} " in rest, (line, offer["receives"])
                share = float(line.split("%")[0].rsplit(" ", 1)[1])
                assert abs(share - float(offer["cost_share_pct"])) <= 0.05001, (line, offer["cost_share_pct"])


def test_a_short_message_is_read_in_any_order(place):
    expected = text(place, "FR SN 200")
    for question in ("FRA SEN 200", "fr-sn 200", "200 EUR FR SN", "FR,SN,200", "  FR  SN   200 EUR "):
        assert text(place, question) == expected, question


def test_an_amount_is_read_as_its_language_writes_it(place):
    for language, amount in (("fr", "199,50"), ("tr", "199,50"), ("en", "199.50"), ("en", "1,199.50"), ("es", "1.199,50"),
                             ("fr", "1.199,50"), ("ar", "١٩٩٫٥٠"), ("zh", "１９９")):
        status, said = text(place, f"FR SN {amount}", language)
        plain = "199.00" if language == "zh" else "1199.50" if len(amount) == 8 else "199.50"
        assert status == 200 and said.startswith(f"FR-SN {plain} EUR"), (language, amount, said)
    # Three decimals that the currency has not are thousands where the language writes so, and else nothing sure.
    for language, question, plain in (("fr", "FR SN 2.000", "2000.00 EUR"), ("vi", "VND VN JP 2.000.000", "2000000 VND"),
                                      ("tr", "2.000 EUR FR SN", "2000.00 EUR"), ("fr", "KW IN 20,500", "20.500 KWD")):
        status, said = text(place, question, language)
        assert status == 200 and said.split("\n")[0].endswith(plain), (language, question, said)
    for language, amount in (("en", "199,50"), ("fr", "1.19,50"), ("fr", "199,505"), ("en", "2.000"), ("en", "1.234"),
                             ("zh", "1.234"), ("es", "2,000")):
        assert text(place, f"FR SN {amount}", language)[0] == 400, (language, amount)


def test_what_a_short_message_cannot_ask_is_explained(place):
    for question in ("", "FR", "FR SN", "200", "FR SN abc", "FR SN 200 300", "FR FR 200", "FR SN 0", "FR SN 1e3", "FR SN -5",
                     "FR SN 200 EUR USD", "<script>", "FR SN 200 please tell me now", "x" * 500):
        for language in (*LATIN, "ar", "zh"):
            status, said = text(place, question, language)
            assert status == 400, (question, said)
    assert place.get("/v1/text").status == 400
    assert place.get("/v1/text?q=FR+SN+200&lang=xx").body.startswith(b"lang: en fr ")
    assert text(place, "FR AQ 200 EUR")[0] in (200, 400)
