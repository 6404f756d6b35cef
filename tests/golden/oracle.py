#!/usr/bin/env python3
"""Reckons costs again, apart from the C code, and compares.

Written from DESIGN's formulas and the comments of include/corridor/{cost,tariff}.h, in whole numbers and fractions
of Python's own library; it shares no line and no method with core/cost.c (bands are searched by halving, never solved).

  oracle.py --self-test                          cases of its own, worked by hand
  oracle.py --table FILE                         the lines of build/tests/golden/cost_table ("-" reads standard input)
  oracle.py --export FILE --url URL [--all]      asks a server's /v1/compare about what `corridor export tariffs` wrote

Any of them together. --corridors N and --seed S choose the sample of corridors that is asked about. Every money field
is compared to the last minor unit, every percentage to the last printed digit, and the order and the reasons of what
is not compared too. The last line says `N passed, N failed`.
"""

import argparse
import datetime
import http.client
import json
import os
import random
import sys
import urllib.parse
from decimal import Decimal
from fractions import Fraction

MONEY_MAX = 10**14  # minor units; no principal and nothing that arrives is above it
BASES = ("all_in", "principal", "receive")
SPEEDS = ("less_than_one_hour", "same_day", "next_day", "2_days", "3_5_days", "6_days_or_more", "unknown")
HALF = Fraction(1, 2)


# ---- Arithmetic ----------------------------------------------------------------------------------------------------


def half_up(value):
    """To the nearest whole number, a half away from zero."""
    return int(value + HALF) if value >= 0 else -int(-value + HALF)


def minor(text, exponent):
    """Decimal text to minor units."""
    value = Decimal(text).scaleb(exponent)
    if value != value.to_integral_value():
        raise ValueError(f"{text} has more than {exponent} decimals")
    return int(value)


def money(units, exponent):
    sign, size = ("-" if units < 0 else ""), abs(units)
    if exponent == 0:
        return f"{sign}{size}"
    return f"{sign}{size // 10**exponent}.{size % 10**exponent:0{exponent}d}"


def percent(fraction):
    """A share of one as a percentage with four decimals."""
    return money(half_up(fraction * 1000000), 4)


def plain(value):
    """A fraction with a finite decimal text, as short as it can be."""
    text = money(int(value * 10**12), 12).rstrip("0")
    return text[:-1] if text.endswith(".") else text


# ---- A tariff and what it makes of a principal ---------------------------------------------------------------------


class Band:
    def __init__(self, band, exponent, last):
        self.start = minor(band["from"], exponent)
        self.end = None if band["to"] is None else minor(band["to"], exponent)  # the last one that belongs to it
        if self.end is not None and not last:
            self.end -= 1
        self.fixed = minor(band.get("fee") or "0", exponent)
        self.share = Fraction(band.get("fee_pct") or "0") / 100
        self.least = minor(band.get("fee_min") or "0", exponent)
        self.most = None if band.get("fee_max") is None else minor(band["fee_max"], exponent)
        self.rate = None if band.get("rate") is None else Fraction(band["rate"])

    def fee(self, principal):
        fee = max(self.fixed + half_up(principal * self.share), self.least)
        return fee if self.most is None else min(fee, self.most)


class Tariff:
    def __init__(self, offer):
        self.send = offer["send_exponent"]
        self.receive = offer["receive_exponent"]
        bands = offer["tariff"]
        self.bands = [Band(band, self.send, i == len(bands) - 1) for i, band in enumerate(bands)]
        self.receive_fee = minor(offer.get("receive_fee") or "0", self.receive)
        self.tax_share = Fraction(offer.get("tax_pct") or "0") / 100
        self.min = minor(offer.get("min") or "0", self.send)
        self.max = None if offer.get("max") is None else minor(offer["max"], self.send)
        reference = offer.get("reference_rate")
        self.reference = None if reference is None else Fraction(reference)

    def tax(self, principal):
        return half_up(principal * self.tax_share)

    def pays(self, band, principal):
        return principal + band.fee(principal) + self.tax(principal)

    def arrives(self, band, principal):
        """In the receiving currency's minor units; may be below zero when the receiving fee is large."""
        return principal * band.rate * 10**self.receive // 10**self.send - self.receive_fee

    def ranges(self):
        """The bands with the possible principals of each."""
        for band in self.bands:
            low = max(band.start, self.min, 1)
            high = min(end for end in (band.end, self.max, MONEY_MAX) if end is not None)
            if low <= high:
                yield band, low, high


def first_where(low, high, holds):
    """The first of low..high for which it holds, which it then does to the end; high + 1 when for none."""
    high += 1
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


# ---- The three bases -----------------------------------------------------------------------------------------------


def choose_principal(tariff, amount):
    ranges = list(tariff.ranges())
    if amount < ranges[0][1]:
        return "below_minimum", None
    if amount > ranges[-1][2]:
        return "above_maximum", None
    band = next(band for band, low, high in ranges if low <= amount <= high)
    return ("not_transparent", None) if band.rate is None else ("ok", (band, amount))


def choose_all_in(tariff, amount):
    ranges = list(tariff.ranges())
    if all(tariff.pays(band, low) > amount for band, low, _ in ranges):
        return "below_minimum", None
    if all(tariff.pays(band, high) < amount for band, _, high in ranges):
        return "above_maximum", None
    reached = [entry for entry in ranges if tariff.pays(entry[0], entry[1]) <= amount]
    if reached[-1][0].rate is None:
        return "not_transparent", None
    candidates = []
    for band, low, high in reached:
        if band.rate is None:
            continue
        largest = first_where(low, high, lambda a, b=band: tariff.pays(b, a) > amount) - 1
        most = tariff.arrives(band, largest)
        smallest = first_where(low, largest, lambda a, b=band, m=most: tariff.arrives(b, a) >= m)
        candidates.append((-most, tariff.pays(band, smallest), smallest, band))
    best = min(candidates, key=lambda candidate: candidate[:3])
    return "ok", (best[3], best[2])


def choose_receive(tariff, amount):
    ranges = list(tariff.ranges())
    known = [entry for entry in ranges if entry[0].rate is not None]
    if (
        ranges[0][0].rate is not None
        and ranges[0][1] > 1
        and all(tariff.arrives(band, low) > amount for band, low, _ in known)
    ):
        return "below_minimum", None
    candidates = []
    for i, (band, low, high) in enumerate(ranges):
        if band.rate is None or tariff.arrives(band, high) < amount:
            continue
        if i > 0 and ranges[i - 1][0].rate is None and tariff.arrives(band, low) > amount:
            continue
        smallest = first_where(low, high, lambda a, b=band: tariff.arrives(b, a) >= amount)
        candidates.append((tariff.pays(band, smallest), -tariff.arrives(band, smallest), smallest, band))
    if not candidates:
        return ("above_maximum" if len(known) == len(ranges) else "not_transparent"), None
    best = min(candidates, key=lambda candidate: candidate[:3])
    return "ok", (best[3], best[2])


CHOOSE = {"all_in": choose_all_in, "principal": choose_principal, "receive": choose_receive}


def cost(tariff, basis, amount):
    """The outcome and, when it is ok, the figures as the API writes them, with what ranking needs under "_"."""
    outcome, choice = CHOOSE[basis](tariff, amount)
    if outcome != "ok":
        return outcome, None
    if tariff.reference is None:
        return "no_reference_rate", None
    band, principal = choice
    fee, tax, pays = band.fee(principal), tariff.tax(principal), tariff.pays(band, principal)
    receives = tariff.arrives(band, principal)
    if receives <= 0:
        return "nothing_arrives", None
    middle, send, receive = tariff.reference, 10**tariff.send, 10**tariff.receive
    margin = (middle - band.rate) / middle
    total = Fraction(fee + tax, principal) + margin + Fraction(tariff.receive_fee * send, receive * principal) / middle
    lost = pays - Fraction(receives * send, receive) / middle
    if receives > MONEY_MAX or any(
        abs(value) * 10**8 >= 2**63 - 100 for value in (margin, total, lost / pays, lost / 10**8)
    ):
        return "out_of_range", None
    return "ok", {
        "principal": money(principal, tariff.send),
        "fee": money(fee, tariff.send),
        "tax": money(tax, tariff.send),
        "receive_fee": money(tariff.receive_fee, tariff.receive),
        "pays": money(pays, tariff.send),
        "receives": money(receives, tariff.receive),
        "rate": plain(band.rate),
        "margin_pct": percent(margin),
        "total_cost": money(half_up(lost), tariff.send),
        "total_cost_pct": percent(total),
        "cost_share_pct": percent(lost / pays),
        "_": {
            "all_in": (-receives,),
            "principal": (half_up(total * 1000000), half_up(lost)),
            "receive": (pays,),
        }[basis],
    }


# ---- Counting ------------------------------------------------------------------------------------------------------


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, problems):
        if not problems:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= 20:
            print(f"not ok: {what}")
            for problem in problems[:8]:
                print(f"    {problem}")


def differences(expected, got, where=""):
    """What differs in the fields that are reckoned here."""
    return [
        f"{where}{key}: expected {value}, got {got.get(key)}"
        for key, value in expected.items()
        if key != "_" and got.get(key) != value
    ]


# ---- Cases of its own ----------------------------------------------------------------------------------------------


def euros_to_francs(bands, **more):
    return {"send_exponent": 2, "receive_exponent": 0, "tariff": bands, "reference_rate": "655.957", **more}


FLAT = [{"from": "0", "to": None, "fee": "2.00", "rate": "645"}]
JUMP = [
    {"from": "0", "to": "100.00", "fee": "1.00", "rate": "645"},
    {"from": "100.00", "to": None, "fee": "5.00", "rate": "645"},
]
LATE = [{"from": "0", "to": "100.00", "fee": "1.00", "rate": "645"}, {"from": "100.00", "to": None, "fee": "1.00"}]

SELF_TEST = [
    # 198.00 + 2.00; 198 * 645 = 127,710; 2 / 198 = 1.0101 %, 10.957 / 655.957 = 1.67038 %.
    (FLAT, {}, "all_in", "200", "ok", {"principal": "198.00", "receives": "127710", "total_cost_pct": "2.6805"}),
    (FLAT, {}, "principal", "200", "ok", {"pays": "202.00", "receives": "129000", "margin_pct": "1.6704"}),
    # 130,000 / 645 = 201.5503…
    (FLAT, {}, "receive", "130000", "ok", {"principal": "201.56", "pays": "203.56", "receives": "130006"}),
    (FLAT, {"max": "100"}, "all_in", "102.00", "ok", {"principal": "100.00"}),
    (FLAT, {"max": "100"}, "all_in", "102.01", "above_maximum", None),
    (FLAT, {"min": "10"}, "all_in", "11.99", "below_minimum", None),
    (FLAT, {"min": "10"}, "receive", "6449", "below_minimum", None),
    (FLAT, {"min": "10"}, "receive", "6450", "ok", {"principal": "10.00"}),
    (FLAT, {"max": "100"}, "receive", "64501", "above_maximum", None),
    (FLAT, {"reference_rate": None}, "principal", "200", "no_reference_rate", None),
    (FLAT, {"receive_fee": "129000"}, "principal", "200", "nothing_arrives", None),
    # 102.00 falls between 99.99 + 1 and 100.00 + 5.
    (JUMP, {}, "all_in", "102", "ok", {"principal": "99.99", "pays": "100.99", "receives": "64493"}),
    (LATE, {}, "all_in", "100.99", "ok", {"principal": "99.99"}),
    (LATE, {}, "all_in", "101.00", "not_transparent", None),
    (LATE, {}, "receive", "64494", "not_transparent", None),
    # 655.957 / 645 turned round: a margin below zero. (645 - 655.957) / 645 = -1.69876 %.
    (
        [{"from": "0", "to": None, "rate": "655.957"}],
        {"reference_rate": "645"},
        "principal",
        "200",
        "ok",
        {"margin_pct": "-1.6988", "total_cost": "-3.40", "cost_share_pct": "-1.6984"},
    ),
]


def self_test(tally):
    for bands, more, basis, amount, outcome, figures in SELF_TEST:
        offer = euros_to_francs(bands, **more)
        units = minor(amount, 0 if basis == "receive" else 2)
        got, reckoned = cost(Tariff(offer), basis, units)
        problems = [] if got == outcome else [f"expected {outcome}, got {got}"]
        if not problems and figures:
            problems = differences(figures, reckoned)
        tally.check(f"self-test {basis} {amount} {more}", problems)
    tally.check(
        "rounding",
        [
            f"{value} to {half_up(value)}"
            for value, expected in ((HALF, 1), (-HALF, -1), (Fraction(49, 100), 0), (Fraction(-3, 2), -2))
            if half_up(value) != expected
        ],
    )


# ---- The table of C --------------------------------------------------------------------------------------------------


def check_table(tally, path):
    outcomes = {}
    with sys.stdin if path == "-" else open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("#"):
                continue
            offer = json.loads(line)
            tariff = Tariff(offer)
            problems = []
            for ask in offer["asks"]:
                exponent = tariff.receive if ask["basis"] == "receive" else tariff.send
                outcome, reckoned = cost(tariff, ask["basis"], minor(ask["amount"], exponent))
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
                where = f"{ask['basis']} {ask['amount']} "
                if outcome != ask["outcome"]:
                    problems.append(f"{where}expected {outcome}, got {ask['outcome']}")
                elif reckoned:
                    problems += differences(reckoned, ask["cost"], where)
            tally.check(f"{path}:{number}", problems)
    print("# table:", ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))


# ---- A server --------------------------------------------------------------------------------------------------------


class Server:
    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=30)

    def compare(self, **question):
        self.connection.request("GET", "/v1/compare?" + urllib.parse.urlencode(question))
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise ValueError(f"status {answer.status}: {body[:300]!r}")
        return json.loads(body)


def instant(text):
    return text and datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def judge(offer, ask, now):
    """What becomes of one offer: ("ok", figures) or (reason, None)."""
    begins, ends = instant(offer.get("valid_from")), instant(offer.get("valid_until"))
    if begins and begins > now:
        return "not_yet_valid", None
    if ends and ends <= now:
        return "expired", None
    if offer["send_currency"] != ask["currency"]:
        return "other_send_currency", None
    if offer["receive_currency"] != ask["receive_currency"]:
        return "other_receive_currency", None
    tariff = offer["_tariff"]
    exponent = tariff.receive if ask["basis"] == "receive" else tariff.send
    return cost(tariff, ask["basis"], minor(ask["amount"], exponent))


def name_of(operator, service):
    return f"{operator}/{service}"


def name_in(entry):
    return name_of(entry["operator"]["id"], entry["service"]["id"])


def check_answer(offers, question, answer):
    """The problems of one answer. `offers` are those of the corridor, by service: {"regular": …, "first_transfer": …}."""
    ask = answer["ask"]
    # An answer may be up to some seconds old; every offer near its end in the demonstration is days from it.
    now = instant(answer["generated_at"])
    asked = {key: question[key] for key in ("basis", "currency", "receive_currency") if key in question}
    problems = differences(asked, ask, "ask.")
    if Decimal(ask["amount"]) != Decimal(question["amount"]):
        problems.append(f"ask.amount: {ask['amount']}, asked for {question['amount']}")

    ranked, excluded = [], {}
    for service, prices in offers.items():
        regular, first = prices.get("regular"), prices.get("first_transfer")
        if regular is None:
            if judge(first, ask, now)[0] not in ("expired", "not_yet_valid"):
                excluded[service] = "first_transfer_only"
            continue
        outcome, figures = judge(regular, ask, now)
        if outcome != "ok":
            excluded[service] = outcome
            continue
        promotion = judge(first, ask, now)[1] if first else None
        key = figures["_"] + (SPEEDS.index(regular["speed"]), regular["operator_name"].encode(), regular["service"].encode())
        ranked.append((key, service, figures, promotion, regular))
    ranked.sort(key=lambda entry: entry[0])

    got = {name_in(offer): offer for offer in answer["offers"]}
    order = [name_in(offer) for offer in answer["offers"]]
    if order != [entry[1] for entry in ranked]:
        problems.append(f"order: expected {[entry[1] for entry in ranked]}, got {order}")
    if [offer["rank"] for offer in answer["offers"]] != list(range(1, len(order) + 1)):
        problems.append("ranks are not 1, 2, 3 …")
    for _, service, figures, promotion, regular in ranked:
        shown = got.get(service)
        if shown is None:
            continue
        problems += differences({"quote": f"q{regular['quote']}", **figures}, shown, f"{service} ")
        if (shown["first_transfer"] is None) != (promotion is None):
            problems.append(f"{service} first_transfer: {'missing' if promotion else 'unexpected'}")
        elif promotion:
            problems += differences(promotion, shown["first_transfer"], f"{service} first_transfer ")
    reasons = {name_in(entry): entry["reason"] for entry in answer["not_compared"]}
    for service in sorted(excluded.keys() | reasons.keys()):
        if excluded.get(service) != reasons.get(service):
            problems.append(f"{service} not compared: expected {excluded.get(service)}, got {reasons.get(service)}")
    if ranked and answer["reference_rate"]["rate"] != plain(ranked[0][4]["_tariff"].reference):
        problems.append(f"reference_rate: {answer['reference_rate']['rate']}")
    return problems


def edge_amounts(tariff, basis):
    """The smallest and largest amounts that a tariff answers, and one minor unit past each."""
    ranges = list(tariff.ranges())
    if basis == "principal":
        ends = [ranges[0][1], ranges[-1][2]]
    elif basis == "all_in":
        paid = [tariff.pays(band, end) for band, low, high in ranges for end in (low, high)]
        ends = [min(paid), max(paid)]
    else:
        arriving = [tariff.arrives(b, end) for b, low, high in ranges if b.rate is not None for end in (low, high)]
        if not arriving:
            return set()
        ends = [min(arriving), max(arriving)]
    amounts = {ends[0] - 1, ends[0], ends[1], ends[1] + 1}
    return {amount for amount in amounts if 0 < amount < MONEY_MAX}


def questions(offers):
    """What is asked of a corridor: the fixed amounts and every offer's limits, on each basis, in each pair of currencies."""
    every = [offer for prices in offers.values() for offer in prices.values()]
    exponents = {offer[f"{side}_currency"]: offer[f"{side}_exponent"] for offer in every for side in ("send", "receive")}
    yield {"amount": "200", "basis": "all_in"}  # currencies left to the server
    for send, receive in sorted({(offer["send_currency"], offer["receive_currency"]) for offer in every}):
        for basis in BASES:
            exponent = exponents[receive if basis == "receive" else send]
            amounts = {int(Fraction(text) * 10**exponent) for text in ("1", "137.42", "200", "500", "999999")}
            for offer in every:
                if (offer["send_currency"], offer["receive_currency"]) == (send, receive):
                    amounts |= edge_amounts(offer["_tariff"], basis)
            for amount in sorted(amounts):
                yield {
                    "amount": money(amount, exponent),
                    "basis": basis,
                    "currency": send,
                    "receive_currency": receive,
                }


def check_server(tally, path, url, how_many, seed):
    market = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            offer = json.loads(line)
            offer["_tariff"] = Tariff(offer)
            market.setdefault(offer["corridor"], {}).setdefault(name_of(offer["operator"], offer["service"]), {})[
                offer["price"]
            ] = offer
    corridors = sorted(market)
    if how_many is not None and how_many < len(corridors):
        corridors = sorted(random.Random(seed).sample(corridors, how_many))
    print(f"# server: {len(corridors)} of {len(market)} corridors, CORRIDOR_SEED={seed}")
    if not market:
        tally.check("the export", ["holds no offer"])
    server = Server(url)
    for corridor in corridors:
        sender, receiver = corridor.split("-")
        for question in questions(market[corridor]):
            question = {"from": sender, "to": receiver, **question}
            try:
                problems = check_answer(market[corridor], question, server.compare(**question))
            except (ValueError, KeyError, TypeError) as error:
                problems = [f"{type(error).__name__}: {error}"]
            tally.check(urllib.parse.urlencode(question), problems)


def main():
    parser = argparse.ArgumentParser(description="Reckons costs again, apart from the C code, and compares.")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--table", metavar="FILE")
    parser.add_argument("--export", metavar="FILE")
    parser.add_argument("--url", metavar="URL")
    parser.add_argument("--all", action="store_true", help="ask about every corridor")
    parser.add_argument("--corridors", type=int, default=8, metavar="N", help="size of the sample (8)")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("CORRIDOR_SEED", "20300101"), 0), metavar="S")
    options = parser.parse_args()
    if bool(options.export) != bool(options.url):
        parser.error("--export and --url go together")
    if not (options.self_test or options.table or options.export):
        parser.error("nothing to do")
    tally = Tally()
    if options.self_test:
        self_test(tally)
    if options.table:
        check_table(tally, options.table)
    if options.export:
        check_server(tally, options.export, options.url, None if options.all else options.corridors, options.seed)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return tally.failed != 0


if __name__ == "__main__":
    sys.exit(main())
