"""openapi.json against the server: every address in both, every example answered as it says."""
import json
import re
import subprocess

from harness import PROGRAM, ROOT

OUTSIDE = re.compile(r"/(\{lang\}.*|embed/.*|assets/.*|sitemap.*|robots\.txt|sw\.js|\.well-known/.*)?$")


# Files and short messages, which have no parameters to be wrong about.
LENIENT = {"/v1/text", "/v1/refusals", "/v1/schemas/quote.json"}


def described():
    return json.loads((ROOT / "server/web/openapi.json").read_text())


def fits(value, schema, document, where="$"):
    """The part of JSON Schema that the description uses."""
    if "$ref" in schema:
        target = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return fits(value, target, document, where)
    for part in schema.get("allOf", ()):
        fits(value, part, document, where)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    is_a = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    right = [isinstance(value, int) and not isinstance(value, bool) if kind == "integer" else
             isinstance(value, (int, float)) and not isinstance(value, bool) if kind == "number" else
             isinstance(value, is_a[kind]) for kind in kinds]
    assert not kinds or any(right), (where, kinds, value)
    assert value in schema.get("enum", [value]) and value == schema.get("const", value), (where, value)
    if isinstance(value, str):
        assert re.search(schema.get("pattern", ""), value) and len(value) <= schema.get("maxLength", len(value)), (where, value)
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= set(value), (where, set(schema["required"]) - set(value))
        for name, part in schema.get("properties", {}).items():
            if name in value:
                fits(value[name], part, document, f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            fits(item, schema["items"], document, f"{where}[{number}]")


def test_every_address_is_described_and_no_other(place):
    listed = subprocess.run([PROGRAM, "--routes"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]
    served = {(line.split()[0].lower(), line.split()[1]) for line in listed if not OUTSIDE.match(line.split()[1])}
    told = {(method, path) for path, methods in described()["paths"].items() for method in methods}
    assert served == told, (served - told, told - served)
    assert place.get("/openapi.json").json == described()


def written(example):
    """An example as it stands in an address: numbers and truths are JSON's own there."""
    return str(example).lower() if isinstance(example, bool) else str(example).replace(" ", "+")


def test_every_example_is_answered_as_described(place):
    document = described()
    for path, methods in document["paths"].items():
        operation = methods["get"]
        target, query = path, []
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                target = target.replace("{" + parameter["name"] + "}", str(parameter["example"]))
            elif "example" in parameter:
                query.append(f"{parameter['name']}={written(parameter['example'])}")
            assert parameter["description"], (path, parameter["name"])
        answer = place.get(target + ("?" + "&".join(query) if query else ""))
        assert answer.status == 200, (target, query, answer.status, answer.body[:200])
        kind = answer.headers["content-type"].split(";")[0]
        assert kind in operation["responses"]["200"]["content"], (target, kind)
        schema = operation["responses"]["200"]["content"][kind]["schema"]
        fits(answer.json if kind.endswith("json") else answer.body.decode(), schema, document)
        if "400" in operation["responses"] and path.startswith("/v1/") and path not in LENIENT:
            refused = place.get(f"{target}?no_such_parameter=1")
            assert refused.status == 400, (target, refused.status)
            taken = set(refused.json["allowed"].split(", ")) - {"none"}
            told = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
            assert taken == told, (target, taken, told)
            fits(refused.json, document["components"]["schemas"]["Problem"], document)


def test_the_map_of_the_site_leads_to_pages(place):
    index = place.get("/sitemap.xml").body.decode()
    maps = re.findall(r"<loc>https?://[^/]+(/[^<]+)</loc>", index)
    assert len(maps) == 8
    for target in maps:
        pages = re.findall(r"<loc>https?://[^/]+(/[^<]+)</loc>", place.get(target).body.decode())
        assert len(pages) > 100
        for page in pages[:25] + pages[25::40]:
            assert place.get(page).status == 200, page
    assert "Sitemap: http" in place.get("/robots.txt").body.decode()
    assert place.get("/xx/sitemap.xml").status == 404
    manifest = place.get("/ar/manifest.webmanifest").json
    assert manifest["dir"] == "rtl" and place.get(manifest["icons"][0]["src"]).status == 200
