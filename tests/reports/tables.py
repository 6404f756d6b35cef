"""A report in each of its formats as the same rows: a list of dicts of texts, "" for nothing."""
import csv
import datetime
import io
import json


def quarter(back):
    """So many quarters before this one: the demonstration has prices of the last twelve."""
    today = datetime.datetime.now(datetime.timezone.utc)
    number = today.year * 4 + (today.month - 1) // 3 - back
    return f"{number // 4}-Q{number % 4 + 1}"


def from_csv(body):
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


def unguarded(rows, columns):
    """What stood there before CSV's guard: one leading apostrophe dropped, in the columns of texts."""
    return [{name: cell[1:] if name in columns and cell.startswith("'") else cell for name, cell in row.items()}
            for row in rows]


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(value) if isinstance(value, list) else str(value)


def from_json(rows):
    return [{name: text(value) for name, value in row.items()} for row in rows]


def from_jsonl(body):
    return from_json(map(json.loads, body.decode().splitlines()))
