#!/usr/bin/env python3
"""The survey's workbook into the database, beside a program that only reads it: bench_import.py [OLD NEW]

Writes a workbook of the World Bank's size (49,491 and 204,469 rows, or OLD and NEW) once, into build/bench/, imports it
into a private cluster of its own, and reads the same file's two sheets with openpyxl in read-only mode where some Python
has it, else turns them into CSV with xlsx2csv. What the figures mean is in README.md beside this.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WANTED = 5    # times as fast as the other program, at least
MEMORY = 64   # MiB the importer may take at its peak

# A sheet's own word on its size would let openpyxl stop early.
READ = """
import sys, openpyxl
rows = 0
for sheet in openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True):
    if sheet.title.startswith("Dataset"):
        sheet.reset_dimensions()
        rows += sum(1 for row in sheet.iter_rows(values_only=True)) - 1
print(rows)
"""


def timed(command, **options):
    """Runs a command: seconds, processor seconds of its own, peak memory in MiB, what it printed."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed: status {status}")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output


def reader(path):
    """The other program's name and command."""
    for python in ("python3", "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import openpyxl"], stderr=subprocess.DEVNULL).returncode == 0:
            return "openpyxl", [python, "-W", "ignore", "-c", READ, path]
    return "xlsx2csv", ["xlsx2csv", "--all", path, "/dev/null"]


def main():
    old, new = (int(word) for word in (sys.argv[1:] if len(sys.argv) == 3 else ("49491", "204469")))
    path = ROOT / f"build/bench/survey-{old}-{new}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        subprocess.run([ROOT / "tests/import/make_workbook.py", f"{path}.new", "--old", str(old), "--new", str(new)], check=True)
        os.rename(f"{path}.new", path)
    print(f"{old + new} rows, {path.stat().st_size / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder:
        os.chmod(folder, 0o755)
        environment = {**os.environ, "CORRIDOR_VAR": folder}
        cluster = ROOT / "deploy/dev/cluster.sh"
        try:
            subprocess.run([cluster, "start"], env=environment, check=True, stdout=subprocess.DEVNULL)
            subprocess.run([ROOT / "build/corridor", "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
            mine = timed([ROOT / "build/corridor", "import", "rpw", path], env=environment)
            again = timed([ROOT / "build/corridor", "import", "rpw", path], env=environment)
        finally:
            subprocess.run([cluster, "stop"], env=environment, check=False, stdout=subprocess.DEVNULL)
    name, command = reader(path)
    other = timed(command)
    if name == "openpyxl" and other[3].strip() != str(old + new):
        sys.exit(f"openpyxl found {other[3].strip()} rows")
    for what, (seconds, processor, memory, _) in (("corridor import rpw", mine), ("the same again", again), (name, other)):
        print(f"{what:20} {seconds:7.1f} s {processor:7.1f} s of processor {(old + new) / seconds:9,.0f} rows/s"
              f" {memory:7.1f} MiB")
    times = other[0] / mine[0]
    print(f"{times:.1f} times the speed of {name} (at least {WANTED}), {mine[2]:.1f} MiB (at most {MEMORY})")
    return 0 if times >= WANTED and mine[2] <= MEMORY else 1


if __name__ == "__main__":
    sys.exit(main())
