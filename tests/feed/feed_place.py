"""A private cluster with any number of corridor-ingestd on it, and the tool."""
import os
import pathlib
import signal
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "server"))
from harness import ROOT, Place, free_port, wait_for  # noqa: E402

import sender  # noqa: E402

INGESTD = ROOT / os.environ.get("TEST_INGESTD", "build/corridor-ingestd")  # another build, say build/asan/corridor-ingestd
TOOL = ROOT / "build/corridor"


class Ingestd:
    """One process; `port` stays the same when it is started again."""

    def __init__(self, place):
        self.place, self.port, self.process = place, free_port(), None
        self.origin = f"http://127.0.0.1:{self.port}"
        self.environment = {**place.environment, "CORRIDOR_FEED_PORT": str(self.port)}
        self.said = place.folder / f"ingestd-{self.port}.log"

    def start(self, ready=True):
        with open(self.said, "ab") as log:
            self.process = subprocess.Popen([INGESTD], env=self.environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)
        if ready:
            wait_for("corridor-ingestd is ready", 60, self.is_ready)
        return self

    def is_ready(self):
        assert self.process.poll() is None, f"corridor-ingestd ended: {self.said.read_text(errors='replace')[-2000:]}"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(timeout=20) == 0, f"corridor-ingestd ended badly: {self.said.read_text()[-2000:]}"

    def send(self, key, method, target, body=None, **how):
        return sender.send(self.port, key, method, target, body, **how)


class FeedPlace(Place):
    def __init__(self):
        super().__init__()
        self.environment["CORRIDOR_MASTER_KEY_FILE"] = str(self.folder / "master.key")
        self.ingestds = []

    def tool(self, *words, stdin=None, status=0, **environment):
        """What `corridor` printed to standard output, or to standard error where it must fail."""
        done = subprocess.run([TOOL, *words], env={**self.environment, **environment}, cwd=ROOT, input=stdin, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == status, f"corridor {' '.join(words)}: status {done.returncode}, {done.stderr.decode()}"
        return (done.stderr if status else done.stdout).decode()

    def ingestd(self, ready=True, **settings):
        one = Ingestd(self)
        one.environment.update(settings)
        self.ingestds.append(one)
        return one.start(ready)

    def end(self):
        try:
            for one in self.ingestds:
                one.stop()
        finally:
            for one in self.ingestds:
                if one.process and one.process.poll() is None:
                    one.kill()
            super().end()
