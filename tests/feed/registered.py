"""A new operator and a researcher on the programs that run: registered by the tool. For tests on the
service that tests/run.sh starts (CORRIDOR_VAR, CORRIDOR_PORT, CORRIDOR_FEED_PORT)."""
import base64
import http.client
import json
import os
import pathlib
import subprocess
import time

import client

root = pathlib.Path(__file__).parent.parent.parent
counts = {"passed": 0, "failed": 0, "skipped": 0}


def check(what, good, said=""):
    counts["passed" if good else "failed"] += 1
    if not good:
        print(f"{what}: {str(said)[:1500]}", flush=True)


def tool(*arguments, moderator=None, stdin=None):
    environment = dict(os.environ)
    if moderator:
        environment["CORRIDOR_MODERATOR"] = moderator
    done = subprocess.run([root / "build/corridor", *map(str, arguments)], env=environment, text=True, capture_output=True,
                          input=stdin, timeout=120)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def sql(text):
    done = subprocess.run([root / "deploy/dev/cluster.sh", "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-"], text=True,
                          input="SET search_path = corridor;" + text, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def new_key(owner, *more):
    """A key that signs by HMAC, which is quick; tests/feed/identity.py asks about Ed25519."""
    issued = json.loads(tool("key", "issue", owner, "--hmac", "--json", *more))
    return client.Key(issued["key"], secret=base64.b64decode(issued["secret"]))


def operator(name):
    tool("operator", "add", name, "--name", name.title(), "--legal-name", f"{name} SA", "--type", "mto", "--country", "FR",
         "--licence", "1", "--register", "REGAFI", "--website", "https://example.com", "--contact", "desk")
    return client.Operator(int(os.environ["CORRIDOR_FEED_PORT"]), name, new_key(name))


def researcher(name):
    tool("researcher", "add", name, "--name", name)
    return new_key(name, "--researcher")


def ask(target, port=None):
    """JSON from corridord."""
    connection = http.client.HTTPConnection("127.0.0.1", port or int(os.environ["CORRIDOR_PORT"]), timeout=20)
    try:
        connection.request("GET", target)
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, (target, response.status, body[:300])
        return json.loads(body)
    finally:
        connection.close()


def until(seconds, true):
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def believed(operator_or_key):
    """Programs know a new key within a second; this waits for it."""
    return until(10, lambda: operator_or_key.get("/quotes").status == 200)
