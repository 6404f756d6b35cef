"""What the tool and the database say of identities, without a feed: the cases that identity.py runs too."""
import json
import subprocess

import sender

FIRM = {"name": "Firm", "legal-name": "Firm SA", "type": "mto", "country": "SN", "licence": "1", "register": "BCEAO",
        "website": "https://firm.example", "contact": "Awa <awa@firm.example>"}


def words(told):
    return [word for option, value in told.items() for word in (f"--{option}", value)]


# what is changed in a good registration, its status, what the complaint names
REGISTRATIONS = [
    ({"type": "mtx"}, 2, ["--type", "'mtx'", "post_office"]),
    ({"country": "XQ"}, 2, ["--country", "'XQ'"]),
    ({"website": "firm.example"}, 2, ["--website", "'firm.example'", "https://"]),
    ({"website": "https://a b"}, 2, ["--website"]),
    ({"legal-name": ""}, 2, ["--legal-name", "is empty"]),
    ({"name": "x" * 201}, 2, ["--name", "too long", "200"]),
    ({"contact": "a\nb"}, 2, ["--contact", "control character"]),
    ({"name": b"\xff".decode(errors="surrogateescape")}, 2, ["--name", "UTF-8"]),
    ({"colour": "red"}, 2, ["--colour"]),
]


def registrations(place):
    for change, status, named in REGISTRATIONS:
        said = place.tool("operator", "add", "firm", *words({**FIRM, **change}), status=status)
        assert all(word in said for word in named), f"{change}: {said}"
    for option in FIRM:
        said = place.tool("operator", "add", "firm", *words({k: v for k, v in FIRM.items() if k != option}), status=2)
        assert f"--{option}" in said and "missing" in said, said
    for id in ("Firm", "firm-", "fi_rm", "f" * 81):
        assert "ID" in place.tool("operator", "add", id, *words(FIRM), status=2), id
    assert "firm" not in place.tool("operator", "list")
    place.tool("operator", "add", "firm", *words(FIRM))
    assert "is taken" in place.tool("operator", "add", "firm", *words(FIRM), status=1)
    shown = json.loads(place.tool("operator", "show", "firm", "--json"))
    assert shown["operator"]["contact"] == FIRM["contact"] and shown["operator"]["country"] == "SN", shown
    assert [event["event"] for event in shown["events"]] == ["registered"]


def known_by_a_survey(place):
    """A firm that a survey found is completed, not doubled; an invented one is nobody to register."""
    place.sql("INSERT INTO corridor.operator (id, name, type, origin) VALUES ('found', 'Found', 'bank', 'survey'), "
              "('invented', 'Invented', 'bank', 'demonstration')")
    assert "survey" in place.tool("operator", "add", "found", *words(FIRM))
    assert place.sql("SELECT name, legal_name, origin FROM corridor.operator WHERE id = 'found'").strip() == \
        "Firm|Firm SA|survey"
    assert "demonstration" in place.tool("operator", "add", "invented", *words(FIRM), status=1)


def changes(place):
    """What is told stays what it was but for what is changed; the past is kept, and servers are told of a new name."""
    place.sql("INSERT INTO corridor.service (operator, ref, corridor) VALUES ('firm', 'a', 'FR-SN'), ('firm', 'b', 'FR-ML')")
    log = "SELECT string_agg(corridor, ' ' ORDER BY corridor) FROM corridor.change_log WHERE corridor IN ('FR-SN', 'FR-ML')"
    before = place.sql(log)
    said = place.tool("operator", "change", "firm", "--website", "https://new.example", "--contact", "Ben", "--reason", "moved")
    assert "https://firm.example" in said and place.sql(log) == before, said
    place.tool("operator", "change", "firm", "--name", "Firme", "--country", "MLI", "--reason", "renamed")
    assert place.sql(log).split().count("FR-ML") == before.split().count("FR-ML") + 1
    shown = json.loads(place.tool("operator", "show", "firm", "--json"))["operator"]
    assert {k: shown[k] for k in ("name", "country", "website", "contact", "legal_name")} == {
        "name": "Firme", "country": "ML", "website": "https://new.example", "contact": "Ben", "legal_name": "Firm SA"}, shown
    kept = place.sql("SELECT was ->> 'name', was ->> 'country', was ? 'type', reason FROM corridor.operator_change ORDER BY id")
    assert kept.splitlines() == ["||f|moved", "Firm|SN|f|renamed"], kept
    for told, status, said in ((["--reason", "x"], 2, "nothing to change"), (["--name", "Y"], 2, "--reason"),
                               (["--type", "mtx", "--reason", "x"], 2, "--type"),
                               (["--country", "XQ", "--reason", "x"], 2, "--country")):
        assert said in place.tool("operator", "change", "firm", *told, status=status), told
    assert "no registered" in place.tool("operator", "change", "invented", "--name", "Y", "--reason", "x", status=1)


def switches(place):
    for command, status, said in (("disable", 0, "is disabled"), ("disable", 1, "already"), ("enable", 0, "is enabled"),
                                  ("enable", 1, "already")):
        assert said in place.tool("operator", command, "firm", "--reason", "a test", status=status)
    assert "--reason" in place.tool("operator", "disable", "firm", status=2)
    assert "no registered operator" in place.tool("operator", "disable", "invented", "--reason", "x", status=1)
    events = json.loads(place.tool("operator", "show", "firm", "--json"))["events"]
    assert [(e["event"], e["why"]) for e in events] == [("registered", None), ("changed", "moved"), ("changed", "renamed"),
                                                     ("disabled", "a test"), ("enabled", "a test")]
    assert all(e["who"] and e["login"] and e["when"] for e in events)
    for change in ("UPDATE corridor.operator_event SET reason = 'other'", "DELETE FROM corridor.operator_event",
                   "DELETE FROM corridor.operator_change",
                   "DELETE FROM corridor.feed_key", "UPDATE corridor.feed_key SET revoked_at = NULL WHERE revoked_at IS NOT NULL",
                   "UPDATE corridor.feed_key SET operator = 'firm'"):
        assert "only added to" in fails(place, change), change


def fails(place, statement):
    """What the database says of a statement that must fail."""
    try:
        place.sql(statement)
    except AssertionError as wrong:
        return str(wrong)
    raise AssertionError(f"it worked: {statement}")


def keys(place):
    issued = sender.issue_ed25519(place.tool, "firm", place.folder)
    public = subprocess.run(["openssl", "pkey", "-in", issued.pem, "-pubout"], check=True,
                                   stdout=subprocess.PIPE).stdout
    private = open(issued.pem, "rb").read()
    rsa = subprocess.run("openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:1024 2>/dev/null | openssl pkey "
                                "-pubout", shell=True, check=True, stdout=subprocess.PIPE).stdout
    for stdin, said in ((public, "registered already"), (private, "Never send the private"), (rsa, "no public Ed25519"),
                        (b"", "no public Ed25519"), (b"\0" * 100000, "no public Ed25519")):
        assert said in place.tool("key", "issue", "firm", "--ed25519", "-", stdin=stdin, status=1), said
    assert "cannot be opened" in place.tool("key", "issue", "firm", "--ed25519", "/nowhere.pem", status=1)
    assert "one of" in place.tool("key", "issue", "firm", status=2)
    assert "one of" in place.tool("key", "issue", "firm", "--hmac", "--ed25519", "-", status=2)
    assert "no registered operator nobody" in place.tool("key", "issue", "nobody", "--hmac", status=1)
    assert "no registered operator invented" in place.tool("key", "issue", "invented", "--hmac", status=1)
    place.tool("key", "revoke", "firm", issued.keyid, "--reason", "lost")
    assert "no valid key" in place.tool("key", "revoke", "firm", issued.keyid, "--reason", "lost", status=1)
    assert "registered already" in place.tool("key", "issue", "firm", "--ed25519", "-", stdin=public, status=1)
    listed = json.loads(place.tool("key", "list", "firm", "--json"))
    assert [(k["key"], k["state"], k["reason"]) for k in listed] == [(issued.keyid, "revoked", "lost")], listed


def third_key_at_once(place):
    """The two are held by an index: of many who add at once, two come through."""
    values = ", ".join(f"('rush-{n}', 'firm', {n % 2 + 1}, 'ed25519', decode(md5('{n}') || md5('b{n}'), 'hex'), 'test')"
                       for n in range(3))
    columns = "(id, operator, slot, algorithm, public_key, person)"
    assert "duplicate key" in fails(place, f"INSERT INTO corridor.feed_key {columns} VALUES {values}")
    for slot in (0, 3):
        assert "check constraint" in fails(place, f"INSERT INTO corridor.feed_key {columns} VALUES ('x', 'firm', {slot}, "
                                                  "'ed25519', decode(md5('x') || md5('y'), 'hex'), 'test')")


def moderators(place):
    place.tool("moderator", "add", "anna", "--name", "Anna")
    place.tool("moderator", "add", "ben", "--name", "Ben", "--operator", "firm")
    assert "taken" in place.tool("moderator", "add", "anna", "--name", "Anna", status=1)
    place.tool("researcher", "add", "kofi", "--name", "Kofi")
    taken = place.tool("researcher", "add", "kofi", "--name", "Kofi", status=1)
    assert "is taken" in taken and "moderator" not in taken, taken
    assert "no such operator" in place.tool("moderator", "add", "cara", "--name", "Cara", "--operator", "none", status=1)
    assert "no database login" in place.tool("moderator", "add", "cara", "--name", "Cara", "--login", "none", status=1)
    assert "not one person's" in place.tool("moderator", "add", "cara", "--name", "Cara", "--login", "corridor_ingest",
                                            status=1)
    as_anna = "SET search_path = corridor; SET ROLE corridor_moderator_anna;"
    assert place.sql(as_anna + "SELECT acting_moderator(), moderator_may_decide(acting_moderator(), 'firm')").strip() == \
        "anna|t"
    assert place.sql("SELECT corridor.moderator_may_decide('ben', 'firm'), corridor.moderator_may_decide('ben', 'acme')"
                     ).strip() == "f|t"  # his own firm's never
    # Who issued an operator's key might hold it.
    place.sql("SET ROLE corridor_moderator_anna; RESET ROLE; INSERT INTO corridor.feed_key (id, operator, slot, algorithm, "
              "public_key, person, login) VALUES ('anna-1', 'firm', 1, 'ed25519', decode(md5('p') || md5('q'), 'hex'), 'a', "
              "'corridor_moderator_anna')")
    assert place.sql("SELECT corridor.moderator_may_decide('anna', 'firm')").strip() == "f"
    assert "is no moderator" in fails(place, "SELECT corridor.acting_moderator()")
    assert "permission denied" in fails(place, as_anna + "UPDATE moderator SET operator = NULL")
    assert "permission denied" in fails(place, as_anna + "SELECT sealed_secret FROM feed_key")
    # A login that was there is used, and nobody but who had it may take it.
    place.sql("CREATE ROLE cara_login LOGIN INHERIT")
    assert "cara_login" in place.tool("moderator", "add", "cara", "--name", "Cara", "--login", "cara_login")
    assert "login is another" in place.tool("moderator", "add", "dora", "--name", "Dora", "--login", "cara_login", status=1)
    assert place.sql("SELECT pg_has_role('cara_login', 'corridor_moderator', 'USAGE'), pg_has_role('corridor_owner', "
                     "'cara_login', 'MEMBER')").strip() == "t|f"
    place.tool("moderator", "disable", "anna", "--reason", "left")
    assert "is no moderator" in fails(place, as_anna + "SELECT acting_moderator()")
    listed = json.loads(place.tool("moderator", "list", "--json"))
    assert [(m["moderator"], m["state"]) for m in listed] == [("anna", "disabled"), ("ben", "enabled"),
                                                              ("cara", "enabled")], listed


def nonces(place):
    """The states a nonce may come back with, within one statement and after another."""
    now = "extract(epoch FROM now())::bigint"
    key = place.sql("SELECT id FROM corridor.valid_feed_key WHERE operator = 'acme' ORDER BY 1 LIMIT 1").strip()
    asked = (f"SELECT string_agg(state, ' ' ORDER BY item) FROM corridor.feed_take_nonces(ARRAY['{key}','{key}','{key}','none',"
             f"'{key}','{key}'], ARRAY['n1','n2','n1','n1','n3','n4'], ARRAY[{now},{now},{now},{now},{now}-3700,{now}+3700])")
    assert place.sql(asked).strip() == "fresh fresh used invalid stale stale"
    assert place.sql(asked).strip() == "used used used invalid stale stale"
    assert place.sql("BEGIN;" + asked.replace("'n1'", "'n5'") + "; ROLLBACK").strip().startswith("fresh")
    assert place.sql("BEGIN;" + asked.replace("'n1'", "'n5'") + "; COMMIT").strip().startswith("fresh")  # undone, so free
    first, second = place.session(), place.session()
    try:
        take = f"SELECT state FROM corridor.feed_take_nonces(ARRAY['{key}'], ARRAY['race'], ARRAY[{now}]);"
        first.do("BEGIN;")
        assert first.do(take) == ["fresh"]
        second.process.stdin.write(take + "\n\\echo done\n")  # waits for the first
        second.process.stdin.flush()
        first.do("COMMIT;")
        assert [second.process.stdout.readline().strip() for _ in range(2)] == ["used", "done"]
    finally:
        first.close()
        second.close()


CASES = [registrations, known_by_a_survey, changes, switches, keys, third_key_at_once, moderators, nonces]
