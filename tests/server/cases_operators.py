"""An operator's page: what it told when it registered, its prices, what to follow."""
import re

from harness import quote_sql


def test_an_operators_page_tells_its_licence(place):
    before = place.get("/en/operators/demo-nuvolella").body.decode()
    assert "Licence" not in before and "Kind of company" in before
    place.sql("UPDATE corridor.operator SET legal_name = 'Nuvolella <b>SpA</b>', licence_number = 'L-7', "
              "licence_register = 'Banca d''Italia' WHERE id = 'demo-nuvolella';")
    after = place.get("/it/operators/demo-nuvolella").status, place.get("/fr/operators/demo-nuvolella").body.decode()
    assert after[0] == 404
    facts = re.search(r"<dl class='sum facts'>.*?</dl>", after[1], re.S)[0]
    assert "Nuvolella &lt;b&gt;SpA&lt;/b&gt;" in facts and "L-7" in facts and "Banca d&#39;Italia" in facts
    assert place.get("/en/operators/nobody").status == 404 and place.get("/en/operators/" + "x" * 200).status == 404


def test_what_is_withdrawn_is_no_service(place):
    place.sql("BEGIN;" + quote_sql("IT-SN", "1.00", "leaver") + "COMMIT;")
    assert [c["services"] for c in place.ok("/v1/operators/leaver")["corridors"]] == [1]
    place.sql("SELECT corridor.withdraw_operator('leaver', 'test');")
    assert place.ok("/v1/operators/leaver")["corridors"] == []
