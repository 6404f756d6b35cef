"""A place of its own for the feed's tests: a private cluster, corridor-ingestd, an operator with a key."""
import base64
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "server"))
from harness import ROOT, Place, free_port, wait_for  # noqa: E402

from client import Key, Operator  # noqa: E402

INGESTD = ROOT / "build/corridor-ingestd"


class FeedPlace(Place):
    def __init__(self):
        super().__init__()
        self.ingestds = {}
        self.environment["CORRIDOR_MASTER_KEY_FILE"] = str(self.folder / "master.key")

    def start_ingestd(self, ready=True, **settings):
        """Starts one more; gives its port."""
        port = free_port()
        log = open(self.folder / f"ingestd-{port}.log", "wb")
        self.ingestds[port] = subprocess.Popen(
            [INGESTD], env={**self.environment, "CORRIDOR_FEED_PORT": str(port), **settings}, cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        if ready:
            self.wait_ready(port)
        return port

    def wait_ready(self, port, seconds=30):
        wait_for("corridor-ingestd is ready", seconds, lambda: self.ingest_get(port, "/readyz")[0] == 200)

    def ingest_get(self, port, target):
        import http.client
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", target)
            response = connection.getresponse()
            return response.status, response.read()
        except OSError:
            assert self.ingestds[port].poll() is None, f"corridor-ingestd ended: {self.ingestd_said(port)}"
            return 0, b""
        finally:
            connection.close()

    def ingestd_said(self, port):
        return (self.folder / f"ingestd-{port}.log").read_text(errors="replace")

    def stop_ingestd(self, port):
        process = self.ingestds.pop(port)
        process.terminate()
        return process.wait(timeout=20)

    def operator(self, operator, port):
        """Registers an operator with an HMAC key."""
        self.run("build/corridor", "operator", "add", operator, "--name", operator.title(), "--legal-name",
                 f"{operator.title()} SA", "--type", "mto", "--country", "FR", "--licence", "1", "--register",
                 "a register", "--website", f"https://{operator}.example", "--contact", f"feed@{operator}.example")
        done = subprocess.run([str(ROOT / "build/corridor"), "key", "issue", operator, "--hmac", "--json"], cwd=ROOT,
                              env=self.environment, check=True, capture_output=True, text=True, timeout=60)
        key = json.loads(done.stdout)
        made = Operator(port, operator, Key(key["key"], secret=base64.b64decode(key["secret"])))
        for each in self.ingestds:  # within a second, where nothing else runs
            wait_for("its key is known", 20, lambda: made.get("/quotes", port=each).status == 200)
        return made

    def count(self, sql):
        return int(self.sql(f"SELECT count(*) FROM {sql}").strip())

    def end(self):
        for port in list(self.ingestds):
            self.stop_ingestd(port)
        super().end()
