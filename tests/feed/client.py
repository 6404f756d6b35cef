"""An operator's side of the feed: requests signed by RFC 9421, and the quotes they carry."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import subprocess
import tempfile
import time


class Key:
    """One that signs. `secret` (bytes) makes it HMAC, `pem` (a file's path) Ed25519 by the openssl command."""

    def __init__(self, keyid, secret=None, pem=None):
        self.keyid, self.secret, self.pem = keyid, secret, pem

    def sign(self, base):
        if self.secret is not None:
            return hmac.new(self.secret, base, hashlib.sha256).digest()
        with tempfile.NamedTemporaryFile() as text:
            text.write(base)
            text.flush()
            return subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", self.pem, "-rawin", "-in", text.name],
                                  check=True, capture_output=True).stdout


def signed(key, method, origin, target, body=None, created=None, nonce=None, extra=(), alg=None):
    """The headers of a signed request."""
    headers = dict(extra)
    parts = [("@method", method), ("@target-uri", origin + target)]
    if body is not None:
        headers["Content-Digest"] = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
        parts.append(("content-digest", headers["Content-Digest"]))
    covered = " ".join(f'"{name}"' for name, _ in parts)
    created = int(time.time()) if created is None else created
    nonce = nonce or base64.urlsafe_b64encode(os.urandom(18)).decode()
    parameters = f'({covered});created={created};nonce="{nonce}";keyid="{key.keyid}"'
    parameters += f';alg="{alg}"' if alg else ""
    base = "".join(f'"{name}": {value}\n' for name, value in parts) + f'"@signature-params": {parameters}'
    headers["Signature-Input"] = "sig1=" + parameters
    headers["Signature"] = "sig1=:" + base64.b64encode(key.sign(base.encode())).decode() + ":"
    return headers


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:400]!r}"


class Operator:
    def __init__(self, port, operator, key):
        self.port, self.id, self.key = port, operator, key
        self.origin = f"http://127.0.0.1:{port}"
        self.number = 0

    def new_key(self):
        self.number += 1
        return f"key-{os.getpid()}-{id(self) % 9973}-{self.number}"

    def send(self, method, path, body=None, headers=(), key=None, port=None, created=None, nonce=None, signer=None,
             timeout=60):
        """One signed request. `key` is the Idempotency-Key: None makes a new one for what changes something, "" none."""
        port = port or self.port
        target = f"/v1/operators/{self.id}{path}"
        extra = dict(headers)
        if key is None and method != "GET":
            key = self.new_key()
        if key:
            extra["Idempotency-Key"] = key
        extra = signed(signer or self.key, method, f"http://127.0.0.1:{port}", target, body, created, nonce, extra)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        try:
            connection.request(method, target, body=body, headers=extra)
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()

    def post(self, quotes, **more):
        """Quotes as one document: a quote, or a list of them."""
        path = "/quotes" + more.pop("query", "")
        return self.send("POST", path, json.dumps(quotes).encode(),
                         {"Content-Type": "application/json", **more.pop("headers", {})}, **more)

    def post_lines(self, quotes, **more):
        body = b"".join(json.dumps(q).encode() + b"\n" for q in quotes)
        return self.send("POST", "/quotes" + more.pop("query", ""), body, {"Content-Type": "application/x-ndjson", **more.pop("headers", {})},
                         **more)

    def book(self, quotes, **more):
        return self.send("PUT", "/book", json.dumps(quotes).encode(), {"Content-Type": "application/json"}, **more)

    def get(self, path, **more):
        return self.send("GET", path, **more)

    def withdraw(self, ref, **more):
        return self.send("DELETE", f"/quotes/{ref}", **more)


def quote(ref="fr-sn-cash-1", **changes):
    """A quote that is accepted, with changes; a value of ... takes the member out."""
    made = {"ref": ref, "corridor": "FR-SN", "send_currency": "EUR", "receive_currency": "XOF", "pay_in": ["debit_card"],
            "access_point": ["online"], "pay_out": ["cash"], "speed": "same_day", "coverage": "high",
            "pickup_points": 412, "price": "regular",
            "tariff": [{"from": "0", "to": "100", "fee": "1.99", "fee_pct": "0", "fee_min": "0", "fee_max": None,
                        "rate": "651.20"},
                       {"from": "100", "to": "2000", "fee": "0", "fee_pct": "1.2", "rate": "652.80"}],
            "receive_fee": "0", "tax_pct": "0", "min": "1", "max": "2000"}
    made.update(changes)
    return {name: value for name, value in made.items() if value is not ...}
