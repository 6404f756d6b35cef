#!/usr/bin/env python3
"""Quotes through the real feed: malformed ones that change nothing, slips that are held and honest changes that are not, what
readers see of either, marks, expiry, and mystery shoppers. On the service that tests/run.sh starts."""
import hashlib
import http.client
import json
import os
import pathlib
import sys
import time

import client
import registered
import quotes
import slips
from registered import ask, check, counts, sql, until

PROMISE = "/v1/compare?from=FR&to=SN&amount=200"


def record():
    """A digest of every row of every table; apart from the nonces of the requests, which must be taken, and figures, which
    corridor-ingestd works out by itself when prices have changed."""
    tables = sql("""SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c
                    WHERE c.relnamespace = 'corridor'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                      AND c.relname NOT IN ('feed_nonce', 'figure_stand', 'figure_work', 'quarter_figure', 'quarter_group',
                                            'flow_total')""").split()
    asked = " UNION ALL ".join(
        f"SELECT '{t}', coalesce(md5(string_agg(r::text, ',' ORDER BY r::text)), '') FROM corridor.{t} r" for t in tables)
    return dict(line.split("|") for line in sql(asked).splitlines())


def said_of(answer):
    """The status of a request, and code and field of its one quote, or of the whole."""
    try:
        body = answer.json
    except ValueError:
        return answer.status, None, None
    if "quotes" in body:
        first = body["quotes"][0]
        return first["status"], first["code"], first["field"]
    return answer.status, body.get("code"), body.get("parameter") or ""


def malformed(firm):
    before = record()
    changed = []
    for case in quotes.malformed():
        body = quotes.case_bytes(case, int(time.time()))
        for kind in ("application/json", "application/x-ndjson"):
            if kind == "application/x-ndjson" and (case.get("ndjson") is False or b"\n" in body):
                continue
            answer = firm.send("POST", "/quotes", body, {"Content-Type": kind})
            status, code, field = said_of(answer)
            whole = case.get("document")
            wanted = case.get("alone", case["code"]) if kind == "application/json" else case["code"]
            good = code == wanted and (status == 400 if whole else (status, field) in (("refused", case["field"]),
                                                                                             (400, case["field"])))
            check(f"{case['what']}, {kind}", good, f"wanted {wanted} at {case['field']!r}, got {answer}")
    after = record()
    changed = sorted(t for t in before if before[t] != after[t])
    print("# tables changed by malformed submissions:", changed)
    check("the record is what it was, receipts of submissions apart", set(changed) <= {"submission", "submission_answer", "feed_turn"}, changed)


def seen(ref, firm, target=PROMISE):
    """A service's offer as readers see it, or None; and why it is not compared."""
    answer = ask(target)
    mine = [o for o in answer["offers"] if o["operator"]["id"] == firm.id and o["service"]["id"] == ref]
    aside = [o["reason"] for o in answer["not_compared"] if o["operator"]["id"] == firm.id and o["service"]["id"] == ref]
    return (mine[0] if mine else None), (aside[0] if aside else None)


def posted(what, firm, status, code="", **changes):
    """Posts one quote; gives its line of the receipt."""
    answer = firm.post(client.quote(**changes))
    line = answer.json["quotes"][0] if answer.status == 201 else {}
    check(what, line.get("status") == status and (line.get("code") or "") == code, answer)
    return line


def priced(rate):
    """A tariff at a rate."""
    return [{"from": "0", "to": "2000", "fee": "1.99", "rate": rate}]


def holding(firm):
    """From a first price to a slip, its release, its rejection and its repeat, as readers see them."""
    posted("a first price", firm, "accepted", "new", ref="walk", tariff=priced("651.2"))
    check("is shown, as new", until(5, lambda: (seen("walk", firm)[0] or {}).get("new") is True), seen("walk", firm))
    posted("a second price", firm, "accepted", ref="walk", tariff=priced("648.5"))
    check("is shown, not as new", until(5, lambda: (seen("walk", firm)[0] or {}).get("rate") == "648.5"), seen("walk", firm))
    check("not new", seen("walk", firm)[0]["new"] is False)
    slip = posted("a tenth", firm, "quarantined", "rate_shifted", ref="walk", tariff=priced("64.85"))
    check("told why", slip.get("field") == "/tariff/0/rate" and "this service's last one" in slip.get("reason", ""), slip)
    again = posted("the slip again", firm, "quarantined", "rate_shifted", ref="walk", tariff=priced("64.85"))
    check("is the same one, waiting", again.get("quote") == slip.get("quote"), (slip, again))
    time.sleep(1)
    check("readers see the price before", seen("walk", firm)[0]["rate"] == "648.5", seen("walk", firm))
    for moderator in ("anna", "carl"):
        registered.tool("moderator", "add", moderator, "--name", moderator)
    number = str(slip["quote"]).lstrip("q")
    registered.tool("quarantine", "reject", number, "--reason", "a point misplaced", moderator="anna")
    listed = {q["quote"]: q["status"] for q in firm.get("/quotes").json["quotes"] if q["ref"] == "walk"}
    check("its operator sees what became of it", listed.get(slip["quote"]) == "rejected" and sorted(listed.values()) ==
          ["current", "rejected"], listed)
    third = posted("the slip after its rejection", firm, "quarantined", "rate_shifted", ref="walk", tariff=priced("64.85"))
    check("is held anew", third.get("quote") != slip.get("quote"), (slip, third))
    number = str(third["quote"]).lstrip("q")
    registered.tool("quarantine", "release", number, "--reason", "they insist", moderator="anna")
    time.sleep(1)
    check("one of two is not enough", seen("walk", firm)[0]["rate"] == "648.5", seen("walk", firm))
    registered.tool("quarantine", "release", number, "--reason", "they do", moderator="carl")
    check("the second shows it", until(5, lambda: (seen("walk", firm)[0] or {}).get("rate") == "64.85"), seen("walk", firm))
    check("by its number", seen("walk", firm)[0]["quote"] == f"q{number}", seen("walk", firm))
    posted("its next price is judged by it", firm, "accepted", ref="walk", tariff=priced("65.10"))
    held = posted("the true price is far from it", firm, "quarantined", "rate_shifted", ref="walk", tariff=priced("651.0"))
    posted("a correction", firm, "accepted", ref="walk", tariff=priced("65.20"))
    state = sql(f"SELECT state FROM quarantine WHERE id = {str(held['quote']).lstrip('q')}")
    check("supersedes what waits", state == "superseded", state)
    listed = [q["status"] for q in firm.get("/quotes").json["quotes"] if q["ref"] == "walk"]
    check("its operator sees only what stands", listed == ["current"], listed)
    check("nobody else saw any of it", int(sql("SELECT count(*) FROM quarantine WHERE state = 'waiting'")) == 0)


def expiring(firm):
    """A price leaves the ranking at its second, and nothing happened in the record."""
    end = int(time.time()) + 4
    posted("a price of four seconds", firm, "accepted", "new", ref="brief", tariff=priced("650"), valid_until=quotes.instant(end))
    check("is shown", until(3, lambda: seen("brief", firm)[0] is not None), seen("brief", firm))
    changes = sql("SELECT count(*) FROM change_log")
    while time.time() < end - 0.5:
        seen("brief", firm)  # the answer is kept, and asked for often
        time.sleep(0.1)
    check("until its second", seen("brief", firm)[0] is not None or time.time() >= end, seen("brief", firm))
    asked, last = time.time(), end
    while seen("brief", firm)[0] is not None and asked < end + 10:
        asked, last = time.time(), asked
    late = last - end  # of the last question that was still answered with it
    check("and not a second longer", seen("brief", firm) == (None, "expired") and late < 1.0,
          f"{seen('brief', firm)}, asked for {late:.2f} s after its end")
    check("without any event", sql("SELECT count(*) FROM change_log") == changes)


class Feed:
    """The real feed as slips.py's judge: the market is its book, changes are judged by dry runs."""

    def __init__(self, firm, market):
        self.firm, self.market = firm, market
        receipts = self.send([s["quote"] for s in market], "")
        self.usable = [n for n, line in enumerate(receipts) if line["status"] == "accepted"]

    def send(self, batch, query):
        body = b"".join(json.dumps(q).encode() + b"\n" for q in batch)
        answer = self.firm.send("POST", "/quotes" + query, body, {"Content-Type": "application/x-ndjson"}, timeout=120)
        assert answer.status in (200, 201), answer
        return answer.json["quotes"]

    def judge_all(self, changes):
        """Each ref once in a submission, 500 in a dry run."""
        said = [None] * len(changes)
        left = list(enumerate(changes))
        while left:
            batch, later, used = [], [], set()
            for place_, (number, quote) in left:
                (later if number in used or len(batch) == 500 else batch).append((place_, (number, quote)))
                used |= {number} if len(batch) < 500 else set()
            for (place_, _), line in zip(batch, self.send([q for _, (_, q) in batch], "?dry_run=true")):
                said[place_] = line
            left = later
        return said


def slipping(firm):
    market = slips.demonstration()
    currencies = {}
    for service in market:
        quote = service["quote"]
        if quote["send_currency"] == "EUR":
            currencies[quote["receive_currency"]] = service["reference"] / 1e12
    for service in market:
        quote = service["quote"]
        if quote["receive_currency"] in currencies and quote["send_currency"] not in currencies:
            currencies[quote["send_currency"]] = currencies[quote["receive_currency"]] / (service["reference"] / 1e12)
    currencies.pop("EUR", None)
    names = sorted(currencies)
    today = time.strftime("%Y-%m-%d", time.gmtime())
    rates = pathlib.Path(os.environ["CORRIDOR_VAR"]) / "rates.csv"
    rates.write_text(f"Date,{','.join(names)}\n{today},{','.join(f'{currencies[n]:.6f}' for n in names)}\n")
    registered.tool("import", "rates", rates)
    feed = Feed(firm, market)
    check("nearly all of the market is taken as it is", len(feed.usable) > 0.97 * len(market),
          f"{len(feed.usable)} of {len(market)}")
    before = record()
    held, honest = slips.trial("the demonstration market, through the feed", feed)
    check("at least 99 % of the slips are held", held)
    check("at most 1 % of the honest changes are held", honest)
    changed = sorted(t for t, digest in record().items() if digest != before[t])
    check("a dry run stores nothing", changed == [], changed)


def observation(**changes):
    made = {"operator": "swift-send", "corridor": "FR-SN", "send_currency": "EUR", "receive_currency": "XOF", "amount": "200",
            "paid": "201.99", "received": "130000", "pay_in": "debit_card", "access_point": "online", "pay_out": "cash",
            "observed_at": quotes.instant(int(time.time()) - 2), "receipt_sha256": hashlib.sha256(b"1").hexdigest()}
    made.update(changes)
    return {name: value for name, value in made.items() if value is not ...}


def report(key, port, document, **how):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = client.signed(key, "POST", f"http://127.0.0.1:{port}", "/v1/observations", body,
                            extra=[("Content-Type", "application/json")], **how)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/v1/observations", body=body, headers=headers)
        response = connection.getresponse()
        return client.Answer(response, response.read())
    finally:
        connection.close()


def shopping(firm):
    """Declared against found: 650 francs a euro and 1.99 of fee for 200 euros are declared."""
    key = registered.researcher("uni-dakar")
    posted("the declared price", firm, "accepted", "new", ref="shop", tariff=priced("650"), valid_until=quotes.instant(time.time() + 900))
    time.sleep(3)
    first = observation(ref="shop")
    check("the key is known", until(10, lambda: report(key, firm.port, observation(operator="nobody")).status == 422))
    answer = report(key, firm.port, first)
    # 100 * (1.99 / 200 + (655.957 - 650) / 655.957)
    check("found as declared", answer.status == 201 and answer.json["found_cost_pct"] == answer.json["declared_cost_pct"]
          and answer.json["declared_cost_pct"].startswith("1.903"), answer)
    check("again, word for word", (again := report(key, firm.port, first)).status == 200 and again.json["status"] == "known" and
          again.json["observation"] == answer.json["observation"], again)
    check("the receipt of another", report(key, firm.port, first | {"paid": "205.00"}).status == 409)
    dearer = report(key, firm.port, observation(ref="shop", paid="204.00", receipt_sha256="a" * 64))
    check("dearer than declared", dearer.status == 201 and round(float(dearer.json["found_cost_pct"]) -
          float(dearer.json["declared_cost_pct"]), 4) == 1.005, dearer)
    near = report(key, firm.port, observation(ref="shop", received="129500", receipt_sha256="b" * 64))
    check("a little dearer", near.status == 201, near)
    alone = report(key, firm.port, observation(corridor="FR-ML", receipt_sha256="c" * 64))
    check("nothing declared", alone.status == 201 and alone.json["declared_cost_pct"] is None, alone)
    shopped = ask("/v1/operators/swift-send")["shopped"]
    check("on the operator's page", (shopped["count"], shopped["compared"], shopped["within_half_point_pct"]) ==
          (4, 3, "66.6667") and 0.35 < float(shopped["median_gap_pct"]) < 0.42, shopped)
    check("no offer came of it", int(sql("SELECT count(*) FROM quote WHERE submission IS NULL")) == 0)
    for what, status, code, field, document in [
        ("an unknown operator", 422, "unknown_operator", "/operator", observation(operator="nobody")),
        ("no receipt", 422, "missing_field", "/receipt_sha256", observation(receipt_sha256=...)),
        ("a receipt that is no SHA-256", 422, "bad_sha256", "/receipt_sha256", observation(receipt_sha256="A" * 64)),
        ("a number for a text", 422, "wrong_type", "/amount", observation(amount=200)),
        ("a misspelt field", 422, "unknown_field", "/recieved", observation(recieved="1")),
        ("tomorrow", 422, "not_past", "/observed_at", observation(observed_at=quotes.instant(time.time() + 86400))),
        ("two years ago", 422, "too_old", "/observed_at", observation(observed_at="2020-01-01T00:00:00Z")),
        ("paid less than sent", 422, "nothing_paid", "/paid", observation(paid="199.99")),
        ("nothing received", 422, "nothing_paid", "/received", observation(received="0")),
        ("half a franc", 422, "too_many_decimals", "/received", observation(received="130000.5")),
        ("an unknown way", 422, "unknown_code", "/pay_in", observation(pay_in="cheque")),
        ("no JSON", 400, "not_json", "", b"{'operator'}"),
        ("cut", 400, "cut_off", "", b'{"operator":"swift-send"'),
    ]:
        said = report(key, firm.port, document)
        body = said.json
        check(what, said.status == status and body.get("code") == code and (body.get("parameter") or "") == field, said)
    check("an operator's key", report(firm.key, firm.port, first).status == 403)
    nonce = "n" * 24
    check("a nonce", report(key, firm.port, first, nonce=nonce).status == 200)
    check("a nonce twice", report(key, firm.port, first, nonce=nonce).json.get("code", "").startswith("nonce") or
          report(key, firm.port, first, nonce=nonce).status == 401)
    check("too long", report(key, firm.port, b" " * 5000).status == 413)


def main():
    firm = registered.operator("swift-send")
    check("the key is known", registered.believed(firm))
    malformed(firm)
    holding(firm)
    expiring(firm)
    shopping(firm)
    other = registered.operator("whole-market")
    check("the other key is known", registered.believed(other))
    slipping(other)
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return counts["failed"] != 0


if __name__ == "__main__":
    sys.exit(main())
