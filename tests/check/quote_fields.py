#!/usr/bin/env python3
"""The table of a quote's fields in README.md is made from the published schema, core/quote.schema.json, and this check fails
when the two differ: tests/check/quote_fields.py [--write]."""
import json
import pathlib
import sys

root = pathlib.Path(__file__).parent.parent.parent
BEGIN = "<!-- The fields of core/quote.schema.json; tests/check/quote_fields.py --write makes this table. -->\n"
END = "<!-- End of the fields. -->\n"


def values(rule, schema):
    """What may stand in a field, in a few words."""
    listed = rule.get("enum") or rule.get("items", {}).get("enum")
    if listed:
        return ("some of " if "items" in rule else "") + ", ".join(f"`{word}`" for word in listed)
    if rule.get("items"):
        return "1 to %d bands, below" % rule["maxItems"]
    named = rule.get("$ref", "").rpartition("/")[2]
    words = {"currency": "three capitals", "decimal": "decimal text", "decimal_or_null": "decimal text, null",
             "instant_or_null": "RFC 3339 time, null"}
    if named:
        return words[named]
    kinds = {"string": "text", "integer": "whole number", "null": "null"}
    kind = rule["type"]
    return ", ".join(kinds[k] for k in (kind if isinstance(kind, list) else [kind]))


def lines(rules, required, schema, before=""):
    for name, rule in rules.items():
        needed = "yes" if name in required else "no"
        example = ", ".join(f"`{json.dumps(example)}`" for example in rule.get("examples", []))
        yield f"| `{before}{name}` | {needed} | {values(rule, schema)} | {rule['description']} | {example} |\n"


def table():
    schema = json.loads((root / "core/quote.schema.json").read_text())
    band = schema["$defs"]["band"]
    yield "| field | needed | value | meaning | example |\n|---|---|---|---|---|\n"
    yield from lines(schema["properties"], schema["required"], schema)
    yield from lines(band["properties"], band["required"], schema, "tariff[].")


def main():
    readme = root / "README.md"
    text = readme.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    wanted = before + begin + "\n" + "".join(table()) + "\n" + end + after
    if not begin or not end:
        print("README.md has no place for the table of a quote's fields")
    elif "--write" in sys.argv[1:]:
        readme.write_text(wanted)
    elif wanted != text:
        print("README.md: the table of a quote's fields is not that of core/quote.schema.json; run "
              "tests/check/quote_fields.py --write")
    good = begin and end and (wanted == text or "--write" in sys.argv[1:])
    print("1 passed, 0 failed" if good else "0 passed, 1 failed")
    return not good


if __name__ == "__main__":
    sys.exit(main())
