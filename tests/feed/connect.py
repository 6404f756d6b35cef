#!/usr/bin/env python3
"""The README's section "Connect an operator", done as it stands there, by a new operator: its files are written, its commands
run in their order in one shell, on the demonstration market; between them it is asked what the README promises."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "server"))
from harness import ROOT, free_port, wait_for  # noqa: E402

REF = "fr-sn-cash-1"
counts = {"passed": 0, "failed": 0}


def parts_of(section):
    """Files that the reader is told to keep, and blocks of commands, in their order."""
    files = {}
    for text in re.findall(r"^```\w+\n(.*?)^```\n", section, re.M | re.S):
        files[re.search(r"^# (push\.\w+)", text, re.M)[1]] = text
    plain = re.sub(r"^```\w+\n.*?^```\n", "", section, flags=re.M | re.S)
    blocks = [re.sub(r"^    ", "", block, flags=re.M).strip("\n") for block in re.findall(r"(?:^    .*\n)+", plain, re.M)]
    return files, blocks


class Shell:
    """One shell for all blocks, as somebody types them."""

    def __init__(self, folder, environment):
        self.process = subprocess.Popen(["bash", "-e"], cwd=folder, env=environment, text=True, bufsize=1,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def do(self, block):
        self.process.stdin.write(block + "\necho; echo ::done\n")
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stdout.readline()) not in ("::done\n", ""):
            lines.append(line)
        assert line, f"it ended: {block}\n{''.join(lines)}"
        return "".join(lines)


def check(what, right, seen=""):
    counts["passed" if right else "failed"] += 1
    print(f"{'ok' if right else 'FAILED'} {what}{'' if right else ': ' + str(seen)[:1500]}", flush=True)


def receipts(said):
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def offers(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/compare?from=FR&to=SN&amount=200", timeout=10) as answer:
        return [offer for offer in json.load(answer)["offers"] if offer["operator"]["id"] == "swift-send"]


def try_it(folder, environment, port, feed_port):
    text = (ROOT / "README.md").read_text()
    section = text[text.index("## Connect an operator"):]
    section = section[:section.index("\n## ", 5) + 1]
    section = section.replace("127.0.0.1:8081", f"127.0.0.1:{feed_port}").replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    files, blocks = parts_of(section)
    check("two files and six blocks are there", sorted(files) == ["push.py", "push.sh"] and len(blocks) == 6, blocks)
    for name, content in files.items():
        (folder / name).write_text(content)
    shell = Shell(folder, environment)
    add, keys, first, mistake, change, python = blocks

    check("the operator is registered", "registered" in shell.do(add))
    shell.do(keys)
    mine = f"http://127.0.0.1:{feed_port}/v1/operators/swift-send/quotes"
    wait_for("the key is known", 20, lambda: "signature_base" not in shell.do(f"sh push.sh GET {mine}"))
    said = shell.do(first)
    told = receipts(said)
    check("the first quote is accepted", told and told[0]["quotes"][0]["status"] == "accepted", said)
    wait_for("it is compared", 5, lambda: len(offers(port)) == 1)
    check("it is compared", True)
    page = re.search(r"http://127\.0\.0\.1:\d+/en/FR-SN\S*", section)[0]
    with urllib.request.urlopen(page, timeout=10) as answer:
        check("it is on the page that is named", b"Swift Send" in answer.read())

    said = shell.do(mistake)
    told = receipts(said)[0]["quotes"][0]
    check("the mistake is explained", told["status"] == "refused" and told["field"] == "/pay_out/0" and told["code"] and
          "cash" in json.dumps(told), told)
    said = shell.do("sed 's/652.80/65280/; s/651.20/65120/' quote.json >slip.json; sh push.sh POST "
                    f"http://127.0.0.1:{feed_port}/v1/operators/swift-send/quotes slip.json")
    check("a slip is held", receipts(said)[0]["quotes"][0]["status"] == "quarantined", said)
    check("and the earlier price stays", len(offers(port)) == 1)

    lines = change.splitlines()
    said = shell.do("\n".join(lines[:2]))
    check("a new price is accepted", receipts(said)[0]["quotes"][0]["status"] == "accepted", said)
    wait_for("the new price is compared", 5, lambda: any("653.4" in json.dumps(offer) for offer in offers(port)))
    check("the new price is compared", True)
    said = shell.do(lines[2])
    check("what is in force is listed", REF in said and "653.4" in said, said)
    said = shell.do(lines[3])
    check("it is withdrawn", receipts(said)[0]["counts"]["withdrawn"] == 1, said)
    wait_for("it is gone", 5, lambda: not offers(port))
    check("it is gone", True)

    wrong = shell.do("KEYID=nobody sh push.sh GET " + f"http://127.0.0.1:{feed_port}/v1/operators/swift-send/quotes")
    check("a signature that is not believed shows its base", "signature_base" in wrong, wrong)
    again = f"sh push.sh POST http://127.0.0.1:{feed_port}/v1/operators/swift-send/quotes cheaper.json"
    said = shell.do(f"export IDEMPOTENCY_KEY=again; {again}; echo; {again}; unset IDEMPOTENCY_KEY")
    told = receipts(said)
    check("sent again under the same key it has the same answer", len(told) == 2 and told[0] == told[1], said)

    issue, export, push = python.splitlines()
    known = f"for i in $(seq 100); do python3 push.py GET {mine} >known.txt && break; sleep 0.2; done"
    said = shell.do("\n".join((issue, export, known, push)))
    check("Python's example is accepted", receipts(said)[-1]["quotes"][0]["status"] in ("accepted", "unchanged"), said)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="corridor-connect-"))
    folder.chmod(0o711)
    port, feed_port = free_port(), free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CORRIDOR_", "PG", "MAKE"))}
    environment = {**clean, "CORRIDOR_VAR": str(folder / "var"), "CORRIDOR_PORT": str(port),
                   "CORRIDOR_FEED_PORT": str(feed_port), "CORRIDOR_DEMO": "1"}
    desk = folder / "desk"
    desk.mkdir()
    (desk / "build").symlink_to(ROOT / "build")
    script = ROOT / "deploy/dev/corridor.sh"
    try:
        up = subprocess.run([script, "up"], env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            timeout=170)
        assert up.returncode == 0, up.stdout.decode()
        began = time.monotonic()
        try_it(desk, environment, port, feed_port)
        print(f"# {time.monotonic() - began:.1f} s of machine time, registration to withdrawal and again")
    except (AssertionError, KeyError, IndexError, OSError, ValueError) as wrong:
        check("all of it", False, f"{type(wrong).__name__}: {wrong}")
    finally:
        subprocess.run([script, "down"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=60)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
