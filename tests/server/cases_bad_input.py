"""What is refused, row by row of bad_input.json: [target, status, code, parameter]."""
import json
import pathlib

ROWS = json.loads((pathlib.Path(__file__).parent / "bad_input.json").read_text())


def test_bad_input_is_named(place):
    wrong = []
    for target, status, code, parameter in ROWS:
        answer = place.get(target)
        problem = answer.json if answer.headers.get("content-type") == "application/problem+json" else {}
        if (answer.status, problem.get("type"), problem.get("parameter")) != (status, f"/problems/{code}", parameter):
            wrong.append((target, answer.status, answer.body[:200]))
            continue
        assert problem["status"] == status and problem["title"], target
        assert len(problem.get("received", "").encode()) <= 64, target
        assert parameter is None or code.startswith("unknown-c") or problem["allowed"], target
        assert answer.headers["cache-control"] == "no-store"
    assert len(ROWS) >= 80 and not wrong, "\n".join(map(str, wrong))


def test_what_was_received_is_escaped_and_cut(place):
    answer = place.get('/v1/compare?from=FR&to=SN&amount=%3Cscript%3E%22%5C%E2%82%AC' + "9" * 200)
    assert answer.status == 400
    assert answer.json["received"].startswith('<script>"\\€999') and len(answer.json["received"].encode()) <= 64
    assert place.get("/healthz").status == 200
