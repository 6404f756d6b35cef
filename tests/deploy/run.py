#!/usr/bin/env python3
"""The scripts of deploy/dev, used as people use them and then hurt: killed at every moment, called twice, from
elsewhere, with a port taken, a folder closed, a database of one's own. Each case has a data folder and ports of its
own and must leave no process behind.

    tests/deploy/run.py [CASE...]
"""
import concurrent.futures
import http.client
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "deploy/dev/cluster.sh"
CORRIDOR = ROOT / "deploy/dev/corridor.sh"
IS_ROOT = os.getuid() == 0


class Skipped(Exception):
    pass


class Place:
    """A data folder and two ports, and the commands run on them."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="corridor-deploy-"))
        self.var = self.folder / "var"
        self.port, self.feed_port = free_ports(2)
        self.settings = {"CORRIDOR_VAR": str(self.var), "CORRIDOR_PORT": str(self.port),
                         "CORRIDOR_FEED_PORT": str(self.feed_port), "CORRIDOR_DEMO": "0"}
        if IS_ROOT:
            self.folder.chmod(0o711)

    def environment(self, **more):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("CORRIDOR_", "PG", "MAKE"))}
        return {**clean, **self.settings, **more}

    def run(self, *command, limit=60, cwd=ROOT, **more):
        """Runs a command to its end; gives its status and all that it printed."""
        done = subprocess.run(list(map(str, command)), env=self.environment(**more), cwd=cwd, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=limit)
        return done.returncode, done.stdout

    def ok(self, *command, **more):
        status, output = self.run(*command, **more)
        assert status == 0, f"{command}: status {status}\n{output}"
        return output

    def refused(self, *command, says=(), **more):
        status, output = self.run(*command, **more)
        assert status != 0, f"{command} should have failed:\n{output}"
        for text in says:
            assert text in output, f"{command} should say {text!r}:\n{output}"
        return output

    def sql(self, text, user="corridor_owner"):
        return self.ok(CLUSTER, "psql", "-U", user, "-v", "ON_ERROR_STOP=1", "-Atc", text).strip()

    def postmaster(self):
        return int((self.var / "pg/postmaster.pid").read_text().split()[0])

    def remembered(self, name):
        return int((self.var / name).read_text().split()[0])

    def processes(self):
        """What runs with this folder in its environment: programs, supervisor, PostgreSQL and its children."""
        mark, found = f"CORRIDOR_VAR={self.var}".encode(), []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0") and int(entry.name) != os.getpid():
                    found.append((int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()))
            except OSError:
                pass
        return found

    def status(self, path="/readyz"):
        try:
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            link.request("GET", path)
            return link.getresponse().status
        except OSError:
            return None
        finally:
            link.close()

    def answers(self):
        """On a machine under load /readyz may say for a moment that the market is not quite up to date."""
        until(lambda: self.status() == 200, "/readyz says 200", 10)

    def clear(self):
        """Ends what is left: PostgreSQL in a way that gives its shared memory back, the rest at once."""
        for pid, command in self.processes():
            kill(pid, signal.SIGQUIT if "/bin/postgres -D" in command else signal.SIGKILL)
        end = time.monotonic() + 5
        while self.processes() and time.monotonic() < end:
            time.sleep(0.05)
        for pid, _ in self.processes():
            kill(pid)
        socket_file = self.var / "socket"
        if socket_file.exists():
            shutil.rmtree(socket_file.read_text().strip(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def kill(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def until(condition, what, limit=30):
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, f"not within {limit} s: {what}"
        time.sleep(0.05)


def nothing_left(place):
    until(lambda: not place.processes(), "every process ended", 5)


# ---- The cluster alone


def cluster_is_private(place):
    place.ok(CLUSTER, "start")
    assert place.sql("SHOW listen_addresses") == ""
    assert place.sql("SHOW fsync") == "on" and place.sql("SHOW synchronous_commit") == "on"
    assert place.sql("SHOW log_parameter_max_length") == "0", "a slow question's countries would be in the log"
    before = place.ok(CLUSTER, "pid")
    place.ok(CLUSTER, "start")
    assert place.ok(CLUSTER, "pid") == before, "a running cluster was not found but started anew"
    place.ok(CLUSTER, "stop")
    nothing_left(place)
    place.ok(CLUSTER, "stop")  # again: nothing to do


def cluster_roles_are_by_user(place):
    if not IS_ROOT:
        raise Skipped("only root has another user to try it with")
    place.ok(CLUSTER, "start")
    for role, may in ("corridor_server", True), ("corridor_owner", False), ("postgres", False):
        place.sql("SELECT 1 FROM pg_roles", "postgres")
        if may:
            place.sql(f"CREATE ROLE {role} LOGIN", "postgres")
        status, output = place.run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "psql",
                                   "-h", place.var / "run", "-U", role, "-d", "corridor", "-c", "SELECT 1", cwd="/")
        assert (status == 0) == may, f"nobody as {role}: {output}"


def cluster_initdb_killed(place):
    half_made = place.var / "pg.new"
    start = subprocess.Popen([CLUSTER, "start"], env=place.environment(), start_new_session=True,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: (half_made / "PG_VERSION").exists(), "initdb began")
    os.killpg(start.pid, signal.SIGKILL)
    start.wait()
    for pid, _ in place.processes():
        kill(pid)
    assert half_made.exists() and not (place.var / "pg").exists()
    place.ok(CLUSTER, "start")
    assert place.sql("SELECT current_user") == "corridor_owner"
    assert not half_made.exists()


def cluster_started_twice_at_once(place):
    both = [subprocess.Popen([CLUSTER, "start"], env=place.environment(), stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True) for _ in range(2)]
    for one in both:
        output = one.communicate(timeout=60)[0]
        assert one.returncode == 0, output
    assert place.sql("SELECT 1") == "1"


def cluster_postmaster_killed(place):
    place.ok(CLUSTER, "start")
    place.sql("CREATE SCHEMA kept")
    long = "SELECT count(*) FROM generate_series(1, 3000000000) AS number"  # a child that is too busy to notice
    asking = subprocess.Popen([CLUSTER, "psql", "-c", long], env=place.environment(), stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    until(lambda: place.sql(f"SELECT count(*) FROM pg_stat_activity WHERE query = '{long}'") == "1", "the long question")
    kill(place.postmaster())
    place.ok(CLUSTER, "start")
    assert place.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'kept'") == "1"
    asking.wait(20)


def cluster_stale_number_is_a_strangers(place):
    place.ok(CLUSTER, "start")
    file = place.var / "pg/postmaster.pid"
    text = file.read_text()
    kill(place.postmaster())
    until(lambda: not place.processes(), "PostgreSQL's children ended")
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        file.write_text(re.sub(r"^\d+", str(stranger.pid), text))
        place.ok(CLUSTER, "stop")
        assert stranger.poll() is None, "stop ended a stranger's process"
    finally:
        stranger.kill()
        stranger.wait()
    place.ok(CLUSTER, "start")
    assert place.sql("SELECT 1") == "1"


def cluster_long_path(place):
    place.settings["CORRIDOR_VAR"] = str(place.folder / ("x" * 100))
    place.var = place.folder / ("x" * 100)
    place.ok(CLUSTER, "start")
    assert "/tmp/" in (place.var / "connection").read_text()
    place.ok(CLUSTER, "stop")
    place.ok(CLUSTER, "start")
    assert place.sql("SELECT 1") == "1"


def cluster_path_with_quotes(place):
    place.var = place.folder / "a 'quoted' \\ folder, twice"
    place.settings["CORRIDOR_VAR"] = str(place.var)
    place.ok(CLUSTER, "start")
    assert place.sql("SELECT 1") == "1"
    place.ok(ROOT / "build/corridor", "migrate")


def cluster_folder_closed(place):
    if not IS_ROOT:
        raise Skipped("only for root does another user run the cluster")
    closed = place.folder / "closed"
    closed.mkdir(mode=0o700)
    place.refused(CLUSTER, "start", CORRIDOR_VAR=str(closed / "var"), says=[str(closed), "CORRIDOR_VAR", "chmod o+x"])
    own = place.folder / "own"
    own.mkdir(mode=0o700)  # as mktemp -d makes it: ours to open
    place.var = own
    place.settings["CORRIDOR_VAR"] = str(own)
    place.ok(CLUSTER, "start")


# ---- The settings


def settings_refused(place):
    cases = [({"CORRIDOR_PORT": "99999"}, ["CORRIDOR_PORT", "99999", "65535"]),
             ({"CORRIDOR_PORT": "http"}, ["CORRIDOR_PORT", "http"]),
             ({"CORRIDOR_FEED_PORT": "0"}, ["CORRIDOR_FEED_PORT"]),
             ({"CORRIDOR_FEED_PORT": str(place.port)}, ["CORRIDOR_PORT", "CORRIDOR_FEED_PORT", "differ"]),
             ({"CORRIDOR_DEMO": "yes"}, ["CORRIDOR_DEMO", "yes", "0 or 1"])]
    for settings, says in cases:
        place.refused(CORRIDOR, "up", says=says, **settings)


def settings_file(place):
    """A copy of the scripts, so that the file is not the one of the person who runs the tests."""
    copy = place.folder / "copy"
    shutil.copytree(ROOT / "deploy/dev", copy / "deploy/dev")
    del place.settings["CORRIDOR_PORT"]
    script = copy / "deploy/dev/corridor.sh"
    (copy / "corridor.env").write_text("# a comment\n\nCORRIDOR_PORT=99999\n")
    place.refused(script, "up", says=["99999"])
    place.refused(script, "up", CORRIDOR_PORT="88888", says=["88888"])  # the environment wins
    (copy / "corridor.env").write_text("CORRIDOR_PROT=8080\n")
    place.refused(script, "up", says=["line 1", "CORRIDOR_PROT", "TLS_PORT,TLS_CERTS,"])
    table = re.findall(r"^\| (`CORRIDOR_.*?) \|", (ROOT / "README.md").read_text(), re.M)
    every = re.findall(r"CORRIDOR_\w+", " ".join(table))
    (copy / "corridor.env").write_text("".join(f"{name}=\n" for name in every))
    place.refused(script, "up", CORRIDOR_PORT="99999", says=["CORRIDOR_PORT is '99999'"])  # all of README's are known
    (copy / "build").mkdir()
    shutil.copy(ROOT / "build/corridor", copy / "build")  # the programs find the file from where they lie
    (copy / "corridor.env").write_text("# a comment\n\nCORRIDOR_PORT=77777\n")
    place.refused(copy / "build/corridor", "migrate", cwd="/", says=["CORRIDOR_PORT", "77777"])
    place.refused(copy / "build/corridor", "migrate", CORRIDOR_PORT="88888", says=["88888"])
    (copy / "corridor.env").write_text("CORRIDOR_PORT=77777\nCORRIDOR_PORT=66666\n")
    for command in (script, "up"), (copy / "build/corridor", "migrate"):  # the first of two, for both
        place.refused(*command, says=["77777"])


def packages_without_sudo(place):
    """Whoever may not install is told what root has to."""
    for name, tool in {"bash": "bash", "dpkg-query": "dpkg-query", "dpkg": "dpkg", "id": "echo"}.items():  # not 0: not root
        (place.folder / name).symlink_to(shutil.which(tool))
    place.refused("/bin/bash", ROOT / "deploy/dev/deps.sh", "run", says=["no sudo", "no-such-package\n"],
                  DEPENDENCIES="run bash\nrun no-such-package", PATH=str(place.folder))


# ---- Everything


def up_twice_and_down(place):
    output = place.ok(CORRIDOR, "up")
    assert f"http://127.0.0.1:{place.port}/" in output, output
    place.answers()
    assert "There are no figures yet." in place.ok("curl", "-s", f"http://127.0.0.1:{place.port}/en/")  # no price is there
    if IS_ROOT:
        owner = os.stat(f"/proc/{place.remembered('corridord.pid')}").st_uid
        assert pwd.getpwuid(owner).pw_name == "nobody", f"corridord runs as user {owner}"
    before = place.remembered("supervisor")
    assert f"http://127.0.0.1:{place.port}/" in place.ok(CORRIDOR, "up", cwd="/")
    assert place.remembered("supervisor") == before, "the second `up` started everything anew"
    place.ok(CORRIDOR, "down", cwd="/tmp")
    nothing_left(place)
    place.ok(CORRIDOR, "down")  # again: nothing to do


def up_with_other_settings_starts_again(place):
    place.ok(CORRIDOR, "up")
    place.port = place.settings["CORRIDOR_PORT"] = free_ports(1)[0]
    place.settings["CORRIDOR_PORT"] = str(place.port)
    output = place.ok(CORRIDOR, "up")
    assert f":{place.port}/" in output, output
    place.answers()
    place.ok(CORRIDOR, "up", CORRIDOR_REQUEST_LOG="all")  # any other setting too
    place.answers()
    assert "route=/readyz" in (place.var / "log/corridor.log").read_text(), "the request log was not turned on"


def root_clone_is_closed(place):
    """As in /root: the data go elsewhere, and the tool finds them and the master key without being told."""
    if not IS_ROOT:
        raise Skipped("only for root does another user run the cluster")
    clone = place.folder / "closed"
    clone.mkdir(mode=0o700)
    shutil.copytree(ROOT / "deploy/dev", clone / "deploy/dev")
    (clone / "build").mkdir()
    for program in "corridor", "corridord", "corridor-ingestd":
        shutil.copy(ROOT / "build" / program, clone / "build")
    del place.settings["CORRIDOR_VAR"]
    output = place.ok(clone / "deploy/dev/corridor.sh", "up")
    place.var = pathlib.Path(re.findall(r"data and logs are in (.*)|$", output)[0])
    assert str(clone) not in str(place.var) and "cannot reach" in output, output
    assert "up to date" in place.ok(clone / "build/corridor", "migrate", cwd="/")
    assert (clone / "var/master.key").exists() and not (place.var / "master.key").exists()
    place.ok(clone / "deploy/dev/corridor.sh", "down")
    nothing_left(place)
    shutil.rmtree(place.var)


def tool_finds_the_cluster(place):
    place.ok(CORRIDOR, "up")
    output = place.ok(ROOT / "build/corridor", "migrate", cwd="/")
    assert "up to date" in output, output


def port_in_use(place):
    with socket.create_server(("127.0.0.1", place.port)):
        output = place.refused(CORRIDOR, "up", says=[str(place.port), "CORRIDOR_PORT", "in use"])
        if shutil.which("ss"):
            assert str(os.getpid()) in output, f"who holds it: {output}"
    nothing_left(place)


def everything_killed(place):
    place.ok(CORRIDOR, "up")
    for _ in range(2):  # the second round starts from files that the first left stale
        for pid, _ in place.processes():
            kill(pid)
        until(lambda: not place.processes(), "all is killed")
        assert (place.var / "supervisor").exists() and (place.var / "pg/postmaster.pid").exists()
        place.ok(CORRIDOR, "up")
        place.answers()


def supervisor_killed(place):
    place.ok(CORRIDOR, "up")
    kill(place.remembered("supervisor"))
    place.ok(CORRIDOR, "up")
    place.answers()
    kill(place.remembered("supervisor"))
    place.ok(CORRIDOR, "down")
    nothing_left(place)


def folder_deleted(place):
    place.ok(CORRIDOR, "up")
    while place.var.exists():  # PostgreSQL removes files of its own meanwhile
        shutil.rmtree(place.var, ignore_errors=True)
    until(lambda: not place.processes(), "everything ended", 20)
    place.ok(CORRIDOR, "up")
    place.answers()


def run_recovers_and_stops(place):
    with open(place.folder / "output", "w", encoding="utf-8") as output:
        run = subprocess.Popen(["make", "run"], cwd=ROOT, env=place.environment(), start_new_session=True,
                               stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    try:
        until(lambda: "Ctrl-C" in (place.folder / "output").read_text(), "make run is ready", 120)
        place.answers()
        postmaster, supervisor = place.postmaster(), place.remembered("supervisor")
        kill(supervisor, signal.SIGSTOP)  # or it might start PostgreSQL again before anybody noticed
        kill(postmaster)
        until(lambda: place.status() == 503, "/readyz says that PostgreSQL is away")
        kill(supervisor, signal.SIGCONT)
        until(lambda: place.status() == 200, "PostgreSQL is started again")
        assert place.postmaster() != postmaster
        program = place.remembered("corridord.pid")
        kill(program)
        until(lambda: place.status() == 200 and place.remembered("corridord.pid") != program, "corridord is back")
        place.refused(CORRIDOR, "run", says=["already running", "make down ends it"])
        os.killpg(run.pid, signal.SIGINT)  # Ctrl-C
        run.wait(timeout=30)
        nothing_left(place)
        assert (place.var / "pg/PG_VERSION").exists(), "data is kept"
    except AssertionError as error:
        raise AssertionError(f"{error}\n{(place.folder / 'output').read_text()}") from error
    finally:
        kill(run.pid)
        run.wait()


def run_stopped_while_starting(place):
    for delay in 0.1, 0.4, 0.8, 1.2:
        run = subprocess.Popen([CORRIDOR, "run"], env=place.environment(), start_new_session=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        os.killpg(run.pid, signal.SIGTERM)
        run.wait(timeout=60)
        nothing_left(place)
    place.ok(CORRIDOR, "up")
    place.answers()


def outside_database(place):
    """CORRIDOR_DB: a cluster that is not ours to start or stop, whose login owns the database."""
    other = Place()
    try:
        other.ok(CLUSTER, "start")
        other.sql("CREATE ROLE visitor LOGIN CREATEROLE", "postgres")
        other.sql("CREATE DATABASE elsewhere OWNER visitor", "postgres")
        (other.var / "pg/pg_hba.conf").write_text("local all visitor trust\nlocal all all peer map=corridor\n")
        other.sql("SELECT pg_reload_conf()", "postgres")
        time.sleep(0.2)
        place.settings["CORRIDOR_DB"] = f"host={other.var}/run dbname=elsewhere user=visitor"
        place.ok(CORRIDOR, "up")
        place.answers()
        assert not (place.var / "pg").exists(), "no cluster of ours is made"
        place.ok(CORRIDOR, "down")
        nothing_left(place)
        assert other.sql("SELECT 1") == "1", "the outside cluster goes on"
        place.settings["CORRIDOR_DB"] = f"host={other.folder} dbname=elsewhere"
        place.refused(CORRIDOR, "up", limit=150)
        nothing_left(place)
    finally:
        other.clear()


CASES = [cluster_is_private, cluster_roles_are_by_user, cluster_initdb_killed, cluster_started_twice_at_once,
         cluster_postmaster_killed, cluster_stale_number_is_a_strangers, cluster_long_path, cluster_path_with_quotes,
         cluster_folder_closed, settings_refused, settings_file, packages_without_sudo, up_twice_and_down,
         up_with_other_settings_starts_again, root_clone_is_closed, tool_finds_the_cluster, port_in_use, everything_killed,
         supervisor_killed, folder_deleted, run_recovers_and_stops, run_stopped_while_starting, outside_database]


def attempt(case):
    """Runs a case; gives its outcome and the lines to print."""
    place, started, outcome, note = Place(), time.monotonic(), "passed", ""
    try:
        case(place)
    except Skipped as reason:
        outcome, note = "skipped", f" # SKIP {reason}"
    except (AssertionError, OSError, subprocess.TimeoutExpired, ValueError) as error:
        outcome, note = "failed", f"\n{error}"
    finally:
        place.clear()
    word = "not ok" if outcome == "failed" else "ok"
    return outcome, f"{word} {case.__name__} ({time.monotonic() - started:.1f} s){note}"


def main():
    chosen = [case for case in CASES if len(sys.argv) == 1 or case.__name__ in sys.argv[1:]]
    count = {"passed": 0, "failed": 0, "skipped": 0}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:  # they mostly wait
        for outcome, lines in pool.map(attempt, chosen):
            count[outcome] += 1
            print(lines, flush=True)
    print(f"{count['passed']} passed, {count['failed']} failed"
          + (f", {count['skipped']} skipped" if count["skipped"] else ""))
    return 1 if count["failed"] or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
