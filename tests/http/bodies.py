"""What the dialogues about request bodies share: what is sent, and what the receiver must say of it."""

import json
import time

from talk import HOST, Client, Failed, check

EXPECT = b"Expect: 100-continue\r\n"


def sum_of(body):
    return sum(byte * at for at, byte in enumerate(body)) % 1000003


def received(answer, body, pieces=None):
    told = json.loads(answer)
    check(told["bytes"] == len(body) and told["sum"] == sum_of(body), "other bytes:", told)
    check(told["longest"] <= 1 << 16, "a piece of", told["longest"])
    check(pieces is None or told["pieces"] >= pieces, "in", told["pieces"], "pieces")


def counts(server):
    with Client(server) as client:
        return json.loads(client.ask("/received").body)


def wait_for(server, **expect):
    """Until the counts are these."""
    for _ in range(100):
        seen = counts(server)
        if all(seen[name] == count for name, count in expect.items()):
            return
        time.sleep(0.05)
    raise Failed(f"expected {expect}, have {seen}")


def chunks(body, size):
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def post(client, target, fields=b"", body=b""):
    client.send(b"POST %s HTTP/1.1\r\n" % target.encode() + HOST + fields + b"\r\n" + body)


def length(body):
    return b"Content-Length: %d\r\n" % len(body)


CHUNKED = b"Transfer-Encoding: chunked\r\n"
ways = ["", "?decide=20", "?pause=0", "?decide=10&pause=1", "?answer=20"]
