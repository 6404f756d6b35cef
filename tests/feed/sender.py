"""Operators as the tool makes them, with keys, and single requests that a test may change on the way."""
import base64
import http.client
import json
import pathlib
import secrets
import subprocess

from client import Answer, Key, signed


def request(port, method, target, body=None, headers=(), timeout=30):
    """One request as it is, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        response = connection.getresponse()
        return Answer(response, response.read())
    finally:
        connection.close()


def send(port, key, method, target, body=None, **how):
    """Signs and sends what has no body, or needs no more headers; `how` goes to signed."""
    return request(port, method, target, body, signed(key, method, f"http://127.0.0.1:{port}", target, body, **how))


def add_operator(run, name, **more):
    """Registers one by the tool; `run(*arguments)` calls that."""
    told = {"name": name.title(), "legal-name": f"{name.title()} SA", "type": "mto", "country": "FR", "licence": "CIB 12345",
            "register": "REGAFI", "website": f"https://{name}.example", "contact": "ops@example.org", **more}
    run("operator", "add", name, *(word for option, value in told.items() for word in (f"--{option}", value)))


def issue_hmac(run, owner, *more):
    issued = json.loads(run("key", "issue", owner, "--hmac", "--json", *more))
    return Key(issued["key"], secret=base64.b64decode(issued["secret"]))


def issue_ed25519(run, owner, folder, *more):
    private = pathlib.Path(folder) / f"{secrets.token_hex(4)}.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
    public = subprocess.run(["openssl", "pkey", "-in", private, "-pubout"], check=True, stdout=subprocess.PIPE).stdout
    issued = json.loads(run("key", "issue", owner, "--ed25519", "-", "--json", *more, stdin=public))
    return Key(issued["key"], pem=private)
