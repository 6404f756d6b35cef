"""A place of its own for the server's tests: a private cluster, the programs, and questions over HTTP."""
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / os.environ.get("TEST_CORRIDORD", "build/corridord")  # another build, say build/asan/corridord
DATA = pathlib.Path(os.environ.get("CORRIDOR_DATA", ROOT / "../shared/data")).resolve()


class Skipped(Exception):
    pass


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


taken_ports = []


def free_port():
    """One that no other test takes while this process lives: the programs share a port (SO_REUSEPORT) without a word. Below
    those that the system gives to clients."""
    while True:
        port = random.randrange(10000, 20000)
        mark, probe = socket.socket(socket.AF_UNIX), socket.socket()
        try:
            mark.bind(f"\0corridor-test-port-{port}")
            probe.bind(("127.0.0.1", port))
        except OSError:
            mark.close()
            continue
        finally:
            probe.close()
        taken_ports.append(mark)
        return port


def wait_for(what, seconds, true):
    """Gives how long it took until it was true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began


class Place:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="corridor-server-"))
        self.folder.chmod(0o711)
        self.port = free_port()
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("CORRIDOR_", "PG", "MAKE"))}
        self.environment = {**clean, "CORRIDOR_VAR": str(self.folder / "var"), "CORRIDOR_PORT": str(self.port),
                            "CORRIDOR_DEMO": "0"}
        self.server = None
        self.log = open(self.folder / "corridord.log", "w+b")

    def run(self, *command, limit=120, stdin=None):
        done = subprocess.run(list(map(str, command)), env=self.environment, cwd=ROOT, text=True, input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit)
        assert done.returncode == 0, f"{command}: status {done.returncode}\n{done.stdout}"
        return done.stdout

    def start_cluster(self):
        self.run(ROOT / "deploy/dev/cluster.sh", "start")

    def sql(self, text):
        return self.run(ROOT / "deploy/dev/cluster.sh", "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-", stdin=text)

    def session(self):
        """psql that is talked to line by line; see Session."""
        return Session(self)

    def start_server(self, ready=True):
        self.server = subprocess.Popen([PROGRAM], env=self.environment, cwd=ROOT,
                                       stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        wait_for("the server answers", 10, lambda: self.up())
        if ready:
            wait_for("the server is ready", 60, lambda: self.get("/readyz").status == 200)

    def stop_server(self):
        if self.server is None:
            return None
        self.server.send_signal(signal.SIGTERM)
        status = self.server.wait(timeout=15)
        self.server = None
        return status

    def up(self):
        assert self.server.poll() is None, f"corridord ended: {self.said()}"
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False

    def said(self):
        return (self.folder / "corridord.log").read_text(errors="replace")

    def get(self, target, method="GET", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, target, headers=headers or {})
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()

    def ok(self, target):
        answer = self.get(target)
        assert answer.status == 200, f"{target}: {answer.status} {answer.body[:300]}"
        return answer.json

    def end(self):
        try:
            self.stop_server()
            self.run(ROOT / "deploy/dev/cluster.sh", "stop")
        finally:
            self.log.close()
            shutil.rmtree(self.folder, ignore_errors=True)


class Tally:
    """Runs cases one by one, says of each how it went, and adds up."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def run(self, name, case, *arguments):
        began = time.monotonic()
        title = name.removeprefix("test_").replace("_", " ")
        number = self.passed + self.failed + self.skipped + 1
        try:
            case(*arguments)
            self.passed += 1
            print(f"ok {number} - {title} ({time.monotonic() - began:.1f} s)", flush=True)
        except Skipped as why:
            self.skipped += 1
            print(f"ok {number} - {title} # SKIP {why}", flush=True)
        except Exception:
            self.failed += 1
            print(f"not ok {number} - {title}\n{traceback.format_exc()}", flush=True)

    def end(self):
        """The last line; gives the exit status."""
        print(f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else ""))
        return self.failed != 0


def cases_of(module, wanted):
    """Its test_… whose names contain one of the wanted, or all."""
    return [(name, case) for name, case in vars(module).items()
            if name.startswith("test_") and (not wanted or any(w in name for w in wanted))]


def run_cases(modules, wanted, make):
    """Runs the test_… of the modules, in order, on a place that make(place) has made ready; the exit status."""
    tally = Tally()
    place = Place()
    try:
        make(place)
        for module in modules:
            for name, case in cases_of(module, wanted):
                tally.run(name, case, place)
        if tally.failed:
            print("# corridord said:\n" + place.said()[-3000:])
    finally:
        place.end()
    return tally.end()


class Session:
    def __init__(self, place):
        self.process = subprocess.Popen(
            [str(ROOT / "deploy/dev/cluster.sh"), "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-"],
            env=place.environment, cwd=ROOT, text=True, bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)

    def do(self, text):
        """Runs statements and gives what they printed, when they are done."""
        self.process.stdin.write(text + "\n\\echo done\n")
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stdout.readline()) not in ("done\n", ""):
            lines.append(line.rstrip("\n"))
        assert line, f"psql ended: {lines}"
        return lines

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def quote_sql(corridor, fee, operator="test-operator", ref=None, valid_from="now() - interval '1 hour'",
              valid_until="now() + interval '10 days'", rate="650", price="regular", send="EUR", receive="XOF",
              recorded_at="now()", origin="demonstration"):
    """Stores and publishes one quote, as the feed does, in whatever transaction is open."""
    ref = ref or f"{operator}-{corridor}"
    return f"""
SET search_path = corridor;
INSERT INTO operator (id, name, type, origin) VALUES ('{operator}', 'Test {operator}', 'mto', '{origin}')
ON CONFLICT DO NOTHING;
INSERT INTO submission (kind, source, sha256, rows_read, taken, unchanged, refused)
VALUES ('feed', 'test', decode(repeat('00', 32), 'hex'), 1, 1, 0, 0);
INSERT INTO service (operator, ref, corridor) VALUES ('{operator}', '{ref}', '{corridor}') ON CONFLICT DO NOTHING;
INSERT INTO quote (recorded_at, service, corridor, submission, price, send_currency, receive_currency, pay_in, access_point,
                   pay_out, speed, coverage, tariff, collected_at, valid_from, valid_until)
SELECT {recorded_at}, s.id, s.corridor, currval(pg_get_serial_sequence('submission', 'id')), '{price}', '{send}',
       '{receive}', '{{cash}}', '{{agent}}', '{{cash}}', 'same_day', 'high',
       '[{{"from": "0", "to": null, "fee": "{fee}", "rate": "{rate}"}}]', {recorded_at}, {valid_from}, {valid_until}
FROM service s WHERE s.operator = '{operator}' AND s.ref = '{ref}';
DO $$ BEGIN PERFORM publish_submission(currval(pg_get_serial_sequence('submission', 'id'))); END $$;
"""
