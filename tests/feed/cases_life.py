"""The life of quotes and submissions: accepted, repeated, held, replaced, withdrawn, listed."""
import json
import threading
import time
import urllib.parse

from client import quote


def statuses(answer):
    assert answer.status in (200, 201), answer
    return [(q["ref"], q["status"], q["code"]) for q in answer.json["quotes"]]


def tariff(rate="651.20", fee="1.99"):
    return [{"from": "0", "to": None, "fee": fee, "rate": rate}]


def test_a_quote_is_accepted_and_its_receipt_says_so(place):
    answer = place.acme.post(quote("life-1"), key="first/key")
    assert answer.status == 201, answer
    receipt = answer.json
    assert receipt["quotes"] == [{"ref": "life-1", "status": "accepted", "code": "new", "field": None, "reason": None,
                                  "quote": receipt["quotes"][0]["quote"]}], receipt
    assert receipt["counts"] == {"quotes": 1, "accepted": 1, "quarantined": 0, "refused": 0, "unchanged": 0,
                                 "withdrawn": 0}
    assert receipt["operator"] == "acme" and receipt["key"] == "first/key" and receipt["dry_run"] is False
    assert answer.headers["location"] == "/v1/operators/acme/submissions/first%2Fkey"
    again = place.acme.get("/submissions/first%2Fkey")
    assert again.status == 200 and again.body == answer.body
    number = receipt["quotes"][0]["quote"]
    assert place.count(f"corridor.quote WHERE id = {number} AND submission = {receipt['submission']}") == 1


def test_a_repeat_gets_the_same_answer_word_for_word(place):
    body = [quote("repeat-1"), quote("repeat-2", speed="fast")]
    first = place.acme.post(body, key="repeat")
    before = place.count("corridor.quote")
    for port in (place.port_a, place.port_b):
        again = place.acme.post(body, key="repeat", port=port)
        assert (again.status, again.body) == (first.status, first.body)
    assert place.count("corridor.quote") == before
    assert place.acme.post(body + [quote("repeat-3")], key="repeat").status == 422
    assert place.acme.book(body, key="repeat").status == 422
    # Packed, the payload is the same one.
    import gzip
    packed = place.acme.send("POST", "/quotes", gzip.compress(json.dumps(body).encode()),
                             {"Content-Type": "application/json", "Content-Encoding": "gzip"}, key="repeat")
    assert packed.body == first.body
    # Another operator's key of the same name is another's.
    assert place.other.post(quote("repeat-1"), key="repeat").status == 201


def test_what_is_said_already_is_unchanged(place):
    first = place.acme.post(quote("same", tariff=tariff(), max=...)).json["quotes"][0]
    again = place.acme.post(quote("same", tariff=tariff(fee="1.990"), max=...))
    assert statuses(again) == [("same", "unchanged", None)] and again.json["quotes"][0]["quote"] == first["quote"]
    changed = place.acme.post(quote("same", tariff=tariff(fee="2.10"), max=...))
    assert statuses(changed) == [("same", "accepted", None)]
    # A price without an end of its own lives on by being sent again, once an hour has passed.
    place.sql("UPDATE corridor.current_offer SET valid_until = valid_until - interval '61 minutes' WHERE quote = "
              f"{changed.json['quotes'][0]['quote']}; DELETE FROM corridor.feed_turn")
    assert statuses(place.acme.post(quote("same", tariff=tariff(fee="2.10"), max=...)))[0][1] == "accepted"


def test_a_slip_is_held_told_and_not_shown(place):
    assert statuses(place.acme.post(quote("slip", tariff=tariff(), max=...)))[0][1] == "accepted"
    held = place.acme.post(quote("slip", tariff=tariff("6512.0"), max=...))
    assert statuses(held) == [("slip", "quarantined", "rate_shifted")], held
    again = place.acme.post(quote("slip", tariff=tariff("6512.0"), max=...))
    assert again.json["quotes"] == held.json["quotes"]
    number = held.json["quotes"][0]["quote"]
    assert place.count(f"corridor.quarantined_quote WHERE id = {number}") == 1
    assert place.count(f"corridor.quote WHERE id = {number}") == 0
    listed = {(q["ref"], q["status"]) for q in place.acme.get("/quotes?after=slio").json["quotes"]}
    assert {("slip", "current"), ("slip", "quarantined")} <= listed, listed


def test_refusals_do_not_fail_the_rest(place):
    answer = place.acme.post([quote("mixed-1"), quote("mixed-2", colour="red"), quote("mixed-1"),
                              quote("mixed-1", price="first_transfer"), quote("mixed-3", corridor="FR-XX"),
                              quote("mixed-4")])
    assert statuses(answer) == [("mixed-1", "accepted", "new"), ("mixed-2", "refused", "unknown_field"),
                                ("mixed-1", "refused", "duplicate_ref"), ("mixed-1", "accepted", "new"),
                                ("mixed-3", "refused", "unknown_corridor"), ("mixed-4", "accepted", "new")], answer
    assert answer.json["quotes"][1]["field"] == "/colour" and answer.json["quotes"][1]["reason"]
    assert place.count("corridor.service WHERE operator = 'acme' AND ref = 'mixed-1'") == 1
    moved = place.acme.post(quote("mixed-1", corridor="FR-ML"))
    assert statuses(moved) == [("mixed-1", "refused", "ref_of_other_corridor")]
    # A new service too is on one corridor.
    both = place.acme.post([quote("mixed-5"), quote("mixed-5", price="first_transfer", corridor="FR-ML")])
    assert [s[1:] for s in statuses(both)] == [("accepted", "new"), ("refused", "ref_of_other_corridor")], both
    assert place.count("corridor.quote q JOIN corridor.service s ON s.id = q.service WHERE s.corridor <> q.corridor") == 0


def test_a_dry_run_judges_and_stores_nothing(place):
    before = [place.count(f"corridor.{t}") for t in ("submission", "quote", "service", "change_log")]
    answer = place.acme.post([quote("dry-1"), quote("dry-2", tariff=[])], query="?dry_run=true", key="")
    assert answer.status == 200 and answer.json["submission"] is None and answer.json["dry_run"] is True
    assert statuses(answer) == [("dry-1", "accepted", "new"), ("dry-2", "refused", "no_bands")]
    assert [q["quote"] for q in answer.json["quotes"]] == [None, None]
    assert [place.count(f"corridor.{t}") for t in ("submission", "quote", "service", "change_log")] == before
    # One that stands already is named; one of any length is judged like one that stays.
    stands = place.acme.post(quote("dry-stands")).json["quotes"][0]["quote"]
    before = [place.count(f"corridor.{t}") for t in ("submission", "submission_answer", "quote", "service", "change_log")]
    quotes = [quote(f"dry-{i}") for i in range(2500)] + [quote("dry-stands"), quote("dry-3"), quote("dry-4", speed="fast")]
    for port in (place.port_a, place.port_b):
        answer = place.acme.post_lines(quotes, query="?dry_run=true", key="", port=port)
        assert answer.status == 200 and answer.json["submission"] is None and answer.json["dry_run"] is True, answer
        assert answer.json["counts"] == {"quotes": 2503, "accepted": 2500, "quarantined": 0, "refused": 2, "unchanged": 1,
                                         "withdrawn": 0}, answer.json["counts"]
        told = answer.json["quotes"]
        assert [q["ref"] for q in told] == [q["ref"] for q in quotes]
        assert [q["code"] for q in told[-2:]] == ["duplicate_ref", "unknown_code"]
        assert {q["quote"] for q in told} == {None, stands}
    assert [place.count(f"corridor.{t}") for t in ("submission", "submission_answer", "quote", "service",
                                                   "change_log")] == before
    # Its transaction is over: nothing of the operator's is locked.
    assert place.acme.post(quote("dry-1")).status == 201


def test_a_price_is_withdrawn(place):
    place.acme.post([quote("gone"), quote("gone", price="first_transfer")])
    answer = place.acme.withdraw("gone", key="gone-1")
    assert answer.status == 200 and answer.json["counts"]["withdrawn"] == 2, answer
    again = place.acme.withdraw("gone", key="gone-1")
    assert (again.status, again.body) == (answer.status, answer.body)
    assert place.acme.withdraw("gone").status == 404
    assert place.acme.withdraw("never-was").status == 404
    assert place.count("corridor.current_offer c JOIN corridor.service s ON s.id = c.service WHERE s.ref = 'gone'") == 0
    # What it was is still known: a tenfold price does not slip in behind a withdrawal.
    assert statuses(place.acme.post(quote("gone", tariff=tariff("6512.0"), max=...)))[0][1] == "quarantined"
    assert statuses(place.acme.post(quote("gone")))[0][1] == "accepted"
    # Nor behind a second one, of the slip that was held: also where there is no reference rate to judge it by.
    def morocco(rate):
        return quote("gone-2", corridor="FR-MA", receive_currency="MAD", tariff=tariff(rate), max=...)
    assert statuses(place.acme.post(morocco("10.80")))[0][1] == "accepted"
    for _ in range(2):
        assert place.acme.withdraw("gone-2").json["counts"]["withdrawn"] == 1
        assert statuses(place.acme.post(morocco("108.0")))[0][1] == "quarantined"


def test_a_book_replaces_all(place):
    shelf = place.operator("shelf", place.port_a)
    shelf.post([quote(f"b{i}") for i in range(6)] + [quote("b0", price="first_transfer")])
    answer = shelf.book([quote("b0"), quote("b1", tariff=tariff("655")), quote("b2", speed="fast"), quote("new")], key="book")
    assert answer.status == 201, answer
    assert [s[1] for s in statuses(answer)] == ["unchanged", "quarantined" if "quarantined" in answer.body.decode() and
                                                answer.json["counts"]["quarantined"] else "accepted", "refused", "accepted"]
    # b3, b4, b5 and b0's other price are missing; b2 is listed, though what it says is refused.
    assert answer.json["counts"]["withdrawn"] == 4, answer
    refs = sorted({q["ref"] for q in shelf.get("/quotes").json["quotes"]})
    assert refs == ["b0", "b1", "b2", "new"], refs
    again = shelf.book([quote("b0"), quote("b1", tariff=tariff("655")), quote("b2", speed="fast"), quote("new")], key="book")
    assert (again.status, again.body) == (answer.status, answer.body)
    empty = shelf.book([])
    assert empty.status == 201 and empty.json["counts"]["withdrawn"] >= 4, empty
    assert shelf.get("/quotes").json["quotes"] == []
    # A price that it lists twice is not the service's other one.
    shelf.book([quote("twice"), quote("twice", price="first_transfer")])
    answer = shelf.book([quote("twice"), quote("twice")])
    assert [s[1] for s in statuses(answer)] == ["unchanged", "refused"] and answer.json["counts"]["withdrawn"] == 1, answer


def test_lists_come_in_pages(place):
    place.other.post_lines([quote(f"page-{i:03}") for i in range(250)])
    seen, path = [], "/quotes"
    while path:
        answer = place.other.get(path)
        assert answer.status == 200
        seen += [q["ref"] for q in answer.json["quotes"]]
        link = answer.headers.get("link")
        path = link and link[1:link.index(">")].removeprefix("/v1/operators/other")
    assert [r for r in seen if r.startswith("page-")] == [f"page-{i:03}" for i in range(250)]
    submissions = place.other.get("/submissions").json["submissions"]
    assert submissions == sorted(submissions, key=lambda s: s["submission"]) and len(submissions) >= 2
    for operator in place.acme, place.other:
        for submission in operator.get("/submissions").json["submissions"]:  # each with the counts of its receipt
            receipt = operator.get(f"/submissions/{urllib.parse.quote(submission['key'], safe='')}").json
            nothing = dict.fromkeys(submission["counts"], 0)  # where the receipt is a problem
            assert submission["counts"] == receipt.get("counts", nothing), (submission, receipt)
            assert (submission["sha256"] is None) == submission["what"].startswith("DELETE "), submission
    rest = place.other.get(f"/submissions?after={submissions[-1]['submission']}").json["submissions"]
    assert rest == []
    assert place.other.get("/submissions/none").status == 404
    assert place.other.get("/quotes?limit=3").status == 400


def test_requests_that_are_not_believed(place):
    acme, other = place.acme, place.other
    assert acme.send("POST", "/quotes", b"{}", {"Content-Type": "application/json"}, signer=other.key).status == 403
    assert acme.get("/quotes", signer=other.key).status == 403
    for shift, status in ((-299, 201), (299, 201), (-301, 401), (301, 401)):
        answer = None
        while not answer:  # sent and answered within one second of the clock
            now = int(time.time())
            answer = acme.post(quote("clock"), created=now + shift)
            answer = answer if int(time.time()) == now else None
        assert answer.status == status, (shift, answer)
    nonce = "a-nonce-of-our-own-" + str(time.time())
    assert acme.post(quote("nonce"), nonce=nonce).status == 201
    before = place.count("corridor.submission")
    for port in (place.port_a, place.port_b):
        assert acme.post(quote("nonce"), nonce=nonce, port=port).status == 401
        assert acme.get("/quotes", nonce=nonce, port=port).status == 401
    assert place.count("corridor.submission") == before


def test_many_at_once_are_each_answered_for_themselves(place):
    answers = {}

    def send(i):
        operator = (place.acme, place.other)[i // 2 % 2]  # each in another lane of a process
        answers[i] = operator.post(quote(f"many-{i % 10}", tariff=tariff(f"65{i % 10}.{i:02}"), max=...),
                                   port=(place.port_a, place.port_b)[i % 2])

    threads = [threading.Thread(target=send, args=(i,)) for i in range(40)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(answers) == list(range(40))
    for i, answer in answers.items():
        assert answer.status == 201 and answer.json["quotes"][0]["ref"] == f"many-{i % 10}", answer
    # The last learned of each service is the one that is current.
    wrong = place.sql("""SELECT count(*) FROM (SELECT DISTINCT ON (q.service, q.price) q.id, q.service, q.price
        FROM corridor.quote q ORDER BY q.service, q.price, q.recorded_at DESC, q.id DESC) last
        JOIN corridor.current_offer c USING (service, price) WHERE c.quote <> last.id""")
    assert wrong.strip() == "0"


def test_what_is_counted(place):
    status, text = place.ingest_get(place.port_a, "/metrics")
    assert status == 200
    values = dict(line.rsplit(" ", 1) for line in text.decode().splitlines() if not line.startswith("#"))
    for name in ('corridor_ingest_quotes_total{status="accepted"}', 'corridor_ingest_quotes_total{status="quarantined"}',
                 'corridor_ingest_quotes_total{status="refused"}', 'corridor_ingest_quotes_total{status="unchanged"}',
                 'corridor_ingest_refusals_total{code="unknown_field"}', "corridor_ingest_received_total",
                 'corridor_ingest_batches_total{decided="asked"}', 'corridor_ingest_batches_total{decided="recalled"}',
                 'corridor_ingest_commit_seconds_bucket{le="+Inf"}'):
        assert float(values[name]) > 0, name
    assert values["corridor_ingest_queue_submissions"] == "0" and values["corridor_ingest_queue_quotes"] == "0"
