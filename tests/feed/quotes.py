"""Quotes for the tests of the feed: one good quote, and the cases of malformed.json made from it."""
import copy
import datetime
import json
import pathlib

here = pathlib.Path(__file__).parent

GOOD = {
    "ref": "fr-sn-cash-1",
    "corridor": "FR-SN",
    "send_currency": "EUR",
    "receive_currency": "XOF",
    "pay_in": ["debit_card"],
    "access_point": ["online"],
    "pay_out": ["cash"],
    "speed": "same_day",
    "coverage": "high",
    "pickup_points": 412,
    "price": "regular",
    "tariff": [
        {"from": "0", "to": "400", "fee": "1.99", "fee_pct": "0.5", "fee_min": "0", "fee_max": None, "rate": "651.20"},
        {"from": "400", "to": "2000", "fee": "0", "fee_pct": "1.2", "rate": "652.80"},
    ],
    "receive_fee": "0",
    "tax_pct": "0",
    "min": "1",
    "max": "2000",
}


def instant(seconds):
    """An instant in seconds since 1970 as the feed takes it."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def at(value, now):
    """A value of a case: "@3600" is an hour from now."""
    if isinstance(value, str) and value.startswith("@") and value[1:].lstrip("-").isdigit():
        return instant(now + int(value[1:]))
    return value


def place(quote, pointer):
    """The object or list a JSON Pointer ends in, and its last step."""
    *steps, last = pointer.split("/")[1:]
    for step in steps:
        quote = quote[int(step) if isinstance(quote, list) else step]
    return quote, int(last) if isinstance(quote, list) else last


def changed(case, now, good=None):
    """The good quote as a case changes it."""
    quote = copy.deepcopy(good or GOOD)
    for pointer, value in case.get("set", {}).items():
        holder, last = place(quote, pointer)
        holder[last] = at(value, now)
    for pointer in case.get("drop", []):
        holder, last = place(quote, pointer)
        del holder[last]
    return quote


def raw_bytes(case):
    """The bytes of a case that is no good quote changed, or None."""
    good = json.dumps(GOOD)
    made = {
        "@half": good[: len(good) // 2],
        "@twice": good.replace('"fee": "1.99",', '"fee": "1.99", "fee": "2.99",'),
        "@deep": "[" * 10000,
        "@long": good[:-1] + " " * 17 * 1024 + "}",
    }
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    if "raw" in case:
        return made.get(case["raw"], case["raw"]).encode()
    return None


def case_bytes(case, now):
    """What is sent for a case."""
    raw = raw_bytes(case)
    return raw if raw is not None else json.dumps(changed(case, now), ensure_ascii=False).encode()


def malformed():
    """The table."""
    return json.loads((here / "malformed.json").read_text())
