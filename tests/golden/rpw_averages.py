#!/usr/bin/env python3
"""The World Bank's own corridor averages against ours.

For every row of its DataBank extract whose corridor and period are in the survey file, the average total cost that
we compute from that file's rows must be the same to 0.01 point.

    rpw_averages.py [--sql | --server URL] [--data FOLDER]

--server asks GET /v1/corridors/{id}?period= of a running server (default: the port of CORRIDOR_PORT);
--sql asks the database's corridor_figures through deploy/dev/cluster.sh psql. The survey must be imported already.
"""

import argparse
import csv
import json
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request
from decimal import Decimal, InvalidOperation

ROOT = pathlib.Path(__file__).resolve().parents[2]
SURVEY = "rpw_2011_2014q2_services.csv"
AVERAGES = "databank_corridor_averages_2011_3Q_2013_2Q.csv"
TOLERANCE = Decimal("0.01")


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def period_of(text):
    """2011_3Q -> 2011-Q3"""
    return f"{text[:4]}-Q{text[5]}"


def ask_server(url, questions):
    answers = {}
    for source, destination, period in questions:
        address = f"{url}/v1/corridors/{source}-{destination}?period={period_of(period)}"
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                answers[source, destination, period] = json.load(answer)["average_pct"]
        except (urllib.error.URLError, KeyError, ValueError) as error:
            answers[source, destination, period] = f"{address}: {error}"
    return answers


def ask_database(questions):
    # Our corridors go by alpha-2, the World Bank's by alpha-3: the rows themselves say which is which.
    asked = ",".join(f"('{source}','{destination}','{period}')" for source, destination, period in questions)
    query = f"""
        SELECT q.source, q.destination, q.period, f.average_pct
        FROM (VALUES {asked}) q (source, destination, period)
        JOIN (SELECT DISTINCT published ->> 'source' AS source, published ->> 'destination' AS destination, corridor
              FROM corridor.observation) c USING (source, destination)
        CROSS JOIN LATERAL corridor.corridor_figures(
            c.corridor, substr(q.period, 1, 4) || '-Q' || substr(q.period, 6, 1), 200, now()) f"""
    run = subprocess.run([ROOT / "deploy/dev/cluster.sh", "psql", "-X", "--csv", "-t"], input=query, text=True,
                         stdout=subprocess.PIPE, check=True)
    return {(source, destination, period): average
            for source, destination, period, average in csv.reader(run.stdout.splitlines())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sql", action="store_true")
    parser.add_argument("--server", default=f"http://127.0.0.1:{os.environ.get('CORRIDOR_PORT', '8080')}")
    parser.add_argument("--data", default=os.environ.get("CORRIDOR_DATA", ROOT.parent / "shared/data"))
    options = parser.parse_args()
    data = pathlib.Path(options.data)
    if not (data / SURVEY).exists() or not (data / AVERAGES).exists():
        print(f"skipped: the World Bank's files are not in {data}")
        print("0 passed, 0 failed, 1 skipped")
        return 0

    surveyed = {(row["source"], row["destination"], row["period"]) for row in rows_of(data / SURVEY)}
    published = {(row["source_code"], row["destination_code"], row["period"]): Decimal(row["avg_total_cost_pct"])
                 for row in rows_of(data / AVERAGES)}
    comparable = sorted(surveyed & published.keys())
    print(f"{len(published)} published averages, {len(comparable)} of corridors and periods in the survey file")

    answers = ask_database(comparable) if options.sql else ask_server(options.server, comparable)
    failed = 0
    widest = Decimal(0)
    for key in comparable:
        answer = answers.get(key)
        try:
            gap = abs(Decimal(answer) - published[key])
        except (InvalidOperation, TypeError):
            gap = None
        if gap is None or gap > TOLERANCE:
            failed += 1
            print(f"not ok: {' '.join(key)}: published {published[key]}, ours {answer}")
        else:
            widest = max(widest, gap)
    print(f"widest gap of the others: {widest} points")
    print(f"{len(comparable) - failed} passed, {failed} failed")
    return 1 if failed or not comparable else 0


if __name__ == "__main__":
    sys.exit(main())
