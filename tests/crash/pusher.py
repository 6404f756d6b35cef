"""One operator's pricing system under fire: it sends submission after submission, and each again, under the same
Idempotency-Key and signed anew, until it is told what became of it. What it was told is its ledger."""
import http.client
import json
import random
import secrets
import threading
import time

from client import quote, signed

PATIENCE = 120  # seconds until a submission must have been answered
LARGE = 2500    # quotes: more than the writer stores in one statement
LOST = (OSError, http.client.HTTPException)


class Pusher(threading.Thread):
    def __init__(self, operator, key, ports, seed):
        super().__init__(name=operator, daemon=True)
        self.operator, self.key, self.ports = operator, key, ports
        self.random = random.Random(f"{seed} {operator}")
        self.connections = {}
        self.ending = threading.Event()
        self.number = 0
        self.ledger = []    # what was sent and told, in order
        self.current = {}   # ref -> rate, as the ledger has it
        self.lost = self.told_again = self.unavailable = 0
        self.failure = None

    def run(self):
        try:
            while not self.ending.is_set():
                self.submit(*self.think())
        except Exception as wrong:  # the main thread reports it
            self.failure = f"{self.operator}: {type(wrong).__name__}: {wrong}"

    def quotes(self, count, refs):
        made = []
        for ref in self.random.sample(range(refs), count):
            self.number += 1
            made.append(quote(f"r{ref}", tariff=[{"from": "0", "to": "2000", "fee": "1.99",
                                                   "rate": f"651.{self.number % 10000:04d}1"}]))
        return made

    def think(self):
        """What to send next: method, target, content type, quotes."""
        base = f"/v1/operators/{self.operator}"
        dice = self.random.random()
        if dice < 0.02:
            return "PUT", base + "/book", "application/json", self.quotes(20, 60)
        if dice < 0.04:
            return "POST", base + "/quotes", "application/x-ndjson", self.quotes(LARGE, 3000)
        if dice < 0.30:
            return "POST", base + "/quotes", "application/x-ndjson", self.quotes(self.random.randint(2, 40), 60)
        if dice < 0.40 and self.current:
            return "DELETE", base + "/quotes/" + self.random.choice(sorted(self.current)), None, []
        return "POST", base + "/quotes", "application/json", self.quotes(1, 60)

    def submit(self, method, target, content_type, quotes):
        if method == "PUT":
            body = json.dumps(quotes).encode()
        elif content_type == "application/x-ndjson":
            body = b"".join(json.dumps(quote).encode() + b"\n" for quote in quotes)
        else:
            body = json.dumps(quotes[0]).encode() if quotes else b""
        key = secrets.token_hex(12)
        answer = self.until_told(method, target, content_type, body, key)
        receipt = json.loads(answer)
        self.ledger.append({"key": key, "answer": answer.decode(), "receipt": receipt, "quotes": quotes})
        self.keep(method, target, quotes, receipt)

    def keep(self, method, target, quotes, receipt):
        told = receipt["quotes"]
        if method == "DELETE":
            self.current.pop(target.rsplit("/", 1)[1])
            assert receipt["counts"]["withdrawn"] == 1, receipt
            return
        assert [quote["ref"] for quote in told] == [quote["ref"] for quote in quotes], "another's receipt"
        assert all(quote["status"] in ("accepted", "unchanged") for quote in told), told
        if method == "PUT":
            self.current = {}
        self.current.update({quote["ref"]: quote["tariff"][0]["rate"] for quote in quotes})

    def until_told(self, method, target, content_type, body, key):
        deadline = time.monotonic() + PATIENCE
        tries = 0
        while time.monotonic() < deadline:
            port = self.random.choice(self.ports)
            tries += 1
            try:
                status, answer = self.once(port, method, target, content_type, body, key)
            except LOST:
                self.connections.pop(port, None)
                self.lost += 1
                time.sleep(0.02)
                continue
            if status in (200, 201):
                self.told_again += tries > 1
                return answer
            # 503: the database is away. 409: the attempt before is still being stored.
            # 401: the keys were just being read, by a process that has just begun.
            if status not in (503, 409):
                raise AssertionError(f"{method} {target}, attempt {tries}: {status} {answer[:500]}")
            self.unavailable += 1
            time.sleep(0.03)
        raise AssertionError(f"{method} {target}: not answered within {PATIENCE} s")

    def once(self, port, method, target, content_type, body, key):
        if port not in self.connections:
            self.connections[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection = self.connections[port]
        headers = {"Idempotency-Key": key, **({"Content-Type": content_type} if content_type else {})}
        body = body or None
        connection.request(method, target, body=body, headers=signed(self.key, method, f"http://127.0.0.1:{port}", target,
                                                                     body, extra=headers))
        response = connection.getresponse()
        return response.status, response.read()
