"""The program: its arguments, its port, its beginning and end."""
import subprocess

from harness import PROGRAM, ROOT, wait_for


def call(place, *arguments, **settings):
    return subprocess.run([PROGRAM, *arguments], env={**place.environment, **settings}, cwd=ROOT,
                          text=True, capture_output=True, timeout=20)


def test_it_tells_how_it_is_used(place):
    helped = call(place, "--help")
    assert helped.returncode == 0 and "CORRIDOR_PORT" in helped.stdout
    version = call(place, "--version")
    assert version.returncode == 0 and version.stdout.startswith("corridord ")
    wrong = call(place, "--port", "80")
    assert wrong.returncode == 2 and "--port" in wrong.stderr


def test_a_port_in_use_is_named(place):
    second = call(place)
    assert second.returncode != 0
    assert str(place.port) in second.stderr and "CORRIDOR_PORT" in second.stderr and "in use" in second.stderr
    advised = int(second.stderr.split("CORRIDOR_PORT=")[1])
    assert advised not in (place.port, place.port + 1), "8081, the feed's own, would be advised beside 8080"


def test_settings_that_are_wrong_are_named(place):
    for setting, value in (("CORRIDOR_PORT", "http"), ("CORRIDOR_PORT", "70000"), ("CORRIDOR_ADDRESS", "localhost")):
        ended = call(place, **{setting: value})
        assert ended.returncode == 2 and setting in ended.stderr and value in ended.stderr, ended.stderr


def test_it_ends_cleanly_and_starts_again_on_the_same_port(place):
    for _ in range(3):
        assert place.stop_server() == 0, place.said()[-500:]
        place.start_server()
    assert place.ok("/v1/compare?from=FR&to=SN&amount=200")["offers"]


def test_it_starts_before_its_database(place):
    place.stop_server()
    place.run(ROOT / "deploy/dev/cluster.sh", "stop")
    place.start_server(ready=False)
    early = place.get("/v1/compare?from=FR&to=SN&amount=200")
    assert early.status == 503 and "retry-after" in early.headers, early.status
    ready = place.get("/readyz")
    assert ready.status == 503 and "not been read yet" in ready.json["detail"]
    place.start_cluster()
    wait_for("ready", 60, lambda: place.get("/readyz").status == 200)
    assert place.ok("/v1/compare?from=FR&to=SN&amount=200")["offers"]
