#!/usr/bin/env python3
"""Quarantine: what moderators may decide on held quotes, by the tool and past it, and what becomes of the quotes. On the
migrated cluster that CORRIDOR_VAR names. The held quotes are written here as the feed writes them; tests/feed/feed.py has
the feed itself hold some."""
import json
import os
import pathlib
import subprocess
import sys

root = pathlib.Path(__file__).parent.parent.parent
counts = {"passed": 0, "failed": 0}

TARIFF = json.dumps([{"from": "0", "to": "2000", "fee": "1.99", "rate": "651.2"}])


def check(what, good, said=""):
    counts["passed" if good else "failed"] += 1
    if not good:
        print(f"{what}: {said}")


def tool(*arguments, moderator=None):
    """The tool's exit status, what it printed, and what it complained of."""
    environment = dict(os.environ)
    environment.pop("CORRIDOR_MODERATOR", None)
    if moderator:
        environment["CORRIDOR_MODERATOR"] = moderator
    done = subprocess.run([root / "build/corridor", *map(str, arguments)], env=environment, text=True, capture_output=True,
                          timeout=60)
    return done.returncode, done.stdout, done.stderr


def sql(text, role=None):
    """What psql prints, or its complaint."""
    begin = f"SET ROLE {role};" if role else ""
    done = subprocess.run([root / "deploy/dev/cluster.sh", "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-"], text=True,
                          input=begin + "SET search_path = corridor;" + text, capture_output=True, timeout=60)
    return done.stdout.strip() if done.returncode == 0 else "refused: " + done.stderr.strip()


def done(what, result):
    check(what, result[0] == 0, result)
    return result[1]


def refused(what, result, word, status=1):
    check(what, result[0] == status and word in result[2], f"wanted {word!r}, got {result}")


def decide(what, quote, state, decision="release", moderator="anna"):
    said = done(what, tool("quarantine", decision, quote, "--reason", "asked them", "--json", moderator=moderator))
    check(f"{what}, {state}", said and json.loads(said) == {"quote": str(quote), "state": state}, said)


def state(quote):
    return sql(f"SELECT state FROM quarantine WHERE id = {quote}")


def hold(service, far=False, until="2 days", price="regular"):
    """A held quote, as the feed leaves it; its number."""
    return sql(f"""
        INSERT INTO quarantined_quote (recorded_at, service, corridor, submission, price, send_currency, receive_currency,
            pay_in, access_point, pay_out, speed, coverage, tariff, collected_at, valid_from, valid_until, content,
            judged_pair, judged_rate, code, field, reason, far)
        SELECT clock_timestamp(), s.id, s.corridor, (SELECT max(id) FROM submission), '{price}', 'EUR', 'XOF', '{{cash}}',
            '{{agent}}', '{{cash}}', 'same_day', 'high', '{TARIFF}', now(), now() - interval '1 hour',
            now() + interval '{until}', decode(repeat('07', 16), 'hex'), 978952, 651200000000000, 'rate_shifted',
            '/tariff/0/rate', 'the rate is 10 times this service''s last one', {far}
        FROM service s WHERE s.ref = '{service}' RETURNING id""", role="corridor_ingest")


def accept(service):
    """A quote accepted after it, as the feed stores it."""
    return sql(f"""
        SELECT store_quotes(clock_timestamp(), ARRAY[nextval('quote_id')], ARRAY[(SELECT max(id) FROM submission)], ARRAY[s.id],
            ARRAY[s.corridor], ARRAY['regular'], ARRAY['EUR'], ARRAY['XOF'], ARRAY['{{cash}}'], ARRAY['{{agent}}'],
            ARRAY['{{cash}}'], ARRAY['same_day'], ARRAY['high'], ARRAY[NULL::integer], ARRAY['{TARIFF}'], ARRAY['0'],
            ARRAY['0'], ARRAY['0'], ARRAY['2000'], ARRAY[now()], ARRAY[now() + interval '2 days'], ARRAY[false],
            ARRAY[decode(repeat('01', 16), 'hex')], ARRAY[978952], ARRAY[651200000000000], ARRAY[NULL::bigint],
            ARRAY[1::bigint], ARRAY[1::bigint])
        FROM service s WHERE s.ref = '{service}'""", role="corridor_ingest")


def prepare():
    for operator in ("alpha", "beta"):
        done(f"operator {operator}", tool("operator", "add", operator, "--name", operator, "--legal-name", f"{operator} SA",
                                          "--type", "mto", "--country", "FR", "--licence", "1", "--register", "REGAFI",
                                          "--website", "https://example.com", "--contact", "desk"))
    done("anna", tool("moderator", "add", "anna", "--name", "Anna"))
    done("carl", tool("moderator", "add", "carl", "--name", "Carl"))
    done("bert", tool("moderator", "add", "bert", "--name", "Bert of alpha", "--operator", "alpha"))
    done("dora", tool("moderator", "add", "dora", "--name", "Dora"))
    done("eve", tool("moderator", "add", "eve", "--name", "Eve"))
    said = sql("""
        INSERT INTO submission (kind, operator, source, sha256, rows_read, taken, unchanged, refused)
        VALUES ('feed', 'alpha', 'POST quotes', decode(repeat('00', 32), 'hex'), 1, 1, 0, 0);
        INSERT INTO service (operator, ref, corridor) SELECT 'alpha', 's' || n, 'FR-SN' FROM generate_series(1, 9) n;
        INSERT INTO feed_key (id, operator, slot, algorithm, public_key, login, person)
        VALUES ('k1', 'alpha', 1, 'ed25519', decode(repeat('09', 32), 'hex'), 'corridor_moderator_eve', 'eve')""")
    check("services", said == "", said)


def releases():
    check("a price in force", accept("s1") == "", "")
    near = hold("s1")
    rows = json.loads(done("list", tool("quarantine", "list", "--json", moderator="anna")))
    check("listed", len(rows) == 1 and rows[0]["quote"] == near and rows[0]["state"] == "waiting" and
          rows[0]["released"] == "0 of 1" and rows[0]["code"] == "rate_shifted", rows)
    shown = json.loads(done("show", tool("quarantine", "show", near, "--json", moderator="anna")))
    check("shown beside what is in force", shown["held"]["in_force"] and shown["held"]["its_tariff"] and
          shown["held"]["released_by"] == "one moderator" and shown["decisions"] == [], shown)
    check("shown for people", "the rate is 10 times" in tool("quarantine", "show", near, moderator="anna")[1])
    check("not current", sql(f"SELECT count(*) FROM current_offer WHERE quote = {near}") == "0")

    refused("nobody in particular", tool("quarantine", "list"), "CORRIDOR_MODERATOR")
    refused("nobody known", tool("quarantine", "list", moderator="mallory"), "no enabled moderator")
    refused("no reason", tool("quarantine", "release", near, moderator="anna"), "--reason", 2)
    refused("an empty reason", tool("quarantine", "release", near, "--reason", "", moderator="anna"), "--reason", 2)
    refused("no number", tool("quarantine", "release", "s1", "--reason", "x", moderator="anna"), "'s1'", 2)
    refused("none such", tool("quarantine", "release", "999999", "--reason", "x", moderator="anna"), "ever held back")
    refused("show none such", tool("quarantine", "show", "999999", moderator="anna"), "ever held back")
    refused("who works for the operator", tool("quarantine", "release", near, "--reason", "x", moderator="bert"),
            "may not decide on quotes of alpha")
    refused("who works for it may not reject either", tool("quarantine", "reject", near, "--reason", "x", moderator="bert"),
            "may not decide on quotes of alpha")
    refused("who issued its key", tool("quarantine", "release", near, "--reason", "x", moderator="eve"), "may not decide")
    check("all that changed nothing", state(near) == "waiting" and sql("SELECT count(*) FROM quarantine_decision") == "0")

    changes = int(sql("SELECT count(*) FROM change_log WHERE corridor = 'FR-SN'"))
    decide("release", near, "released")
    check("reports are of that instant, and so have it", sql("SELECT report_latest() = (SELECT recorded_at FROM quote WHERE id = "
                                                             f"{near}) AND report_latest() >= date_trunc('day', now(), 'UTC')") == "t")
    check("current now", sql(f"SELECT count(*), min(quote) FROM current_offer c JOIN service s ON s.id = c.service "
                             f"WHERE s.ref = 's1'") == f"1|{near}")
    check("a quote under its number", sql(f"SELECT count(*) FROM quote WHERE id = {near} AND NOT is_new") == "1")
    check("the servers are told", int(sql("SELECT count(*) FROM change_log WHERE corridor = 'FR-SN'")) == changes + 1)
    check("judged by from now on", sql(f"SELECT judged_rate FROM current_offer WHERE quote = {near}") == "651200000000000")
    refused("twice", tool("quarantine", "release", near, "--reason", "x", moderator="carl"), "is released and waits for nobody")
    refused("rejected after", tool("quarantine", "reject", near, "--reason", "x", moderator="carl"), "is released")
    shown = json.loads(tool("quarantine", "show", near, "--json", moderator="anna")[1])["decisions"]
    check("who, when, why", len(shown) == 1 and shown[0]["moderator"] == "anna" and shown[0]["reason"] == "asked them" and
          shown[0]["login"] == "corridor_moderator_anna" and shown[0]["when"].endswith("Z"), shown)


def far_outside():
    far = hold("s2", far=True)
    decide("the first of two", far, "waiting")
    check("not shown yet", state(far) == "waiting" and sql(f"SELECT count(*) FROM quote WHERE id = {far}") == "0")
    refused("the same one again", tool("quarantine", "release", far, "--reason", "x", moderator="anna"), "another one must too")
    done("for people", tool("quarantine", "show", far, moderator="carl"))
    decide("the second of two", far, "released", moderator="carl")
    check("shown now", sql(f"SELECT count(*) FROM current_offer WHERE quote = {far}") == "1")
    other = hold("s3", far=True)
    decide("the first of two again", other, "waiting")
    decide("the first thinks better of it", other, "rejected", decision="reject")
    refused("the second comes late", tool("quarantine", "release", other, "--reason", "x", moderator="carl"), "is rejected")


def other_ends():
    rejected = hold("s4")
    decide("reject", rejected, "rejected", decision="reject")
    check("never a quote", sql(f"SELECT count(*) FROM quote WHERE id = {rejected}") == "0")
    older = hold("s5")
    newer = hold("s5")
    check("a newer held one", (state(older), state(newer)) == ("superseded", "waiting"), (state(older), state(newer)))
    promotion = hold("s5", price="first_transfer")
    check("a promotion is another price", (state(newer), state(promotion)) == ("waiting", "waiting"))
    refused("superseded", tool("quarantine", "release", older, "--reason", "x", moderator="anna"), "is superseded")
    corrected = hold("s6")
    accept("s6")
    check("corrected by an accepted one", state(corrected) == "superseded", state(corrected))
    withdrawn = hold("s7")
    sql("""SELECT store_withdrawals(clock_timestamp(), ARRAY[(SELECT max(id) FROM submission)], ARRAY[s.id], ARRAY['regular'])
           FROM service s WHERE s.ref = 's7'""", role="corridor_ingest")
    check("withdrawn", state(withdrawn) == "withdrawn", state(withdrawn))
    expired = hold("s8", until="-1 minute")
    check("expired", state(expired) == "expired", state(expired))
    refused("too late", tool("quarantine", "release", expired, "--reason", "x", moderator="anna"), "is expired")
    rows = json.loads(tool("quarantine", "list", "--json", moderator="anna")[1])
    check("only what waits is listed", {r["quote"] for r in rows} == {newer, promotion}, rows)
    rows = json.loads(tool("quarantine", "list", "--all", "--json", moderator="anna")[1])
    check("all is listed", {r["state"] for r in rows} == {"waiting", "released", "rejected", "withdrawn", "superseded", "expired"},
          rows)


def past_the_tool():
    """What the database itself refuses."""
    quote = hold("s9")
    call = f"SELECT quarantine_decide({quote}, 'release', 'x')"
    for what, text, role, word in [
        ("the feed decides", call, "corridor_ingest", "permission denied"),
        ("the server decides", call, "corridor_server", "permission denied"),
        ("the owner decides", call, None, "no moderator"),
        ("the common role decides", call, "corridor_moderator", "no moderator"),
        ("another decision", f"SELECT quarantine_decide({quote}, 'publish', 'x')", "corridor_moderator_anna", "violates check"),
        ("no reason", f"SELECT quarantine_decide({quote}, 'release', '')", "corridor_moderator_anna", "violates check"),
        ("a decision written past it",
         f"INSERT INTO quarantine_decision (quote, decision, moderator, reason) VALUES ({quote}, 'release', 'carl', 'x')",
         "corridor_moderator_anna", "permission denied"),
        ("the feed writes one", f"INSERT INTO quarantine_decision (quote, decision, moderator, reason) "
         f"VALUES ({quote}, 'release', 'carl', 'x')", "corridor_ingest", "permission denied"),
        ("a moderator stores a quote", "SELECT store_withdrawals(now(), '{}', '{}', '{}')", "corridor_moderator_anna",
         "permission denied"),
        ("a decision changed", "UPDATE quarantine_decision SET reason = 'other'", None, "only added to"),
        ("a decision deleted", "DELETE FROM quarantine_decision", None, "only added to"),
        ("a held quote changed", f"UPDATE quarantined_quote SET far = false WHERE id = {quote}", None, "only added to"),
        ("a held quote changed by the feed", f"UPDATE quarantined_quote SET far = false WHERE id = {quote}", "corridor_ingest",
         "permission denied"),
    ]:
        said = sql(text, role)
        check(what, said.startswith("refused") and word in said, said)
    check("still waiting", state(quote) == "waiting")
    done("dora ends", tool("moderator", "disable", "dora", "--reason", "left"))
    refused("a moderator who left", tool("quarantine", "release", quote, "--reason", "x", moderator="dora"), "no enabled moderator")
    said = sql(call, "corridor_moderator_dora")
    check("whose login is nobody's", said.startswith("refused") and "no moderator" in said, said)


def while_something_is_stored():
    """A long submission has its operator's lock: the moderator is told, and not left waiting."""
    quote = hold("s8")
    storing = subprocess.Popen([root / "deploy/dev/cluster.sh", "psql", "-XAtq", "-f", "-"], text=True, bufsize=1,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    storing.stdin.write("SELECT 'locked' FROM pg_advisory_lock(corridor.feed_lock('alpha'));\n")
    check("its operator's lock", storing.stdout.readline() == "locked\n")
    refused("while it is stored", tool("quarantine", "release", quote, "--reason", "x", moderator="anna"), "say it again")
    storing.communicate()
    check("nothing is decided", state(quote) == "waiting")
    decide("when it is stored", quote, "released")


def main():
    prepare()
    releases()
    far_outside()
    other_ends()
    past_the_tool()
    while_something_is_stored()
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return counts["failed"] != 0


if __name__ == "__main__":
    sys.exit(main())
