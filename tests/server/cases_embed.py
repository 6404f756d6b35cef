"""/embed: the one page that other sites may frame. No script, nothing asked, the same figures as /v1/compare."""
import html
import re


def test_a_corridor_can_be_framed_and_nothing_else(place):
    answer = place.get("/embed/FR-SN?lang=fr&amount=200")
    assert answer.status == 200 and "frame-ancestors *" in answer.headers["content-security-policy"]
    for page in ("/fr/", "/fr/FR-SN"):
        assert "frame-ancestors 'none'" in place.get(page).headers["content-security-policy"]
    text = answer.body.decode()
    assert "<script" not in text and "<form" not in text and "lang='fr'" in text
    assert re.search(r"<link rel='canonical' href='http://[^']+/fr/FR-SN'>", text)
    assert "target='_blank' rel='noopener'" in text
    assert "set-cookie" not in answer.headers


def test_what_is_framed_is_what_compare_says(place):
    offers = place.ok("/v1/compare?from=FR&to=SN&amount=350&currency=EUR")["offers"]
    text = place.get("/embed/FR-SN?lang=en&amount=350&currency=EUR").body.decode()
    shown = re.findall(r"<li><bdi>([^<]*)</bdi> <strong>([^<]*)</strong>", text)
    assert [html.unescape(name) for name, _ in shown] == [offer["operator"]["name"] for offer in offers[:3]]
    assert [re.sub(r"\D", "", amount) for _, amount in shown] == [offer["receives"] for offer in offers[:3]]


def test_frames_that_cannot_be(place):
    for target, words in (
        ("/embed/FR-FR", "we do not know this corridor"),
        ("/embed/nowhere?lang=fr", "nous ne connaissons pas ce trajet"),
        ("/embed/FR-XX?lang=xx", "we do not know this corridor"),
        ("/embed/AQ-FR", "we do not know this corridor"),
    ):
        answer = place.get(target)
        assert answer.status == 404 and words in answer.body.decode(), (target, answer.body)
        assert "frame-ancestors *" in answer.headers["content-security-policy"]
        assert re.search(r"target='_blank' rel='noopener' href='http://[^']+/(en|fr)/'", answer.body.decode())
    assert place.get("/embed/").status == 404
    empty = place.get("/embed/AT-BF?lang=en")
    assert empty.status == 200 and b"No offer" in empty.body


def test_what_is_wrong_is_said_within_the_frame(place):
    for query, words in (
        ("amount=x", "The amount asked for is not a number."),
        ("amount=1.234", "This amount has too many decimals. Write it like this: 1,234.50"),
        ("amount=-1", "The amount must be more than zero."),
        ("amount=1e9", "The amount asked for is not a number."),
        ("amount=" + "9" * 30, "This amount is too large. Write a smaller one."),
        ("amount=200&currency=XYZ", "We do not know this currency: XYZ</p>"),
        ("amount=%3Cb%3E&lang=fr", "Le montant demandé n’est pas un nombre."),
    ):
        answer = place.get(f"/embed/FR-SN?{query}")
        text = answer.body.decode()
        assert answer.status == 400 and "frame-ancestors *" in answer.headers["content-security-policy"], query
        assert words in text and "<b>" not in text, (query, text)
        assert ("Ouvrez toutes les offres" if "fr" in query else "Open all offers and write the amount there.") in text
        assert re.search(r"target='_blank' rel='noopener' href='http://[^']+/(en|fr)/FR-SN'", text)
    # An amount as the reader's language writes it, and none at all.
    assert "350,5".encode() in place.get("/embed/FR-SN?lang=fr&amount=350,5").body
    assert place.get("/embed/FR-SN?amount=").status == 200


def test_a_language_that_is_none_is_named(place):
    languages = {"en": "We do not know this language:", "fr": "Nous ne connaissons pas cette langue", "ar": "لا نعرف هذه اللغة:"}
    for asked, words in languages.items():
        for typed, shown in (("xx", "xx"), ("FR-fr", "FR-fr"), ("%3Cscript%3E", "&lt;script&gt;")):
            answer = place.get(f"/embed/FR-SN?lang={typed}&amount=x", headers={"Accept-Language": asked})
            text = answer.body.decode()
            assert answer.status == 400 and "frame-ancestors *" in answer.headers["content-security-policy"], (asked, typed)
            assert answer.headers["cache-control"] == "no-cache"
            assert f"lang='{asked}'" in text and words in text, text
            codes = re.findall(r"<code[^>]*>lang=([^<]*)</code>", text)
            assert codes == [shown, "en", "fr", "es", "pt", "ar", "zh", "vi", "tr"], codes
            for code in codes[1:]:
                assert place.get(f"/embed/FR-SN?lang={code}").status == 200
            assert re.search(rf"target='_blank' rel='noopener' href='http://[^']+/{asked}/FR-SN'", text)
    # Nothing named is nothing wrong.
    assert b"lang='en'" in place.get("/embed/FR-SN?lang=").body
