#!/usr/bin/env python3
"""corridor import rpw and corridor import rates against a real PostgreSQL.

Needs a fresh, migrated private cluster (CORRIDOR_VAR) and build/corridor; tests/run.sh provides both. The files
beside this one are our own, with invented firms: each row is a quirk of the survey or a fault. With the public data
sets in CORRIDOR_DATA the whole of them is imported too. Tests run in order: each says what it leaves behind.
"""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORRIDOR = ROOT / "build/corridor"
DATA = pathlib.Path(os.environ.get("CORRIDOR_DATA", ROOT.parent / "shared/data"))
SURVEY = (HERE / "survey.csv").read_bytes()
RATES = (HERE / "rates.csv").read_bytes()
WORK = pathlib.Path(tempfile.mkdtemp(prefix="corridor-import-"))

CONNECTION = (pathlib.Path(os.environ["CORRIDOR_VAR"]) / "connection").read_text().strip()
PSQL = ["psql", "-X", "-At", CONNECTION + " user=corridor_owner"]


class Skip(Exception):
    pass


def sql(statement):
    run = subprocess.run(PSQL + ["-v", "ON_ERROR_STOP=1"], input=statement, text=True, stdout=subprocess.PIPE,
                         check=True)
    return [tuple(line.split("|")) for line in run.stdout.splitlines()]


def value(statement):
    return sql(statement)[0][0]


def run(kind, path, *options):
    return subprocess.run([CORRIDOR, "import", kind, *options, path], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def imported(kind, path):
    """The summary of an import that must succeed."""
    done = run(kind, path, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(kind, path, *words):
    """An import that must fail, say each of the words and change nothing."""
    before = state()
    done = run(kind, path)
    assert done.returncode == 1, f"exit status {done.returncode}: {done.stdout}"
    for word in words:
        assert word in done.stderr, f"'{word}' is not in: {done.stderr}"
    assert state() == before, "the record changed"


def written(data, name="file.csv"):
    path = WORK / name
    path.write_bytes(data)
    return path


def state():
    """All that an import may write, as one comparable row."""
    return sql("""
        SELECT (SELECT count(*) FROM corridor.submission), (SELECT count(*) FROM corridor.operator),
               (SELECT count(*) || ' ' || coalesce(max(id), 0) FROM corridor.observation),
               (SELECT count(*) FROM corridor.observed_price), (SELECT count(*) FROM corridor.reference_rate),
               (SELECT count(*) || ' ' || coalesce(max(seq), 0) FROM corridor.change_log)""")


def equal(got, wanted):
    assert got == wanted, f"got {got}, wanted {wanted}"


def observation(source_id, columns):
    return sql(f"SELECT {columns} FROM corridor.observation WHERE source_id = '{source_id}' ORDER BY id DESC LIMIT 1")[0]


def prices(source_id):
    return sql(f"""
        SELECT price_point_usd, principal, fee, rate, margin_pct, total_cost_pct, consistent
        FROM corridor.observed_price WHERE observation =
             (SELECT max(id) FROM corridor.observation WHERE source_id = '{source_id}') ORDER BY 1""")


# ---- Surveys ---------------------------------------------------------------------------------------------------------

def usage_is_told():
    equal(subprocess.run([CORRIDOR, "import", "rpw"], stderr=subprocess.DEVNULL).returncode, 2)
    equal(subprocess.run([CORRIDOR, "import", "rates", "a", "b"], stderr=subprocess.DEVNULL).returncode, 2)
    refused("rpw", "/nonexistent.csv", "/nonexistent.csv", "cannot be opened")


def faulty_files_change_nothing_in_an_empty_record():
    refused("rpw", written(SURVEY[:3000]), "line 16", "it was cut", "nothing was changed")
    refused("rates", written(RATES[:-5]), "line 5", "cut", "nothing was changed")
    equal(state(), [("0", "0", "0 0", "0", "0", "0 0")])


def survey_is_taken_and_its_faults_named():
    summary = imported("rpw", HERE / "survey.csv")
    equal([summary[key] for key in ("read", "new", "corrected", "unchanged", "refused")], [16, 12, 0, 0, 4])
    equal({refusal["reason"]: refusal["lines"] for refusal in summary["refusals"]}, {
        "unknown receiving country": [15],
        "a rate, fee, margin, amount or cost that is no number": [16],
        "id already used by an earlier row of the same quarter": [17],
        "period not like 2011_3Q": [18],
    })
    facts = ("corridors", "operators", "periods", "rows_not_transparent", "rows_without_a_price",
             "contradictory_price_points")
    equal([summary[key] for key in facts], [4, 10, 2, 1, 1, 1])
    equal({(unknown["column"], unknown["value"], unknown["count"]) for unknown in summary["unknown"]}, {
        ("product", "Pigeon post", 1), ("speed actual", "a fortnight", 1), ("coverage", "patchy", 1),
        ("pick-up method", "Parachute", 1), ("date", "sometime", 1)})
    equal(sql("SELECT kind, source, rows_read, taken, unchanged, refused FROM corridor.submission"),
          [("survey", "survey.csv", "16", "12", "0", "4")])
    equal(sql("SELECT count(*), count(DISTINCT corridor) FROM corridor.change_log"), [("4", "4")])


def summary_reads_well():
    done = run("rpw", HERE / "survey.csv")
    for words in ("survey.csv: 16 rows read\n", "  taken      0 (0 new, 0 corrected)\n", "  unchanged  12\n",
                  "    1: unknown receiving country; line 15\n", "  4 corridors\n",
                  "    product: 'Pigeon post' (1)\n"):
        assert words in done.stdout, f"'{words}' is not in: {done.stdout}"


def importing_again_changes_nothing():
    before = state()
    summary = imported("rpw", HERE / "survey.csv")
    equal([summary[key] for key in ("read", "new", "corrected", "unchanged", "refused")], [16, 0, 0, 12, 4])
    equal(state(), before)


def quirks_are_stored_as_meant():
    equal(observation(1, "corridor, period, operator, firm_type, pay_in, access_point, pay_out, speed, coverage,"
                         "transparent, send_currency, reference_rate, collected_on"),
          ("FR-SN", "2013-Q2", "northwind-transfers", "mto", "{cash}", "{branch}", "{cash}", "less_than_one_hour",
           "high", "t", "EUR", "655.957", "2013-05-14"))
    # A repeat under another id counts, and another spelling is the same operator.
    equal(observation(2, "operator, firm"), ("northwind-transfers", "NORTHWIND  Transfers."))
    equal(observation(3, "operator, firm, firm_type, pay_in, access_point, pay_out"),
          ("banque-des-etoiles", "Banque des Étoiles", "bank", "{bank_account}", "{branch,online,call_centre}",
           "{bank_account}"))
    equal(value("SELECT published ->> 'note1' || ' / ' || (published ->> 'note2') FROM corridor.observation"
                " WHERE source_id = '3'"), 'A note, with a comma / and "quotes"')
    # Not transparent: margin 0 and rate 1 mean nothing, the total is kept as published.
    equal(prices(4), [("200", "140", "4", "", "", "2.86", "t"), ("500", "345", "6", "", "", "1.74", "t")])
    equal(value("SELECT published ->> 'cc1 fx margin' || (published ->> 'cc1 lcu fx rate')"
                " FROM corridor.observation WHERE source_id = '4'"), "01")
    # No fee, and a total all the same; a negative margin is real.
    equal(prices(5), [("200", "140", "", "660", "-0.62", "-0.62", ""), ("500", "345", "", "660", "-0.62", "-0.62", "")])
    # No second price, no date, no speed.
    equal(prices(6), [("200", "140", "3", "650", "0.91", "3.05", "t")])
    equal(observation(6, "firm_type, pay_in, speed, coverage, collected_on"), ("non_bank_fi", "{}", "unknown", "unknown", ""))
    # No price at all: the service was found all the same.
    equal(prices(7), [])
    equal(observation(7, "operator, send_currency, coverage"), ("silent-post", "", "low"))
    # Numbers that contradict each other are kept and marked.
    equal(prices(8)[0], ("200", "140", "5", "650", "0.91", "9.99", "f"))
    equal(observation(9, "corridor, send_currency"), ("SN-ML", "XOF"))
    equal(observation(10, "corridor, send_currency"), ("AU-LB", "AUD"))
    equal(observation(11, "corridor"), ("NL-AN",))
    equal(observation(12, "pay_in, pay_out, speed, coverage, transparent, collected_on"),
          ("{other}", "{cash,other}", "unknown", "unknown", "t", ""))


def figures_come_out():
    # 5, 5, 17.43, -0.62, 3.05 and 9.99: neither the row that is not transparent nor the one without a price.
    equal(sql("SELECT services, operators, round(average_pct, 6), best_pct"
              " FROM corridor.corridor_figures('FR-SN', '2013-Q2', 200, now())"), [("6", "5", "6.641667", "-0.62")])


def newer_columns_are_taken():
    summary = imported("rpw", HERE / "survey_newer.csv")
    equal([summary[key] for key in ("read", "new", "corrected", "unchanged", "refused")], [4, 4, 0, 0, 0])
    equal([(u["column"], u["value"]) for u in summary["unknown"]], [("access point", "Drone")])
    equal(observation(101, "operator, pay_in, access_point, pay_out, speed, coverage, period, collected_on"),
          ("northwind-transfers", "{cash,debit_card}", "{agent,branch}", "{cash}", "less_than_one_hour", "high",
           "2024-Q3", "2024-09-03"))
    equal(observation(102, "firm_type, pay_in, access_point, pay_out, transparent, coverage"),
          ("mobile_operator", "{mobile_money}", "{mobile}", "{mobile_wallet}", "t", "medium"))
    equal(observation(104, "pay_in, access_point, pay_out"),
          ("{debit_card,credit_card}", "{online,other}", "{cash,bank_account}"))
    equal(value("SELECT published ->> 'source_name' FROM corridor.observation WHERE source_id = '101'"), "France")


def a_correction_is_a_new_version():
    before = value("SELECT now()")
    corrected = SURVEY.replace(b"1,2013_2Q,FRA,SEN,Northwind Transfers,Money Transfer Operator,Cash to cash,at Branch,"
                               b"Less than one hour,140,200,EUR,7,655.957,0,5,",
                               b"1,2013_2Q,FRA,SEN,Northwind Transfers,Money Transfer Operator,Cash to cash,at Branch,"
                               b"Less than one hour,140,200,EUR,14,655.957,0,10,")
    # The second row moves to another corridor.
    corrected = corrected.replace(b"2,2013_2Q,FRA,SEN,NORTHWIND", b"2,2013_2Q,FRA,MLI,NORTHWIND")
    log = int(value("SELECT max(seq) FROM corridor.change_log"))
    summary = imported("rpw", written(corrected))
    equal([summary[key] for key in ("read", "new", "corrected", "unchanged", "refused")], [16, 0, 2, 10, 4])
    equal(sql(f"SELECT corridor FROM corridor.change_log WHERE seq > {log} ORDER BY 1"), [("FR-ML",), ("FR-SN",)])
    equal(value("SELECT count(*) FROM corridor.observation WHERE source_id = '1'"), "2")
    figures = "SELECT services, round(average_pct, 6) FROM corridor.corridor_figures('{}', '2013-Q2', 200, {})"
    equal(sql(figures.format("FR-SN", f"'{before}'")), [("6", "6.641667")])
    equal(sql(figures.format("FR-SN", "now()")), [("5", "7.970000")])  # 10, 17.43, -0.62, 3.05, 9.99
    equal(sql(figures.format("FR-ML", "now()")), [("1", "5.000000")])
    # And back: the first file is now the correction.
    summary = imported("rpw", HERE / "survey.csv")
    equal([summary[key] for key in ("new", "corrected", "unchanged")], [0, 2, 10])
    equal(sql(figures.format("FR-SN", "now()")), [("6", "6.641667")])
    equal(value("SELECT count(*) FROM corridor.observation WHERE source_id = '1'"), "3")


def a_cut_file_changes_nothing():
    # At a line's end between rows a cut leaves a shorter whole file; everywhere else it must be seen.
    changed = SURVEY.replace(b"Northwind", b"Southwind")
    before = state()
    cuts = list(range(0, len(changed), 100)) + [len(changed) - 1, len(changed) - 2, changed.index(b"A second line")]
    for cut in cuts:
        if cut > 0 and changed[cut - 1:cut] == b"\n" and b"The rate was not" not in changed[cut - 30:cut]:
            continue
        done = run("rpw", written(changed[:cut]))
        equal(done.returncode, 1)
        line = 1 + changed[:cut].count(b"\n")
        line = 5 if line == 6 else line  # the record of lines 5 and 6 begins on the first
        assert f"line {line}" in done.stderr or cut == 0, f"cut at {cut}, on line {line}: {done.stderr}"
    equal(state(), before)


def a_damaged_file_changes_nothing():
    bad = SURVEY.replace("Étoiles".encode(), "Étoiles".encode("latin-1"))
    refused("rpw", written(bad), "line 4 (column firm)", "UTF-8", "nothing was changed")
    refused("rpw", written(SURVEY.decode().encode("utf-16")), "UTF-16")
    refused("rpw", written(SURVEY.replace(b",at Branch,", b",", 1)), "line 2 has 29 fields and the header 30")
    refused("rpw", written(SURVEY.replace(b"140,", b"140,,", 1)), "line 2 has 31 fields")
    refused("rpw", written(SURVEY.replace(b"Sahel Cash", b'Sahel "Cash')), "line 11", "quote")
    refused("rpw", written(SURVEY.replace(b"Sahel Cash", b"Sahel\0Cash")), "line 11 (column firm)")
    refused("rpw", written(b""), "is empty")


def a_missing_column_is_named():
    for column in (b"id", b"destination", b"cc1 total cost %", b"pick-up method", b"transparent"):
        header, rest = SURVEY.split(b"\n", 1)
        names = [b"unknown" if name == column else name for name in header.split(b",")]
        refused("rpw", written(b",".join(names) + b"\n" + rest), "line 1", f"no column '{column.decode()}'")
    header, rest = SURVEY.split(b"\n", 1)
    refused("rpw", written(header.replace(b"product", b"goods") + b"\n" + rest),
            "no column 'product' or 'payment instrument'")
    refused("rpw", written(b"nothing,of,it\n"), "no column 'id'; ", "'; …; nothing was changed")  # whole names, though not all


def killed_half_way_changes_nothing():
    pipe = WORK / "pipe"
    os.mkfifo(pipe)
    before = state()
    process = subprocess.Popen([CORRIDOR, "import", "rpw", pipe], stdout=subprocess.DEVNULL)
    with open(pipe, "wb") as out:
        out.write(SURVEY.replace(b"Northwind", b"Eastwind")[:3000])
        out.flush()
        time.sleep(0.5)
        process.send_signal(signal.SIGKILL)
        equal(process.wait(), -signal.SIGKILL)
    equal(state(), before)


def long_survey(change=lambda row, number: row, rows=2500):
    """More rows than are stored at once: the first ones are in the record's tables before the last are read."""
    header, first = SURVEY.split(b"\n")[:2]
    numbered = (change(first.replace(b"1,2013", b"%d,2013" % (5000 + number), 1), number) for number in range(rows))
    return b"\n".join([header, *numbered, b""])


def numbers_taken():
    return int(value("SELECT last_value FROM corridor.observation_id_seq"))


def until_rows_are_stored(taken):
    deadline = time.monotonic() + 30
    while numbers_taken() == taken:
        assert time.monotonic() < deadline, "no row was stored within 30 s"
        time.sleep(0.02)


def a_fault_at_the_end_takes_back_what_was_stored():
    for bad, words in ((long_survey()[:-1], ("line 2501", "may have been cut")),
                       (long_survey() + b"5,2013_2Q\n", ("line 2502", "2 fields"))):
        taken = numbers_taken()
        refused("rpw", written(bad), *words, "nothing was changed")
        assert numbers_taken() > taken, "no row had been stored when the fault came"


def broken_off_while_storing_changes_nothing():
    storing = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'corridor%' AND backend_xid IS NOT NULL"
    for how in ("importer", "connection"):
        taken, before = numbers_taken(), state()
        process = subprocess.Popen([CORRIDOR, "import", "rpw", WORK / "pipe"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        with contextlib.suppress(BrokenPipeError), open(WORK / "pipe", "wb") as out:  # it may end before all is written
            out.write(long_survey())
            out.flush()
            until_rows_are_stored(taken)
            if how == "importer":
                process.send_signal(signal.SIGKILL)
            else:
                equal(value(f"SELECT pg_terminate_backend(pid) FROM ({storing}) a"), "t")
                out.write(long_survey(rows=5000).split(b"\n", 2501)[2501])
        _, error = process.communicate()
        equal(process.returncode, -signal.SIGKILL if how == "importer" else 1)
        assert how == "importer" or "terminating connection" in error and "nothing was changed" in error, error
        equal(state(), before)


def a_long_file_is_one_file():
    log = int(value("SELECT max(seq) FROM corridor.change_log"))
    first = long_survey().split(b"\n")[1]
    kinds = (b"Bank", b"Post office", b"Bank")

    def make(row, number):
        return row.replace(b"Northwind Transfers,Money Transfer Operator", b"Longhaul," + kinds[number % 3])

    # The first row's id once more in its quarter, and in another.
    path = written(long_survey(make) + first + b"\n" + first.replace(b"2013_2Q", b"2013_3Q", 1) + b"\n", "long.csv")
    summary = imported("rpw", path)
    equal([summary[key] for key in ("read", "new", "corrected", "unchanged", "refused")], [2502, 2501, 0, 0, 1])
    equal([(refusal["reason"], refusal["lines"]) for refusal in summary["refusals"]],
          [("id already used by an earlier row of the same quarter", [2502])])
    equal([summary[key] for key in ("corridors", "operators", "periods")], [1, 2, 2])
    equal(sql("SELECT type, name FROM corridor.operator WHERE id = 'longhaul'"), [("bank", "Longhaul")])
    equal(sql("SELECT source_id, period FROM corridor.observation WHERE source_id LIKE '5000%' ORDER BY id"),
          [("5000", "2013-Q2"), ("5000@2013-Q3", "2013-Q3")])
    equal(sql("SELECT count(*), count(DISTINCT submission), count(DISTINCT recorded_at) FROM corridor.observation"
              " WHERE source_id BETWEEN '5000' AND '7499' AND length(source_id) = 4"), [("2500", "1", "1")])
    equal(sql(f"SELECT corridor FROM corridor.change_log WHERE seq > {log}"), [("FR-SN",)])
    before = state()
    equal([imported("rpw", path)[key] for key in ("new", "corrected", "unchanged", "refused")], [0, 0, 2501, 1])
    equal(state(), before)
    # Rows corrected in each part that is stored at once, one of them moved.
    fees = {17: b"EUR,6,", 1200: b"EUR,8,", 2499: b"EUR,9,"}

    def correct(row, number):
        row = make(row, number).replace(b"EUR,7,", fees.get(number, b"EUR,7,"), 1)
        return row.replace(b"FRA,SEN", b"FRA,MLI") if number == 17 else row

    log = int(value("SELECT max(seq) FROM corridor.change_log"))
    summary = imported("rpw", written(long_survey(correct), "long.csv"))
    equal([summary[key] for key in ("new", "corrected", "unchanged")], [0, 3, 2497])
    equal(sql(f"SELECT corridor FROM corridor.change_log WHERE seq > {log} ORDER BY 1"), [("FR-ML",), ("FR-SN",)])


def two_at_once_take_turns():
    fresh = SURVEY.replace(b"2013_", b"2012_")
    for number in range(1, 17):
        fresh = fresh.replace(b"\n%d,2012" % number, b"\n%d,2012" % (number + 1000))
    path = written(fresh, "two.csv")
    both = [subprocess.Popen([CORRIDOR, "import", "rpw", "--json", path], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL) for _ in range(2)]
    summaries = [json.loads(process.communicate()[0]) for process in both]
    equal(sorted(summary["new"] for summary in summaries), [0, 12])
    equal(sorted(summary["unchanged"] for summary in summaries), [0, 12])


def slugs_that_meet_are_told_apart():
    rows = SURVEY.split(b"\n")
    make = lambda number, firm: rows[1].replace(b"1,2013", b"%d,2013" % number, 1).replace(b"Northwind Transfers", firm)
    imported("rpw", written(b"\n".join([rows[0], make(2001, b"C&A"), make(2002, b"C A"), make(2003, b"c & a"), b""])))
    imported("rpw", written(b"\n".join([rows[0], make(2004, b"C A."), b""])))
    equal([observation(number, "operator")[0] for number in (2001, 2002, 2003, 2004)], ["c-a", "c-a-2", "c-a", "c-a-2"])


def servers_are_told_once():
    listener = subprocess.Popen(PSQL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    listener.stdin.write("LISTEN corridor_changes;\nSELECT 'ready';\n")
    listener.stdin.flush()
    while listener.stdout.readline().strip() != "ready":
        pass
    imported("rpw", written(SURVEY.replace(b"Nationwide", b"Major cities")))
    imported("rpw", written(SURVEY.replace(b"Nationwide", b"Major cities")))
    out, _ = listener.communicate("SELECT 'done';\n")
    equal(out.count("Asynchronous notification"), 1)


# ---- Rates and pegs --------------------------------------------------------------------------------------------------

def reference(send, receive, day, known="now()"):
    return sql(f"SELECT rate, source, day FROM corridor.reference_rate_at('{send}', '{receive}', '{day}', {known}, false)")[0]


def rates_are_taken():
    summary = imported("rates", HERE / "rates.csv")
    equal([summary[key] for key in ("read", "new", "corrected", "unchanged", "refused")], [22, 22, 0, 0, 0])
    equal([summary["days"], summary["currencies"]], [4, 7])
    equal([(u["column"], u["value"]) for u in summary["unknown"]], [("column", "Bezant")])
    equal(sql("SELECT corridor FROM corridor.change_log ORDER BY seq DESC LIMIT 1"), [("*",)])
    before = state()
    summary = imported("rates", HERE / "rates.csv")
    equal([summary[key] for key in ("read", "new", "corrected", "unchanged", "refused")], [22, 0, 0, 22, 0])
    equal(state(), before)


def rates_cross_through_the_euro():
    equal(reference("EUR", "USD", "2014-06-30"), ("1.365800000000", "ECB", "2014-06-30"))
    # A Sunday has Friday's rate; ten days on there is none.
    equal(reference("EUR", "USD", "2014-06-29"), ("1.361900000000", "ECB", "2014-06-27"))
    equal(reference("EUR", "USD", "2014-07-11"), ("1.368800000000", "ECB", "2014-07-01"))
    equal(reference("EUR", "USD", "2014-07-12"), ("", "", ""))
    equal(reference("USD", "INR", "2014-06-30")[0], "60.186191243227")  # 82.2023 / 1.3658
    equal(reference("EUR", "TRL", "1999-01-04")[0], "372274.000000000000")
    equal(reference("EUR", "EUR", "2014-06-30"), ("1", "identity", "2014-06-30"))


def pegs_are_a_source():
    equal(reference("EUR", "XOF", "2014-06-30"),
          ("655.957000000000", "peg: BCEAO under Council Decision 98/683/EC", "2014-06-30"))
    equal(reference("XOF", "EUR", "2014-06-30")[0], "0.001524490172")
    equal(reference("XAF", "XOF", "2014-06-30")[0], "1.000000000000")
    equal(reference("USD", "XOF", "2014-06-30")[0], "480.273100014643")  # 655.957 / 1.3658
    equal(reference("AED", "INR", "2014-06-30")[0], "16.388343429061")   # 82.2023 / (1.3658 * 3.6725)
    equal(reference("USD", "AED", "2014-06-30")[0], "3.672500000000")
    equal(reference("ZAR", "LSL", "2014-06-30")[0], "1.000000000000")
    equal(reference("INR", "NPR", "2014-06-30")[0], "1.600000000000")
    equal(reference("EUR", "BGN", "2025-12-31")[0], "1.955830000000")
    equal(reference("EUR", "BGN", "2026-01-01"), ("", "", ""))
    equal(reference("EUR", "LBP", "2019-09-01"), ("", "", ""))
    equal(value("SELECT round(1000 / rate, 10) FROM corridor.peg WHERE currency = 'XPF'"), "8.3800000000")
    equal(value("SELECT count(*) FROM corridor.peg a JOIN corridor.peg b USING (currency)"
                " WHERE a.valid_from < b.valid_from AND coalesce(a.valid_to, 'infinity') >= b.valid_from"), "0")


def a_corrected_rate_is_a_new_version():
    before = value("SELECT now()")
    summary = imported("rates", written(RATES.replace(b"1.3658", b"1.3659")))
    equal([summary[key] for key in ("new", "corrected", "unchanged")], [0, 1, 21])
    equal(reference("EUR", "USD", "2014-06-30")[0], "1.365900000000")
    equal(reference("EUR", "USD", "2014-06-30", f"'{before}'")[0], "1.365800000000")
    imported("rates", HERE / "rates.csv")
    equal(reference("EUR", "USD", "2014-06-30")[0], "1.365800000000")


def faulty_rates_are_refused():
    summary = imported("rates", written(
        RATES.replace(b"137.97", b"-1").replace(b"14.6,", b"0,").replace(b"1999-01-04,1.1789", b"1999-02-30,1.1789")
        + b"2014-07-01,1.5,N/A,N/A,N/A,N/A,N/A,N/A,N/A,\n"))
    equal([summary[key] for key in ("new", "corrected", "refused")], [0, 0, 4])
    equal({refusal["reason"]: refusal["lines"] for refusal in summary["refusals"]}, {
        "a rate that is no number above zero": [2, 4], "a day that is no date": [5],
        "a day that an earlier line has": [6]})
    refused("rates", written(RATES.replace(b"Date", b"Tag")), "line 1", "no column 'Date'")
    refused("rates", written(RATES.replace(b"JPY", b"USD")), "line 1", "twice the column 'USD'")
    refused("rates", written(RATES.replace(b"1.9558,N/A,82.2400", b"1.9558,82.2400")), "line 2 has 9 fields")
    before = state()
    for cut in range(40, len(RATES), 25):
        if RATES[cut - 1:cut] != b"\n":
            done = run("rates", written(RATES[:cut]))
            equal(done.returncode, 1)
            assert f"line {1 + RATES[:cut].count(10)}" in done.stderr, f"cut at {cut}: {done.stderr}"
    equal(state(), before)


# ---- The public data sets --------------------------------------------------------------------------------------------

def the_world_banks_survey():
    path = DATA / "rpw_2011_2014q2_services.csv"
    if not path.exists():
        raise Skip(f"{path.name} is not in {DATA}")
    sql("""BEGIN; TRUNCATE corridor.observed_price, corridor.observation; COMMIT;""")
    started = time.monotonic()
    summary = imported("rpw", path)
    print(f"# {summary['read']} rows in {time.monotonic() - started:.1f} s")
    equal([summary[key] for key in ("read", "new", "corrected", "unchanged", "refused", "corridors")],
          [28467, 28467, 0, 0, 0, 235])
    equal([summary["unknown"], summary["rows_not_transparent"], summary["rows_without_a_price"],
           summary["contradictory_price_points"]], [[], 2724, 0, 337])
    equal(value("SELECT count(*) FROM corridor.observed_price WHERE consistent"), "56510")
    # The survey's own margins: 937 negative ones at 200 dollars, those of rows not transparent among them.
    equal(value("SELECT count(*) FROM corridor.observation WHERE (published ->> 'cc1 fx margin')::numeric < 0"), "937")
    equal(value("SELECT count(*) FROM corridor.observation o JOIN corridor.observed_price p ON p.observation = o.id"
                " WHERE NOT o.transparent AND (p.margin_pct IS NOT NULL OR p.rate IS NOT NULL)"), "0")
    before = state()
    summary = imported("rpw", path)
    equal([summary[key] for key in ("read", "new", "corrected", "unchanged", "refused", "corridors")],
          [28467, 0, 0, 28467, 0, 235])
    equal(state(), before)
    half = path.read_bytes()[:4_000_000]
    refused("rpw", written(half), "cut")


def the_ecbs_rates():
    path = DATA / "eurofxref-hist.csv"
    if not path.exists():
        raise Skip(f"{path.name} is not in {DATA}")
    started = time.monotonic()
    summary = imported("rates", path)
    print(f"# {summary['read']} rates in {time.monotonic() - started:.1f} s")
    equal([summary[key] for key in ("days", "currencies", "refused", "unknown")], [6983, 41, 0, []])
    equal(summary["new"] + summary["corrected"] + summary["unchanged"], 217555)
    equal(imported("rates", path)["unchanged"], 217555)
    equal(reference("EUR", "CYP", "2007-12-31")[0], "0.585274000000")
    equal(reference("USD", "XOF", "2014-06-30")[0], "480.273100014643")


def nothing_points_nowhere():
    """What foreign keys would promise, asked of all that the tests before left: they cost each row a query."""
    equal(sql("""SELECT (SELECT count(*) FROM corridor.observed_price p
                         WHERE NOT EXISTS (SELECT FROM corridor.observation o WHERE o.id = p.observation)),
                        (SELECT count(*) FROM corridor.observation o
                         WHERE NOT EXISTS (SELECT FROM corridor.operator f WHERE f.id = o.operator)),
                        (SELECT count(*) FROM corridor.observation o
                         WHERE NOT EXISTS (SELECT FROM corridor.submission s WHERE s.id = o.submission)),
                        (SELECT count(*) > 0 FROM corridor.observation)"""), [("0", "0", "0", "t")])


TESTS = [
    usage_is_told, faulty_files_change_nothing_in_an_empty_record, survey_is_taken_and_its_faults_named,
    summary_reads_well, importing_again_changes_nothing, quirks_are_stored_as_meant, figures_come_out,
    newer_columns_are_taken, a_correction_is_a_new_version, a_cut_file_changes_nothing,
    a_damaged_file_changes_nothing, a_missing_column_is_named, killed_half_way_changes_nothing,
    a_fault_at_the_end_takes_back_what_was_stored, broken_off_while_storing_changes_nothing, a_long_file_is_one_file,
    two_at_once_take_turns, slugs_that_meet_are_told_apart, servers_are_told_once,
    rates_are_taken, rates_cross_through_the_euro, pegs_are_a_source, a_corrected_rate_is_a_new_version,
    faulty_rates_are_refused, the_world_banks_survey, the_ecbs_rates, nothing_points_nowhere,
]


def main():
    counts = {"ok": 0, "not ok": 0, "skipped": 0}
    for test in TESTS:
        try:
            test()
            result, reason = "ok", ""
        except Skip as skip:
            result, reason = "skipped", f": {skip}"
        except (AssertionError, subprocess.CalledProcessError, KeyError, IndexError, ValueError) as error:
            result, reason = "not ok", f": {type(error).__name__} {error}"
        counts[result] += 1
        print(f"{result} {test.__name__.replace('_', ' ')}{reason}", flush=True)
    subprocess.run(["rm", "-rf", str(WORK)], check=True)
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['ok']} passed, {counts['not ok']} failed{skipped}")
    return 1 if counts["not ok"] else 0


if __name__ == "__main__":
    sys.exit(main())
