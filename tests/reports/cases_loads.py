"""Other programs load what a report says: PostgreSQL, SQLite, a spreadsheet, Prometheus."""
import io
import pathlib
import re
import shutil
import subprocess
import tempfile
import zipfile

import tables
from harness import Skipped

SERVICES = "/v1/reports/services"
TYPES = {"string": "text", "decimal": "numeric", "integer": "bigint", "boolean": "boolean", "date": "date"}


def columns_of(place):
    return place.ok(SERVICES + ".csv-metadata.json")["tableSchema"]["columns"]


def needs(program):
    if not shutil.which(program):
        raise Skipped(f"no {program}")


def test_postgresql_loads_it(place):
    """By COPY, into a table of the types that the metadata names."""
    body = place.get(SERVICES + ".csv?to=" + tables.quarter(11)).body
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(body)
        file.flush()
        table = ", ".join(f'"{column["name"]}" {TYPES[column["datatype"]]}' for column in columns_of(place))
        said = place.sql(f"""CREATE TEMPORARY TABLE loaded ({table});
\\copy loaded FROM '{file.name}' WITH (FORMAT csv, HEADER match)
SELECT count(*), sum(total_cost_pct_200), count(*) FILTER (WHERE transparent), max(collected_on) FROM loaded;
SELECT count(*), sum(total_cost_pct_200), count(*) FILTER (WHERE transparent), max(collected_on)
FROM (SELECT * FROM corridor.report_surveyed UNION ALL SELECT * FROM corridor.report_live) r WHERE period <= '{tables.quarter(11)}';""")
    loaded, stored = said.strip().splitlines()[-2:]
    assert loaded == stored and not loaded.startswith("0|"), (loaded, stored)


def test_sqlite_loads_it(place):
    needs("sqlite3")
    body = place.get(SERVICES + ".csv?to=" + tables.quarter(11)).body
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "services.csv"
        path.write_bytes(body)
        done = subprocess.run(["sqlite3", ":memory:"], text=True, capture_output=True, check=True, input=f"""
.import --csv {path} services
.mode list
SELECT count(*), count(DISTINCT corridor), sum(kind = 'survey') FROM services;
SELECT firm FROM services WHERE source_ref = 'r1';
""")
    assert done.stderr == ""
    rows = tables.from_csv(body)
    counts, firm = done.stdout.splitlines()
    assert counts == f"{len(rows)}|{len({row['corridor'] for row in rows})}|8"
    assert firm == "'=HYPERLINK(\"http://x.example/\",\"Pay here\")"


def test_a_workbook_holds_the_same(place):
    body = place.get(SERVICES + ".xlsx?to=2013-Q4").body
    assert body == place.get(SERVICES + ".xlsx?to=2013-Q4").body, "two workbooks of one question differ"
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        assert book.testzip() is None
        names = re.findall(r'<sheet name="(\w+)"', book.read("xl/workbook.xml").decode())
        sheets = [book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2, 3)]
    assert names == ["services", "dictionary", "about"]
    assert "=HYPERLINK" in sheets[0]
    for sheet in sheets:
        assert "<f>" not in sheet and "<f " not in sheet  # a text stays a text
    assert sheets[0].count("<row ") == 9
    for column in columns_of(place):
        assert column["name"] in sheets[1], column
    assert place.get(SERVICES + ".csv", method="HEAD").headers["corridor-as-of"] in sheets[2] or "as of" in sheets[2]


def test_libreoffice_saves_the_workbook_as_the_same_csv(place):
    needs("soffice")
    query = "?from=2013-Q1&to=" + tables.quarter(8)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "services.xlsx"
        path.write_bytes(place.get(SERVICES + ".xlsx" + query).body)
        # Every sheet as shown, UTF-8, one text file a sheet; as a user of its own, who has no repair to say yes to.
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to",
                        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,true,false,false,-1", "--outdir", folder,
                        path], check=True, capture_output=True, timeout=120)
        saved = tables.from_csv((pathlib.Path(folder) / "services-services.csv").read_bytes())
        about = (pathlib.Path(folder) / "services-about.csv").read_text()
    asked = tables.unguarded(tables.from_csv(place.get(SERVICES + ".csv" + query).body), ("source_ref", "firm"))
    assert len(saved) == len(asked) and saved == asked
    assert "fingerprint,sha-256:" in about


def test_promtool_accepts_the_metrics(place):
    needs("promtool")
    done = subprocess.run(["promtool", "check", "metrics"], input=place.get("/metrics").body, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
