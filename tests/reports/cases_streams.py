"""What readers do to a server that streams: slow ones, many, those that leave; and a database that ends."""
import http.client
import os
import socket
import time

import tables
from harness import wait_for

SERVICES = "/v1/reports/services.jsonl?to=" + tables.quarter(7)
READING = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'corridord report'"


def slow(place, target=SERVICES):
    """A reader that asks, takes little and then nothing."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(20)
    connection.connect(("127.0.0.1", place.port))
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return connection


def memory(place):
    with open(f"/proc/{place.server.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def readers(place):
    return int(place.sql(READING))


def test_slow_readers_cost_little_and_others_go_on(place):
    whole = place.get(SERVICES).body
    assert len(whole) > 4 << 20, len(whole)
    before = memory(place)
    connections = [slow(place) for _ in range(8)]
    assert all(c.recv(12) == b"HTTP/1.1 200" for c in connections)
    time.sleep(0.5)
    assert memory(place) - before < 8 << 20, (before, memory(place))
    assert readers(place) == 8
    began = time.monotonic()
    assert place.get("/v1/compare?from=FR&to=SN&amount=200").status == 200
    assert place.get("/v1/operators").status == 200  # from the record, by the connections that are not theirs
    assert time.monotonic() - began < 2
    # One goes on and gets all of it.
    body = b""
    while b"\r\n0\r\n" not in body[-200:]:
        piece = connections[0].recv(1 << 20)
        assert piece
        body += piece
    assert len(body) > len(whole)
    for connection in connections:
        connection.close()
    wait_for("those who left are let go", 5, lambda: readers(place) == 0)


def test_more_than_there_are_turns_wait_or_are_told(place):
    connections = [slow(place) for _ in range(100)]
    said = []
    for connection in connections:
        connection.settimeout(0.3)
        try:
            said.append(connection.recv(4096))
        except TimeoutError:
            said.append(b"")
    served = [answer for answer in said if answer.startswith(b"HTTP/1.1 200")]
    told = [answer for answer in said if answer.startswith(b"HTTP/1.1 503")]
    assert served and told, (len(served), len(told))
    assert all(b"Retry-After: " in answer for answer in told)
    assert readers(place) <= 24 + 4
    for connection in connections:
        connection.close()
    wait_for("all are let go", 10, lambda: readers(place) == 0)
    assert place.get("/v1/reports/services.jsonl?period=2013-Q2").status == 200


def test_a_backend_that_ends_is_seen_by_the_reader(place):
    connection = slow(place)
    assert connection.recv(12) == b"HTTP/1.1 200"
    wait_for("it is read", 5, lambda: readers(place) == 1)
    place.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'corridord report'")
    body = b""
    while piece := connection.recv(1 << 20):
        body += piece
    connection.close()
    assert b"\r\n0\r\n" not in body[-200:], "a report cut short looks whole"
    assert place.get("/v1/reports/services.jsonl?period=2013-Q2").status == 200


def test_workbooks_take_turns(place):
    targets = [http.client.HTTPConnection("127.0.0.1", place.port, timeout=60) for _ in range(6)]
    for connection in targets:
        connection.request("GET", "/v1/reports/services.xlsx?to=" + tables.quarter(8))
    statuses = []
    for connection in targets:
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
        assert response.status == 200 or int(response.headers["Retry-After"]) > 0
        connection.close()
    assert 200 in statuses and 503 in statuses and set(statuses) == {200, 503}, statuses
    assert place.get("/v1/reports/services.xlsx?period=2013-Q2").status == 200
