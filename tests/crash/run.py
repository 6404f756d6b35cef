#!/usr/bin/env python3
"""Kills what must survive, at random moments of a running load, and then asks whether anything was lost, stored twice or
stored by half.

    tests/crash/run.py                                  a short run, part of make test
    tests/crash/run.py --ingestd 300 --backend 100 --postmaster 30     make crash

Two corridor-ingestd serve six operators, who send single quotes, lines, large streams, books and withdrawals, to either of
the two, and repeat what was not answered. Killed with -9 are one corridor-ingestd, one PostgreSQL process that works for
one, or the postmaster, whichever comes next in a shuffled list; each after a new submission has been answered since the
last kill, so that the load is running. CORRIDOR_SEED gives the same sequence again."""
import argparse
import os
import pathlib
import random
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "feed"))
import record  # noqa: E402
import sender  # noqa: E402
from feed_place import ROOT, FeedPlace, wait_for  # noqa: E402
from pusher import Pusher  # noqa: E402

OPERATORS = 6
DELAY = 0.25  # seconds a kill waits at most, once the load runs again


def acknowledged(clients):
    return sum(len(client.ledger) for client in clients)


def alive(clients):
    failures = [client.failure for client in clients if client.failure]
    assert not failures, failures
    return True


def kill_ingestd(place, generator):
    victim = generator.choice(place.ingestds)
    victim.kill()
    victim.start(ready=False)


def kill_backend(place, generator):
    pids = place.sql("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'corridor-ingestd%'").split()
    if not pids:
        return False
    try:
        os.kill(int(generator.choice(pids)), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def kill_postmaster(place, generator):
    pid = int(place.run(ROOT / "deploy/dev/cluster.sh", "pid"))
    os.kill(pid, signal.SIGKILL)
    place.start_cluster()


def retried(strike, place, generator):
    """A backend may just have been gone, or PostgreSQL be recovering: then another is struck a moment later."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if strike(place, generator) is not False:
                return
        except AssertionError:  # psql was not let in
            pass
        time.sleep(0.05)
    raise AssertionError("there was nothing to strike for 60 s")


def strike_all(place, clients, counts, generator):
    strikes = [kill for kill, count in counts.items() for _ in range(count)]
    generator.shuffle(strikes)
    for strike in strikes:
        before = acknowledged(clients)
        wait_for("the load runs again", 120, lambda: alive(clients) and acknowledged(clients) > before + 2)
        time.sleep(generator.uniform(0, DELAY))
        retried(strike, place, generator)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ingestd", type=int, default=16)
    parser.add_argument("--backend", type=int, default=5)
    parser.add_argument("--postmaster", type=int, default=2)
    wanted = parser.parse_args()
    seed = os.environ.get("CORRIDOR_SEED", str(random.SystemRandom().randrange(10**9)))
    generator = random.Random(seed)
    counts = {kill_ingestd: wanted.ingestd, kill_backend: wanted.backend, kill_postmaster: wanted.postmaster}
    print(f"# CORRIDOR_SEED={seed}", flush=True)
    place, clients, failed = FeedPlace(), [], 0
    try:
        place.start_cluster()
        place.tool("migrate")
        ports = [place.ingestd().port for _ in range(2)]
        for n in range(OPERATORS):
            sender.add_operator(place.tool, f"op-{n}")
            clients.append(Pusher(f"op-{n}", sender.issue_hmac(place.tool, f"op-{n}"), ports, seed))
        wait_for("the keys are known", 10, lambda: all(
            one.send(client.key, "GET", f"/v1/operators/{client.operator}/quotes").status == 200
            for one in place.ingestds for client in clients))
        began = time.monotonic()
        for client in clients:
            client.start()
        strike_all(place, clients, counts, generator)
        time.sleep(0.5)
        for client in clients:
            client.ending.set()
        for client in clients:
            client.join(150)
            assert not client.is_alive(), f"{client.operator} does not end"
        alive(clients)
        seconds = time.monotonic() - began
        found = record.check(place, clients)
        print(f"killed: corridor-ingestd {wanted.ingestd} times, a PostgreSQL backend {wanted.backend}, the postmaster "
              f"{wanted.postmaster}, in {seconds:.0f} s")
        print(f"{found['submissions']} submissions answered, {found['accepted']} quotes accepted; attempts: "
              f"{sum(c.lost for c in clients)} lost their connection, {sum(c.unavailable for c in clients)} were told to come "
              f"again; {sum(c.told_again for c in clients)} submissions took more than one")
        for what, count in found.items():
            if what not in ("submissions", "accepted"):
                print(f"{'ok' if count == 0 else 'FAILED'} {what}: {count}")
                failed += count != 0
        print(f"{len(found) - 2 - failed} passed, {failed} failed")
    finally:
        place.end()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
