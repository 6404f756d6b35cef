"""What the benchmarks measure: corridord on the demonstration market and nginx on files with the same bytes, both with one
worker on core 0, plain and by TLS with the same certificates, and what the kernel says they used."""
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/server"))
sys.dont_write_bytecode = True

from harness import PROGRAM, Place, free_port, wait_for


# The settings that serve small files fastest here; tcp_nopush costs it a system call an answer and gains nothing.
NGINX = """
worker_processes 1;
worker_cpu_affinity 01;
worker_rlimit_nofile 20000;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush off;
    tcp_nodelay on;
    open_file_cache max=16;
    open_file_cache_valid 600s;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    default_type "application/json; charset=utf-8";
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:sessions:10m;
    ssl_session_tickets on;
    ssl_certificate {certificates}/localhost.crt; ssl_certificate_key {certificates}/localhost.key;
    ssl_certificate {certificates}/localhost-rsa.crt; ssl_certificate_key {certificates}/localhost-rsa.key;
    server {{
        listen 127.0.0.1:{port} reuseport;
        listen 127.0.0.1:{tls_port} ssl http2 reuseport;
        root {folder}/files;
    }}
}}
"""


def processor_seconds(thread):
    """User and system time of a thread by its folder in /proc; to the nanosecond, where `stat` counts ticks of 10 ms."""
    return int((thread / "schedstat").read_text().split()[0]) / 1e9


class Server:
    """A server under load: its name, process and ports."""

    def __init__(self, name, pid, port, tls_port):
        self.name, self.pid, self.port, self.tls_port = name, pid, port, tls_port

    def used(self):
        return sum(self.threads_used().values())

    def threads_used(self):
        return {thread.name: processor_seconds(thread) for thread in pathlib.Path(f"/proc/{self.pid}/task").iterdir()}

    def memory(self):
        """Bytes that are its own: what connections are made of."""
        rollup = pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Anonymous: +(\d+) kB", rollup, re.M)[1]) * 1024

    def url(self, target, tls=False):
        return f"https://localhost:{self.tls_port}{target}" if tls else f"http://127.0.0.1:{self.port}{target}"


class Servers:
    """Both, asked for some targets by name; without any, a comparison of about 4 KB and a page of about 16 KB."""

    def __init__(self, targets=None):
        self.place = Place()
        self.processes = []
        self.certificates = self.place.folder / "certificates"
        self.place.run(ROOT / "deploy/dev/certificate.sh", self.certificates)
        self.place.environment["CORRIDOR_TLS_CERTS"] = str(self.certificates)
        self.place.start_cluster()
        self.place.run("build/corridor", "migrate")
        self.place.run("build/corridor", "demo")
        self.corridord = self.start_corridord({0})
        self.targets = targets or self.choose_targets()
        self.sizes = {}
        self.nginx = self.start_nginx()

    def start_corridord(self, cores):
        """It makes a worker for each core that it may run on."""
        port, tls_port = free_port(), free_port()
        environment = {**self.place.environment, "CORRIDOR_PORT": str(port), "CORRIDOR_TLS_PORT": str(tls_port)}
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores)
        process = subprocess.Popen([PROGRAM], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL,
                                   stdout=self.place.log, stderr=self.place.log)
        os.sched_setaffinity(0, before)
        self.processes.append(process)
        self.place.port, self.place.server = port, process

        def ready():
            return self.place.up() and self.place.get("/readyz").status == 200

        wait_for("corridord", 60, ready)
        self.place.server = None  # ended here, not by the place
        return Server("corridord", process.pid, port, tls_port)

    def choose_targets(self):
        """The comparison whose answer is nearest to 4 KB, and the page nearest to 16 KB."""
        corridors = [c["id"] for c in self.place.ok("/v1/corridors?per_page=200")["corridors"]]
        questions = [f"/v1/compare?from={c[:2]}&to={c[3:]}&amount=200{more}" for c in corridors[:60]
                     for more in ("", "&pay_in=cash", "&max_speed=same_day")]
        pages = [f"/en/{c}?amount=200{more}" for c in corridors[:60] for more in ("", "&pay_in=cash")]

        def nearest(targets, size):
            return min(targets, key=lambda target: abs(len(self.place.get(target).body) - size))

        return {"compare": nearest(questions, 4096), "page": nearest(pages, 16384)}

    def start_nginx(self):
        folder, port, tls_port = self.place.folder, free_port(), free_port()
        files = folder / "files"
        files.mkdir(mode=0o755)
        for name, target in self.targets.items():
            for _ in range(3):  # kept from the second time on
                body = self.place.get(target).body
            self.sizes[name] = len(body)
            (files / name).write_bytes(body)
            (files / name).chmod(0o644)
        settings = folder / "nginx.conf"
        settings.write_text(NGINX.format(folder=folder, port=port, tls_port=tls_port, certificates=self.certificates))
        master = subprocess.Popen(["nginx", "-c", settings], stderr=subprocess.DEVNULL)
        self.processes.append(master)
        wait_for("nginx", 5, (folder / "nginx.pid").exists)
        time.sleep(0.3)
        worker = subprocess.run(["pgrep", "-P", str(master.pid)], text=True, capture_output=True).stdout.split()[0]
        return Server("nginx", int(worker), port, tls_port)

    def random_target(self):
        """The comparison without its amount, to which one is added."""
        return re.sub(r"amount=200(.*)", r"\1", self.targets["compare"]).rstrip("&") + "&amount="

    def target(self, server, name):
        """Where a server has the bytes."""
        return "/" + name if server is self.nginx else self.targets[name]

    def end(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=15)
        self.place.end()
