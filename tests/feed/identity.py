#!/usr/bin/env python3
"""Who may push: keys, signatures over real connections, nonces in several processes, and what the tool and the database say
of identities. The signature's exact bounds, and every byte changed, are in tests/unit/test_feed_signature.c."""
import base64
import concurrent.futures
import json
import random
import re
import secrets
import stat
import subprocess
import sys
import time

import identity_tool
import sender
from client import Key, quote, signed
from feed_place import ROOT, FeedPlace, wait_for

QUOTES = "/v1/operators/acme/quotes"
place = None
one = two = None  # two processes on one database
hmac_key = ed_key = None


def code_of(answer):
    return answer.json["type"].removeprefix("/problems/")


def refused(answer, status, code):
    assert (answer.status, code_of(answer)) == (status, code), f"wanted {status} {code}, got {answer}"
    return answer.json


def both_kinds_of_key():
    for process in (one, two):
        for key in (hmac_key, ed_key):
            assert process.send(key, "GET", QUOTES).status == 200
            assert process.send(key, "GET", QUOTES, b"").status == 200  # the digest of nothing may be covered too
    for key, alg, other in ((hmac_key, "hmac-sha256", "ed25519"), (ed_key, "ed25519", "hmac-sha256")):
        assert one.send(key, "GET", QUOTES, alg=alg).status == 200
        refused(one.send(key, "GET", QUOTES, alg=other), 401, "signature-wrong")


def time_window():
    now = int(time.time())  # seconds off the bounds, for the time that a request takes
    for shift, right in ((-295, True), (299, True), (-301, False), (306, False)):
        answer = one.send(hmac_key, "GET", QUOTES, created=now + shift)
        assert answer.status == 200 if right else refused(answer, 401, "signature-stale"), (shift, answer)


def what_is_wrong_is_told():
    good = signed(hmac_key, "GET", one.origin, QUOTES, b"")
    for change, code, field in (
            ({"Signature": None}, "signature-missing", "Signature"),
            ({"Signature-Input": None}, "signature-missing", "Signature-Input"),
            ({"Signature": "sig2" + good["Signature"][4:]}, "signature-malformed", "Signature"),
            ({"Signature-Input": good["Signature-Input"] + ";colour=1"}, "signature-malformed", "colour"),
            ({"Signature-Input": re.sub(';nonce="[^"]*"', "", good["Signature-Input"])}, "signature-incomplete", "nonce"),
            ({"Content-Digest": None}, "signature-incomplete", "content-digest")):
        headers = {k: v for k, v in {**good, **change}.items() if v is not None}
        problem = refused(sender.request(one.port, "GET", QUOTES, headers=headers), 401, code)
        assert problem["parameter"] == field and problem["detail"], problem
        assert "signature_base" not in problem
    answer = sender.request(one.port, "GET", QUOTES)
    assert "@target-uri" in answer.headers["accept-signature"] and answer.headers["www-authenticate"]


def base_is_shown():
    headers = signed(hmac_key, "GET", "https://elsewhere.example", QUOTES, b"")
    problem = refused(sender.request(one.port, "GET", QUOTES, headers=headers), 401, "signature-wrong")
    lines = problem["signature_base"].split("\n")
    assert lines[0] == '"@method": GET' and lines[1] == f'"@target-uri": http://127.0.0.1:{one.port}{QUOTES}', lines
    assert lines[3] == '"@signature-params": ' + headers["Signature-Input"].removeprefix("sig1="), lines
    # Signed as it says there, it is taken.
    signature = base64.b64encode(hmac_key.sign(problem["signature_base"].encode())).decode()
    assert sender.request(one.port, "GET", QUOTES, headers={**headers, "Signature": f"sig1=:{signature}:"}).status == 200


def origin_as_set():
    proxied = place.ingestd(CORRIDOR_FEED_ORIGIN="https://feed.example")
    for origin, status in (("https://feed.example", 200), (f"http://127.0.0.1:{proxied.port}", 401)):
        headers = signed(hmac_key, "GET", origin, QUOTES)
        assert sender.request(proxied.port, "GET", QUOTES, headers=headers).status == status, origin
    proxied.stop()


def target_in_absolute_form():
    """As a proxy may send it (RFC 9112 section 3.2.2): it is the same address."""
    headers = signed(hmac_key, "GET", one.origin, QUOTES)
    assert sender.request(one.port, "GET", one.origin + QUOTES, headers=headers).status == 200


def strangers_learn_nothing():
    """Unknown key, revoked key, disabled operator and wrong signature: the same answer but for what was sent."""
    sender.add_operator(place.tool, "gone")
    revoked, disabled = sender.issue_hmac(place.tool, "gone"), sender.issue_hmac(place.tool, "gone")
    wait_for("the new keys are known", 5, lambda: one.send(disabled, "GET", "/v1/operators/gone/quotes").status == 200)
    place.tool("key", "revoke", "gone", revoked.keyid, "--reason", "test")
    place.tool("operator", "disable", "gone", "--reason", "test")
    # For a moment a process may still know the key, and only the database refuse it.
    wait_for("the operator is disabled", 5, lambda: b"signature_base" in one.send(disabled, "GET", QUOTES).body)
    wrong = Key(hmac_key.keyid, secret=b"x" * 32)
    unknown = Key("acme-aaaaaaaa", secret=b"x" * 32)
    answers = []
    for who in (revoked, disabled, wrong, unknown):
        answer = one.send(who, "GET", QUOTES, created=int(time.time()), nonce="0123456789abcdef0")
        body = re.sub(r"created=\d+", "", answer.body.decode()).replace(who.keyid, "KEY")
        answers.append((answer.status, {k: v for k, v in answer.headers.items() if k not in ("date", "content-length")}, body))
    assert all(answer == answers[0] for answer in answers), answers
    assert answers[0][0] == 401
    place.tool("operator", "enable", "gone", "--reason", "test")
    wait_for("the operator is enabled", 5, lambda: one.send(disabled, "GET", "/v1/operators/gone/quotes").status == 200)


def not_yours():
    for id in ("gone", "nobody-such"):
        problem = refused(one.send(hmac_key, "GET", f"/v1/operators/{id}/quotes"), 403, "not-yours")
        assert id not in json.dumps(problem)  # whether there is one is not told
    place.tool("researcher", "add", "lab", "--name", "Lab")
    researcher = sender.issue_hmac(place.tool, "lab", "--researcher")
    wait_for("the researcher's key is known", 5, lambda: one.send(researcher, "GET", QUOTES).status == 403)


def replays():
    """A request goes through once: sent again, sent to another process, sent to both by many at once; signed anew or not."""
    created, nonce = int(time.time()), secrets.token_hex(16)
    headers = signed(hmac_key, "GET", one.origin, QUOTES, None, created, nonce)
    assert sender.request(one.port, "GET", QUOTES, headers=headers).status == 200
    refused(sender.request(one.port, "GET", QUOTES, headers=headers), 401, "nonce-used")
    # The second process is reached by another address, as behind a balancer that keeps Host.
    host = {"Host": f"127.0.0.1:{one.port}"}
    refused(sender.request(two.port, "GET", QUOTES, headers={**headers, **host}), 401, "nonce-used")
    refused(one.send(hmac_key, "GET", QUOTES, created=created - 5, nonce=nonce), 401, "nonce-used")
    assert one.send(ed_key, "GET", QUOTES, created=created, nonce=nonce).status == 200  # another key's

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for _ in range(5):
            headers = signed(hmac_key, "GET", one.origin, QUOTES)
            answers = list(pool.map(lambda port: sender.request(port, "GET", QUOTES, headers={**headers, **host}),
                                    [one.port, two.port] * 8))
            assert sorted(answer.status for answer in answers) == [200] + 15 * [401], answers


def replayed_submissions():
    body = json.dumps(quote("replay-1")).encode()
    headers = {**signed(ed_key, "POST", one.origin, QUOTES, body),
               "Content-Type": "application/json"}
    first = sender.request(one.port, "POST", QUOTES, body, {**headers, "Idempotency-Key": "replay-a"})
    assert first.status == 201 and first.json["counts"]["accepted"] == 1, first
    for port in (one.port, two.port):
        again = {**headers, "Idempotency-Key": "replay-b", "Host": f"127.0.0.1:{one.port}"}
        refused(sender.request(port, "POST", QUOTES, body, again), 401, "nonce-used")
    assert place.sql("SELECT count(*) FROM corridor.submission WHERE idempotency_key LIKE 'replay-%'").strip() == "1"


def bodies_are_what_was_signed():
    body = json.dumps(quote("digest-1")).encode()
    before = place.sql("SELECT count(*) FROM corridor.submission")
    headers = {**signed(hmac_key, "POST", one.origin, QUOTES, body),
               "Content-Type": "application/json", "Idempotency-Key": "digest"}
    problem = refused(sender.request(one.port, "POST", QUOTES, body.replace(b"651.20", b"951.20"), headers), 400,
                      "digest-wrong")
    assert "sha-256=:" in problem["detail"]
    assert place.sql("SELECT count(*) FROM corridor.submission") == before


def changed_on_the_way():
    """A sample, over real connections, of what the unit test does to every byte."""
    generator = random.Random(20260301)
    body = json.dumps(quote("changed-1")).encode()
    for round in range(150):
        headers = {**signed(hmac_key, "POST", one.origin, QUOTES, body),
                   "Content-Type": "application/json", "Idempotency-Key": f"changed-{round}"}
        name = generator.choice(["Signature-Input", "Signature", "Content-Digest", None])
        text = list(headers[name] if name else body.decode())
        at = generator.randrange(5 if name and name != "Content-Digest" else 0, len(text))
        text[at] = generator.choice([c for c in "abcXYZ0189;:=+/\"(" if c != text[at]])
        sent = body
        if name:
            headers[name] = "".join(text)
        else:
            sent = "".join(text).encode()
        answer = sender.request(one.port, "POST", QUOTES, sent, headers)
        assert answer.status in (400, 401), f"{name} changed at {at}: {answer}"
    assert place.sql("SELECT count(*) FROM corridor.submission WHERE idempotency_key LIKE 'changed-%'").strip() == "0"


def rotation():
    """The old key works until it is revoked, beside the new one; there is never a third."""
    sender.add_operator(place.tool, "turn")
    target = "/v1/operators/turn/quotes"
    old, new = sender.issue_hmac(place.tool, "turn"), sender.issue_ed25519(place.tool, "turn", place.folder)
    assert "two valid keys" in place.tool("key", "issue", "turn", "--hmac", status=1)
    wait_for("both are known", 5, lambda: all(p.send(k, "GET", target).status == 200 for p in (one, two) for k in (old, new)))
    place.tool("key", "revoke", "turn", old.keyid, "--reason", "rotated")
    wait_for("the old one is refused", 5, lambda: all(p.send(old, "GET", target).status == 401 for p in (one, two)))
    third = sender.issue_hmac(place.tool, "turn")
    wait_for("its successor is known", 5, lambda: one.send(third, "GET", target).status == 200)
    assert one.send(new, "GET", target).status == 200


def secrets_stay_secret():
    file = place.folder / "master.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    secret = base64.b64encode(hmac_key.secret).decode()
    hidden = [secret, hmac_key.secret.hex(), file.read_text().strip()]
    dump = place.sql("SELECT * FROM corridor.feed_key")
    logs = "".join(path.read_text(errors="replace") for path in place.folder.rglob("*.log"))
    assert f"'{hmac_key.keyid}'" in logs  # what the tool sent is there
    for word in hidden:
        assert word not in dump and word not in logs
    # With another master key the secret is not to be had: the process says so, and Ed25519 goes on.
    other = place.folder / "other.key"
    other.write_text(secrets.token_hex(32))
    other.chmod(0o600)
    stranger = place.ingestd(CORRIDOR_MASTER_KEY_FILE=str(other))
    wait_for("its keys are read", 5, lambda: stranger.send(ed_key, "GET", QUOTES).status == 200)
    refused(stranger.send(hmac_key, "GET", QUOTES), 401, "signature-wrong")
    assert "sealed with another master key" in stranger.said.read_text()
    assert "another master key" in place.tool("key", "issue", "lab", "--researcher", "--hmac", status=1,
                                              CORRIDOR_MASTER_KEY_FILE=str(other))
    stranger.stop()


def old_nonces_go():
    place.sql("INSERT INTO corridor.feed_nonce SELECT 'k', n::text, now() - n * interval '1 minute' FROM generate_series(1, "
              "200) n")
    place.ingestd().stop()  # it prunes at its start
    wait_for("old ones are gone", 5, lambda: place.sql(
        "SELECT max(nonce::integer) BETWEEN 88 AND 90 FROM corridor.feed_nonce WHERE key = 'k'").strip() == "t")


def without_a_notification():
    """NOTIFY is a hint: a key that came without one is known within some seconds too."""
    sender.add_operator(place.tool, "quiet")
    key = sender.issue_ed25519(place.tool, "quiet", place.folder)
    wait_for("its key is known", 5, lambda: one.send(key, "GET", "/v1/operators/quiet/quotes").status == 200)
    place.sql("BEGIN; ALTER TABLE corridor.feed_key DISABLE TRIGGER identity_changed; UPDATE corridor.feed_key SET revoked_at "
              f"= now(), revoked_reason = 'r', revoked_login = 'l', revoked_person = 'p' WHERE id = '{key.keyid}'; "
              "ALTER TABLE corridor.feed_key ENABLE TRIGGER identity_changed; COMMIT")
    # Known here still, and refused by the statement that takes the nonce: nothing is done with a revoked key.
    refused(one.send(key, "GET", "/v1/operators/quiet/quotes"), 401, "signature-wrong")
    place.sql("UPDATE corridor.identity_version SET version = version + 1")
    wait_for("it is gone", 5, lambda: b"signature_base" in one.send(key, "GET", QUOTES).body)


def database_away():
    """Who signed is still known; a process that never read the keys says that it cannot know."""
    place.run(ROOT / "deploy/dev/cluster.sh", "stop")
    late = place.ingestd(ready=False)
    wait_for("the late one listens", 10, lambda: answers(late))
    try:
        for process, key, status in ((one, hmac_key, 503), (one, Key("acme-none", secret=b"x" * 32), 401),
                                     (late, hmac_key, 503), (late, Key("acme-none", secret=b"x" * 32), 503)):
            answer = process.send(key, "GET", QUOTES)
            assert answer.status == status and ("retry-after" in answer.headers) == (status == 503), answer
    finally:
        place.start_cluster()
    wait_for("all are back", 30, lambda: all(process.send(hmac_key, "GET", QUOTES).status == 200
                                             for process in (one, two, late)))
    late.stop()


def answers(process):
    try:
        return sender.request(process.port, "GET", "/healthz").status == 200
    except OSError:
        return False


CASES = [both_kinds_of_key, time_window, what_is_wrong_is_told, base_is_shown, origin_as_set, target_in_absolute_form,
         strangers_learn_nothing, not_yours, replays, replayed_submissions, bodies_are_what_was_signed,
         changed_on_the_way, rotation, secrets_stay_secret, old_nonces_go, without_a_notification,
         database_away]


def main():
    global place, one, two, hmac_key, ed_key
    passed = failed = 0
    place = FeedPlace()
    try:
        place.start_cluster()
        place.tool("migrate")
        # So that secrets_stay_secret sees what PostgreSQL may log: each statement, with what it was sent.
        place.run(ROOT / "deploy/dev/cluster.sh", "psql", "-U", "postgres", "-Xqc",
                  "ALTER ROLE corridor_owner SET log_min_duration_statement = 0; "
                  "ALTER ROLE corridor_owner SET log_parameter_max_length = -1")
        one, two = place.ingestd(), place.ingestd()
        sender.add_operator(place.tool, "acme")
        hmac_key = sender.issue_hmac(place.tool, "acme")
        ed_key = sender.issue_ed25519(place.tool, "acme", place.folder)
        wait_for("the keys are known", 5, lambda: all(p.send(k, "GET", QUOTES).status == 200 for p in (one, two)
                                                      for k in (hmac_key, ed_key)))
        for case in CASES + [lambda c=c: c(place) for c in identity_tool.CASES]:
            name = getattr(case, "__name__", "")
            name = case.__defaults__[0].__name__ if name == "<lambda>" else name
            began = time.monotonic()
            try:
                case()
                passed += 1
                print(f"ok {name} ({time.monotonic() - began:.1f} s)", flush=True)
            except (AssertionError, OSError, subprocess.SubprocessError, KeyError, ValueError) as wrong:
                failed += 1
                print(f"FAILED {name}: {type(wrong).__name__}: {str(wrong)[:1500]}", flush=True)
    finally:
        place.end()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
