#!/usr/bin/env python3
"""What a quote must be: the table of malformed ones and one of good ones, each judged by the reader (build/asan) and by the
published JSON Schema; then quotes changed at random, on which the two must not contradict each other. What the schema
refuses the reader refuses, and what the reader takes the schema takes; rules between fields are the reader's alone."""
import copy
import json
import os
import pathlib
import random
import subprocess
import sys

import quotes

root = pathlib.Path(__file__).parent.parent.parent
try:
    import jsonschema
except ImportError:
    jsonschema = None

NOW = 1780000000  # 2026-05-28
HOUR, DAY = 3600, 86400
counts = {"passed": 0, "failed": 0, "skipped": 0}

# what, change of the good quote, what becomes of it
GOOD = [
    ("as it is", {}, {"corridor": "FR-SN", "valid_from": NOW, "valid_until": NOW + 2 * DAY, "min": "1.00", "max": "2000.00"}),
    ("alpha-3 with a dash", {"set": {"/corridor": "FRA-SEN"}}, {"corridor": "FR-SN"}),
    ("alpha-3", {"set": {"/corridor": "FRASEN"}}, {"corridor": "FR-SN"}),
    ("the longest ref", {"set": {"/ref": "Z" * 100}}, {"ref": "Z" * 100}),
    ("every character of a ref", {"set": {"/ref": "0aZ._~:-"}}, {"ref": "0aZ._~:-"}),
    ("only what is needed",
     {"drop": ["/coverage", "/pickup_points", "/price", "/receive_fee", "/tax_pct", "/min", "/max", "/tariff/0/fee",
               "/tariff/0/fee_pct", "/tariff/0/fee_min", "/tariff/0/fee_max"]},
     {"coverage": "unknown", "pickup_points": -1, "first_transfer": False, "receive_fee": "0", "min": "0.00",
      "max": "2000.00"}),
    ("nulls where they may be",
     {"set": {"/pickup_points": None, "/max": None, "/valid_from": None, "/valid_until": None, "/tariff/0/rate": None}},
     {"pickup_points": -1, "max": "2000.00", "valid_until": NOW + 2 * DAY}),
    ("an open end", {"set": {"/tariff/1/to": None}, "drop": ["/max"]}, {"max": None}),
    ("a limit under an open end", {"set": {"/tariff/1/to": None}}, {"max": "2000.00"}),
    ("a promotion", {"set": {"/price": "first_transfer"}}, {"first_transfer": True}),
    ("two ways to pay", {"set": {"/pay_in": ["cash", "bank_account"]}}, {"pay_in": "{cash,bank_account}"}),
    ("in the other order", {"set": {"/pay_in": ["bank_account", "cash"]}}, {"pay_in": "{cash,bank_account}"}),
    ("dollars to Senegal", {"set": {"/receive_currency": "USD", "/tariff/0/rate": "1.12", "/tariff/1/rate": "1.12"}}, {}),
    ("decimals that are zero", {"set": {"/tariff/0/fee": "1.99000", "/receive_fee": "100.00"}}, {"receive_fee": "100"}),
    ("no fee", {"set": {"/tariff/0/fee": "0", "/tariff/0/fee_pct": "0"}}, {}),
    ("a fee of all of the smallest amount", {"set": {"/min": "0.01"}}, {"min": "0.01"}),
    ("twelve decimals of a rate", {"set": {"/tariff/0/rate": "651.200000000001"}}, {}),
    ("a time with an offset", {"set": {"/valid_until": "2026-05-29T02:00:00+02:00"}}, {"valid_until": 1780012800}),
    ("a time with nanoseconds", {"set": {"/valid_until": "2026-05-29T00:00:00.000000999Z"}}, {"valid_until": 1780012800}),
    ("just 30 days", {"set": {"/valid_until": "@%d" % (30 * DAY)}}, {"valid_until": NOW + 30 * DAY}),
    ("30 days from in 30 days", {"set": {"/valid_from": "@%d" % (30 * DAY), "/valid_until": "@%d" % (60 * DAY)}}, {}),
    ("since last year", {"set": {"/valid_from": "2025-01-01T00:00:00Z", "/valid_until": "@%d" % HOUR}},
     {"valid_until": NOW + HOUR}),
    ("from tomorrow", {"set": {"/valid_from": "@%d" % DAY}}, {"valid_from": NOW + DAY, "valid_until": NOW + 3 * DAY}),
    ("32 bands", {"set": {"/tariff": [{"from": str(i * 10), "to": str(i * 10 + 10), "fee": "1", "rate": "650"}
                                      for i in range(32)], "/max": "320"}}, {"bands": 32}),
    ("escapes", {"set": {}}, {}),
]


def check(what, good, said=""):
    counts["passed" if good else "failed"] += 1
    if not good:
        print(f"{what}: {said}")


class Reader:
    """build/asan's reader, a frame and a line at a time."""

    def __init__(self):
        program = root / "build/asan/tests/feed/read_quotes"
        self.process = subprocess.Popen([program, str(NOW * 1000000)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, body):
        self.process.stdin.write(b"%d\n%s" % (len(body), body))
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


def schema_takes(validator, quote):
    return validator.is_valid(quote)


def table(reader, validator):
    for case in quotes.malformed():
        said = reader.read(quotes.case_bytes(case, NOW))
        check(case["what"], said["code"] == case["code"] and said["field"] == case["field"] and said["reason"] != "",
              f"wanted {case['code']} at {case['field']!r}, got {said}")
        if validator and quotes.raw_bytes(case) is None:
            takes = schema_takes(validator, quotes.changed(case, NOW))
            check(f"{case['what']}, schema", takes == case.get("schema", False), f"schema {'takes' if takes else 'refuses'} it")


def good(reader, validator):
    for what, change, wanted in GOOD:
        body = json.dumps(quotes.changed(change, NOW))
        if what == "escapes":
            body = body.replace('"FR-SN"', '"\\u0046R-SN"').replace(", ", " \t\r\n, ")
        said = reader.read(body.encode())
        wanted = {name: quotes.instant(value) if name.startswith("valid_") else value for name, value in wanted.items()}
        got = {name: said.get(name) for name in wanted}
        check(what, said["code"] == "" and got == wanted, f"wanted {wanted}, got {said}")
        if validator:
            check(f"{what}, schema", schema_takes(validator, quotes.changed(change, NOW)), "schema refuses it")


def codes(reader, schema):
    """The codes that the schema lists are those the reader tells when a word is none of them."""
    for name, rule in schema["properties"].items():
        listed = rule.get("enum") or rule.get("items", {}).get("enum")
        if listed:
            wrong = ["no such word"] if "items" in rule else "no such word"
            said = reader.read(json.dumps(quotes.GOOD | {name: wrong}).encode())
            told = said["reason"].partition(" is none of ")[2].split(", ")
            check(f"codes of {name}", told == listed, f"the schema lists {listed}, the reader {said['reason']}")


VALUES = ["", "0", "1", "-1", "1.5", "1e3", "01", "0.00", "100", "1000000", "EUR", "XOF", "USD", "cash", "online", "FR-SN",
          "regular", "high", "@3600", "2026-05-29T00:00:00Z", None, True, 0, 1, 1.5, -1, [], {}, ["cash"], ["cash", "cash"],
          [{}], [{"from": "0", "to": None}], "x" * 101, "é", "\n"]


def random_quote(chance, properties):
    """A good quote with one to three members changed, added or dropped."""
    quote = copy.deepcopy(quotes.GOOD)
    for _ in range(chance.randint(1, 3)):
        holder = chance.choice([quote] + [b for b in quote.get("tariff") or [] if isinstance(b, dict)]
                               if isinstance(quote.get("tariff"), list) else [quote])
        name = chance.choice(list(properties) + list(properties["tariff"]) + ["other"])
        if chance.random() < 0.15:
            holder.pop(name, None)
        else:
            holder[name] = quotes.at(copy.deepcopy(chance.choice(VALUES)), NOW)
    return quote


def contradictions(reader, validator, schema):
    seed = int(os.environ.get("CORRIDOR_SEED") or 20260528)
    chance = random.Random(seed)
    properties = {name: 0 for name in schema["properties"]} | {"tariff": schema["$defs"]["band"]["properties"]}
    print(f"# quotes changed at random: CORRIDOR_SEED={seed}")
    taken = refused = 0
    for _ in range(3000):
        quote = random_quote(chance, properties)
        said = reader.read(json.dumps(quote).encode())
        takes = schema_takes(validator, quote)
        if said["code"] == "":
            taken += 1
        elif not takes:
            refused += 1
        if said["code"] == "" and not takes:
            check("random", False, f"the reader takes what the schema refuses: {json.dumps(quote)}")
    check("some taken, some refused by both", taken > 100 and refused > 1000, f"{taken} taken, {refused} refused")


def main():
    subprocess.run([root / "tests/build.sh", "build/asan/tests/feed/read_quotes"], check=True, cwd=root)
    schema = json.loads((root / "core/quote.schema.json").read_text())
    validator = None
    if jsonschema:
        jsonschema.Draft202012Validator.check_schema(schema)
        # Python's $ also matches before a line end; JSON Schema's does not.
        text = json.dumps(schema).replace('$"', '\\\\Z"').replace('"^[0-9]+(\\\\.[0-9]+)?$', '"^[0-9]+(\\\\.[0-9]+)?\\\\Z')
        validator = jsonschema.Draft202012Validator(json.loads(text))
    else:
        print("skipped: python3-jsonschema is not here")
        counts["skipped"] += 1
    reader = Reader()
    table(reader, validator)
    good(reader, validator)
    codes(reader, schema)
    if validator:
        contradictions(reader, validator, schema)
    status = reader.close()
    check("the reader ends well", status == 0, f"status {status}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return counts["failed"] != 0


if __name__ == "__main__":
    sys.exit(main())
