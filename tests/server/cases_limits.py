"""What an offer or a list has no room for is said, with the limit: amounts outside an offer's limits, and offers past
what a corridor's block and an answer hold."""
import re

from harness import quote_sql, wait_for

BLOCK, ANSWER = 4096, 512  # MARKET_ROWS_MAX, COMPARISON_MAX


def said(place, path):
    """The page's text, with its isolates and blanks made plain."""
    text = re.sub(r"<[^>]*>", "", place.get(path).body.decode())
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def test_a_limit_is_said_with_its_money(place):
    narrow = quote_sql("DE-BJ", "2.00", "narrow").replace('"from": "0", "to": null', '"from": "50", "to": "1500"')
    place.sql("BEGIN;" + narrow + "COMMIT;")
    wait_for("the offer", 1, lambda: place.ok("/v1/compare?from=DE&to=BJ&amount=200&currency=EUR")["offers"])
    for path, words in (
        ("/en/DE-BJ?amount=2000&currency=EUR", "too large for them: at most €1,500, not counting the fee."),
        ("/fr/DE-BJ?amount=2000&currency=EUR", "trop grand pour eux : au plus 1 500 €, sans compter les frais."),
        ("/ar/DE-BJ?amount=2000&currency=EUR", "١٬٥٠٠"),
        ("/en/DE-BJ?amount=20&currency=EUR", "too small for them: at least €50, not counting the fee."),
        ("/es/DE-BJ?amount=20&currency=EUR", "demasiado pequeño para ellos: como mínimo 50 €, sin contar la comisión."),
    ):
        assert words in said(place, path), (path, words)


def test_offers_without_room_are_counted(place):
    extra = 3
    place.sql(f"""
BEGIN;
SET search_path = corridor;
INSERT INTO operator (id, name, type, origin) VALUES ('crowd', 'Crowd', 'mto', 'demonstration');
INSERT INTO submission (kind, source, sha256, rows_read, taken, unchanged, refused)
VALUES ('feed', 'test', decode(repeat('00', 32), 'hex'), 1, 1, 0, 0);
INSERT INTO service (operator, ref, corridor) SELECT 'crowd', 'c' || n, 'IS-KE' FROM generate_series(1, {BLOCK + extra}) n;
INSERT INTO quote (recorded_at, service, corridor, submission, price, send_currency, receive_currency, pay_in, access_point,
                   pay_out, speed, coverage, tariff, collected_at, valid_from, valid_until)
SELECT now(), s.id, s.corridor, currval(pg_get_serial_sequence('submission', 'id')), 'regular', 'EUR', 'EUR', '{{cash}}',
       '{{agent}}', '{{cash}}', 'same_day', 'high', '[{{"from": "0", "to": null, "fee": "2", "rate": "0.99"}}]', now(),
       now() - interval '1 hour', now() + interval '10 days'
FROM service s WHERE s.operator = 'crowd';
SELECT publish_submission(currval(pg_get_serial_sequence('submission', 'id')));
COMMIT;""")
    question = "/v1/compare?from=IS&to=KE&amount=200&currency=EUR&receive_currency=EUR"
    wait_for("the crowd", 10, lambda: len(place.ok(question)["offers"]) == ANSWER)
    assert place.ok(question)["left_out"] == BLOCK + extra - ANSWER
    theirs = place.ok("/v4/comparisons?sourceCurrency=EUR&targetCurrency=EUR&sendAmount=200&sourceCountry=IS&targetCountry=KE")
    shown = sum(len(provider["quotes"]) for provider in theirs["providers"])
    assert theirs["leftOut"] == BLOCK + extra - shown, (theirs["leftOut"], shown)
    page = said(place, "/en/IS-KE?amount=200&currency=EUR&receive_currency=EUR")
    assert f"{BLOCK - ANSWER:,} offers that cost more are not shown." in page
    assert f"{extra} more offers of this corridor are not in this answer: there are too many." in page
