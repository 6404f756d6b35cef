#!/usr/bin/env python3
"""corridor import rpw with workbooks: whole ones in every dress, and broken ones.

Needs what run.py needs, and uses its words. The workbooks are written by make_workbook.py; the same rows are written as
CSV by other rules here, so that what the reader makes of a cell is told twice.
"""

import decimal
import io
import re
import struct
import sys
import zipfile

import make_workbook as mw
import run as tests
from make_workbook import Day, Error, Inline, Number, Raw, Rich, Truth
from run import equal, imported, observation, refused, sql, state, value, written

ROWS = {"old": list(mw.rows_of("old", 40, 11)), "new": list(mw.rows_of("new", 60, 12))}
COUNTS = ("read", "new", "corrected", "unchanged", "refused")


def book(old=None, new=None, names=(mw.OLD_SHEET, mw.NEW_SHEET), columns=(mw.OLD_COLUMNS, mw.NEW_COLUMNS), parts=None,
         cls=mw.Workbook, zip64=False, name="book.xlsx"):
    """Writes a workbook of these rows (the usual ones when not given); its path."""
    path = tests.WORK / name
    made = cls(path, dict(parts or {}), zip64)
    made.sheet("Terms", [["Invented data"]])
    for sheet, header, rows in zip(names, columns, (ROWS["old"] if old is None else old, ROWS["new"] if new is None else new)):
        if sheet:
            made.sheet(sheet, [header] + rows)
    made.close()
    return path


def shown(cell):
    """A cell as a spreadsheet's CSV has it."""
    if isinstance(cell, Day):
        return (mw.datetime.date(1899, 12, 30) + mw.datetime.timedelta(days=int(cell))).isoformat()
    if isinstance(cell, Number):
        with decimal.localcontext() as context:
            context.prec, context.rounding = 15, decimal.ROUND_HALF_UP
            number = +decimal.Decimal(cell)
            context.prec = 60
            if number.as_tuple().exponent < -18:
                number = number.quantize(decimal.Decimal(1).scaleb(-18))
            text = format(number, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text in ("", "-0") else text
    if isinstance(cell, Truth):
        return "TRUE" if cell == "1" else "FALSE"
    return str(cell)


def csv_of(columns, rows):
    def quoted(text):
        return '"' + text.replace('"', '""') + '"'
    lines = [",".join(map(quoted, columns))]
    for row in rows:
        cells = [shown(cell) for cell in row[:len(columns)]]
        lines.append(",".join(map(quoted, cells + [""] * (len(columns) - len(cells)))))
    return ("\n".join(lines) + "\n").encode()


# ---- Whole workbooks -------------------------------------------------------------------------------------------------

def both_sheets_are_taken_at_once():
    summary = imported("rpw", book())
    equal([summary[key] for key in COUNTS], [100, 100, 0, 0, 0])
    equal(summary["unknown"], [])
    equal(sql("SELECT kind, rows_read, taken FROM corridor.submission"), [("survey", "100", "100")])
    equal(value("SELECT count(DISTINCT recorded_at) FROM corridor.observation"), "1")


def again_changes_nothing():
    before = state()
    summary = imported("rpw", book())
    equal([summary[key] for key in COUNTS], [100, 0, 0, 100, 0])
    equal(state(), before)


def the_same_rows_as_csv_are_the_same():
    before = state()
    for columns, rows in ((mw.OLD_COLUMNS, ROWS["old"]), (mw.NEW_COLUMNS, ROWS["new"])):
        summary = imported("rpw", written(csv_of(columns, rows)))
        equal([summary[key] for key in COUNTS], [len(rows), 0, 0, len(rows), 0])
    equal(state(), before)


def cells_are_stored_as_shown():
    row = ROWS["old"][7]
    assert isinstance(row[14], Rich)
    equal(observation(row[0], "firm, published ->> 'firm'"), (str(row[14]), str(row[14])))
    fees = {shown(row[22]): row[22] for row in ROWS["old"] if isinstance(row[22], Number) and len(row[22]) > 17}
    assert fees, "no fee is written as a binary fraction"
    for text in fees:
        assert len(text.replace(".", "").lstrip("0")) <= 15, text
        equal(value(f"SELECT count(*) > 0 FROM corridor.observation WHERE published ->> 'cc1 lcu fee' = '{text}'"), "t")
    equal(value("SELECT count(*) FROM corridor.observation o, json_object_keys(published) k WHERE k ~ '^col|stray|^$'"), "0")


def prefixed(xml):
    """Every element with a prefix, as some programs write them."""
    return re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml).replace("xmlns=", "xmlns:x=")


class Unplaced(mw.Workbook):
    """Rows and cells without their places."""

    def row(self, number, cells):
        inside = "".join(self.cell("A1", cell).replace(' r="A1"', "", 1) if cell != "" else "<c/>" for cell in cells)
        return f"<row>{inside}</row>"


class InlineOnly(mw.Workbook):
    """All texts in their cells; formulas with their results."""

    def cell(self, place, value):
        if isinstance(value, Number):
            return f'<c r="{place}"><f>1+{value}</f><v>{value}</v></c>'
        if type(value) is str and len(value) % 2:
            return f'<c r="{place}" t="str"><f>"a"&amp;"b"</f><v>{mw.escape(value)}</v></c>'
        return super().cell(place, Inline(value) if type(value) is str else value)


def sheet_xml(cls=mw.Workbook):
    """The usual two sheets' XML, and the other parts, by name."""
    with zipfile.ZipFile(book(cls=cls, name="parts.xlsx")) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def every_dress_is_the_same():
    before = state()
    plain = sheet_xml()
    first, second = "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"
    dresses = {
        "places left out": book(cls=Unplaced),
        "texts in their cells": book(cls=InlineOnly),
        "zip64": book(zip64=True),
        "prefixes": book(parts={first: prefixed(plain[first]), second: prefixed(plain[second]),
                                "xl/workbook.xml": prefixed(plain["xl/workbook.xml"])}),
        "UTF-16": book(parts={first: plain[first].replace("UTF-8", "UTF-16").encode("utf-16")}),
        "comments and instructions": book(parts={first: plain[first].replace("<row", "<!-- x --><?y z?><row")}),
        "sheets named in capitals": book(names=(mw.OLD_SHEET.upper(), mw.NEW_SHEET.lower())),
        "empty rows": book(old=[[]] + ROWS["old"][:20] + [["", " "]] + ROWS["old"][20:]),
        "no styles of its own": book(parts={"xl/styles.xml": None, "xl/_rels/workbook.xml.rels":
                                            plain["xl/_rels/workbook.xml.rels"].replace("/styles", "/other")},
                                     old=without_days(ROWS["old"]), new=without_days(ROWS["new"])),
        "days from 1904": book(parts={"xl/workbook.xml": plain["xl/workbook.xml"].replace(
            "<workbookPr/>", '<workbookPr date1904="1"/>')}, old=shifted(ROWS["old"]), new=shifted(ROWS["new"])),
        "columns in another order": book(columns=(mw.OLD_COLUMNS[::-1], mw.NEW_COLUMNS),
                                         old=[row[::-1] for row in ROWS["old"]]),
        "other names for columns": book(columns=([c.upper().replace("_", " ") for c in mw.OLD_COLUMNS], mw.NEW_COLUMNS)),
    }
    for dress, path in dresses.items():
        summary = imported("rpw", path)
        equal((dress, [summary[key] for key in COUNTS]), (dress, [100, 0, 0, 100, 0]))
    equal(state(), before)


def without_days(rows):
    return [[shown(cell) if isinstance(cell, Day) else cell for cell in row] for row in rows]


def shifted(rows):
    return [[Day(int(cell) - 1462) if isinstance(cell, Day) else cell for cell in row] for row in rows]


def odd_cells_are_read():
    row = list(ROWS["new"][5])
    columns = mw.NEW_COLUMNS
    row[0], row[columns.index("transparent")] = "odd-1", Truth("1")
    row[columns.index("date")] = Number("45538.75")  # a day without a date's style
    row[columns.index("note2")] = "a_x000D_\nb_x005F_x0041_ &"
    row[columns.index("cc1 fx margin")] = Number("2.2204460492503131E-16")
    row[columns.index("cc2 fx margin")] = Number("-4.8148148148148148E-5")
    row[columns.index("inter lcu bank fx")] = Error("#N/A")
    summary = imported("rpw", book(old=[], new=[row]))
    equal([summary[key] for key in COUNTS], [1, 1, 0, 0, 0])
    equal(observation("odd-1", "transparent, collected_on, reference_rate"), ("t", "2024-09-03", ""))
    equal(value("SELECT published ->> 'note2' = E'a\\r\\nb_x0041_ &' FROM corridor.observation WHERE source_id = 'odd-1'"), "t")
    equal(sql("SELECT margin_pct FROM corridor.observed_price p JOIN corridor.observation o ON o.id = p.observation"
              " WHERE source_id = 'odd-1' ORDER BY price_point_usd"), [("0.000000000000000222",), ("-0.000048148148148148",)])


def refused_rows_are_named_by_sheet():
    old, new = [list(row) for row in ROWS["old"]], [list(row) for row in ROWS["new"]]
    old[3][1] = "2014"
    new[0][1] = new[4][1] = "soon"
    new[9][8] = "XYZ"
    new[11][0] = old[0][0]  # an id of the other sheet: another row, of another quarter
    new[13][0], new[13][1] = new[12][0], new[12][1]  # an id twice in a quarter
    path = book(old, new)
    summary = imported("rpw", path)
    equal(summary["refused"], 5)
    period = "{0}-Q{1}".format(*new[11][1].rstrip("Q").split("_"))
    equal(sql(f"SELECT source_id, firm FROM corridor.observation WHERE source_id LIKE '{old[0][0]}@%'"),
          [(f"{old[0][0]}@{period}", str(new[11][14]))])
    equal(value(f"SELECT period <> '{period}' FROM corridor.observation WHERE source_id = '{old[0][0]}'"
                " ORDER BY recorded_at DESC LIMIT 1"), "t")
    equal(imported("rpw", path)["new"], 0)
    old_row, new_row = (lambda row: {"sheet": mw.OLD_SHEET, "row": row}), (lambda row: {"sheet": mw.NEW_SHEET, "row": row})
    equal({refusal["reason"]: refusal["rows"] for refusal in summary["refusals"]}, {
        "period not like 2011_3Q": [old_row(5), new_row(2), new_row(6)],
        "unknown receiving country": [new_row(11)],
        "id already used by an earlier row of the same quarter": [new_row(15)]})
    text = tests.run("rpw", path).stdout
    assert (f"3: period not like 2011_3Q; {mw.OLD_SHEET} row 5, {mw.NEW_SHEET} row 2, 6\n") in text, text


# ---- Broken ones -----------------------------------------------------------------------------------------------------

def raw(path):
    return bytearray(path.read_bytes())


def entry(data, member):
    """Where a member's local header and its line in the list at the end begin."""
    local, central = data.index(member.encode()) - 30, data.rindex(member.encode()) - 46
    assert data[local:local + 4] == b"PK\3\4" and data[central:central + 4] == b"PK\1\2"
    return local, central


def patched(member, local=None, central=None):
    """The usual workbook with bytes of a member's headers replaced: (offset, struct format, value)."""
    data = raw(book())
    places = dict(zip(("local", "central"), entry(data, member)))
    for place, change in (("local", local), ("central", central)):
        if change:
            struct.pack_into("<" + change[1], data, places[place] + change[0], change[2])
    return written(bytes(data), "patched.xlsx")


def with_sheet(old, new, member="xl/worksheets/sheet2.xml"):
    """The usual workbook with a piece of a part's XML replaced once."""
    text = sheet_xml()[member]
    assert old in text, f"{old} is not in {member}"
    return book(parts={member: text.replace(old, new, 1)})


def flipped(member):
    data = raw(book())
    local, _ = entry(data, member)
    data[local + 30 + len(member) + 400] ^= 0x55
    return written(bytes(data), "flipped.xlsx")


def packed_otherwise():
    out = io.BytesIO()
    with zipfile.ZipFile(book()) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return written(out.getvalue(), "bzip2.xlsx")


SHEET = "xl/worksheets/sheet2.xml"
NEWER = "xl/worksheets/sheet3.xml"
LAUGHS = ('<!DOCTYPE lolz [<!ENTITY a "haha">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)) + "]>")


def laughing(member):
    return with_sheet("?>\n", "?>\n" + LAUGHS, member)


def renamed(sheet, column, name="other"):
    columns = [list(mw.OLD_COLUMNS), list(mw.NEW_COLUMNS)]
    columns[sheet][columns[sheet].index(column)] = name
    return book(columns=columns)


# What is wrong, the workbook, what must be said. Each is made when its turn comes.
BROKEN = [
    ("nothing", lambda: written(b""), ["is empty"]),
    ("half of it", lambda: written(bytes(raw(book())[:9000])), ["may have been cut"]),
    ("all but its last bytes", lambda: written(bytes(raw(book())[:-10])), ["damaged"]),
    ("its end alone", lambda: written(b"PK\3\4" + bytes(raw(book())[-400:])), ["damaged"]),
    ("no zip behind its first bytes", lambda: written(b"PK\3\4" + b"corridor" * 1000), ["not a whole workbook"]),
    ("locked with a password", lambda: written(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(4000)), ["password"]),
    ("an encrypted part", lambda: patched(SHEET, (6, "H", 1), (8, "H", 1)), [SHEET, "is encrypted"]),
    ("another packing", packed_otherwise, ["packed by a method", "12"]),
    ("no zip of a workbook", lambda: zipped({"readme.txt": "hello"}), ["lacks the part xl/workbook.xml"]),
    ("no relationships", lambda: book(parts={"xl/_rels/workbook.xml.rels": None}), ["xl/_rels/workbook.xml.rels"]),
    ("no older sheet", lambda: book(names=(None, mw.NEW_SHEET)),
     ["no sheet 'Dataset (up to Q1 2016)'", "it has 'Terms', 'Dataset (from Q2 2016)'"]),
    ("no newer sheet", lambda: book(names=(mw.OLD_SHEET, "Dataset")), ["no sheet 'Dataset (from Q2 2016)'", "'Dataset'"]),
    ("no sheet at all", lambda: with_sheet("<sheets>", "<sheets/><none>", "xl/workbook.xml"),
     ["xl/workbook.xml is no whole XML"]),
    ("a sheet without its cells", lambda: book(parts={SHEET: None}), ["its cells are not in the file"]),
    ("an empty sheet", lambda: book(parts={SHEET: "<worksheet><sheetData/></worksheet>"}), ["up to Q1 2016)' is empty"]),
    ("a column renamed in the older sheet", lambda: renamed(0, "firm"),
     ["sheet 'Dataset (up to Q1 2016)', row 1", "no column 'firm'"]),
    ("a column renamed in the newer sheet", lambda: renamed(1, "cc2 total cost %"),
     ["sheet 'Dataset (from Q2 2016)', row 1", "no column 'cc2 total cost %'"]),
    ("a column twice", lambda: renamed(1, "note2", "firm"), ["twice the column 'firm'"]),
    ("another checksum", lambda: patched(NEWER, (14, "I", 1), (16, "I", 1)), [NEWER, "checksum"]),
    ("a byte turned over", lambda: flipped(NEWER), [NEWER, "is "]),
    ("a list that says less than there is", lambda: patched(NEWER, (22, "I", 5000), (24, "I", 5000)), [NEWER]),
    ("a list that says more than there may be", lambda: patched(NEWER, (22, "I", 0xF0000000), (24, "I", 0xF0000000)),
     [NEWER, "more than 2147483648 bytes"]),
    ("a list that names another place", lambda: patched(SHEET, None, (42, "I", 7)), [SHEET, "contradicts"]),
    ("entities in a sheet", lambda: laughing(SHEET), [SHEET, "document type"]),
    ("entities in the shared strings", lambda: laughing("xl/sharedStrings.xml"), ["sharedStrings", "document type"]),
    ("entities in the list of sheets", lambda: laughing("xl/workbook.xml"), ["xl/workbook.xml", "document type"]),
    ("XML that ends early", lambda: with_sheet("</sheetData></worksheet>", ""), [SHEET, "no whole XML"]),
    ("XML that was mixed up", lambda: with_sheet("</row>", "</raw>"), [SHEET, "mismatched tag"]),
    ("an unknown encoding", lambda: with_sheet("UTF-8", "EBCDIC-42"), [SHEET, "encoding"]),
    ("bytes that are no UTF-8", lambda: bad_bytes(), ["sharedStrings", "no whole XML"]),
    ("a shared text that is not there", lambda: with_sheet('t="s"><v>5<', 't="s"><v>99999<'),
     ["sheet 'Dataset (up to Q1 2016)', row 1", "shared text '99999'"]),
    ("a shared text without a number", lambda: with_sheet('t="s"><v>5<', 't="s"><v>five<'), ["shared text 'five'"]),
    ("no shared texts", lambda: book(parts={"xl/sharedStrings.xml": "<sst/>"}), ["shared text '1', and there are 0"]),
    ("a cell nowhere", lambda: with_sheet('<c r="C4"', '<c r="4C"'), ["row 4", "a cell stands at '4C'"]),
    ("a cell too far right", lambda: with_sheet('<c r="AO4"', '<c r="XFE4"'), ["row 4", "a cell stands at 'XFE4'"]),
    ("cells out of order", lambda: with_sheet('<c r="D4"', '<c r="B4"'), ["row 4", "cells are out of order"]),
    ("rows out of order", lambda: with_sheet('<row r="9"', '<row r="8"'), ["row 8", "the next row is numbered '8'"]),
    ("a row past the last", lambda: with_sheet('<row r="41"', '<row r="1048577"'), ["numbered '1048577'"]),
    ("a style that is none", lambda: with_sheet(' s="1"', ' s="x"'), ["a cell has the style 'x'"]),
    ("a text longer than cells may have", lambda: long_text(), ["row 2", "longer than 131072 bytes"]),
    ("elements inside each other", lambda: with_sheet("<sheetData>", "<sheetData>" + "<a>" * 5000), ["more than 64 deep"]),
    ("a tag as long as a file", lambda: with_sheet("<sheetData>", f'<sheetData a="{"x" * 3000000}">'), ["a tag or comment"]),
    ("a bomb in a sheet", lambda: with_sheet("<sheetData>", "<sheetData>" + " " * (80 << 20)), ["times its size"]),
    ("more texts than memory holds", lambda: many_texts(), ["more than 32 MB of different texts"]),
]


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return written(out.getvalue(), "zipped.xlsx")


def bad_bytes():
    text = sheet_xml()["xl/sharedStrings.xml"].encode()
    return book(parts={"xl/sharedStrings.xml": text.replace("É".encode(), b"\xC9", 1)})


def long_text():
    rows = [list(row) for row in ROWS["old"]]
    rows[0][14] = Inline("x" * 140000)
    return book(old=rows)


def many_texts():
    random = mw.Random(3)
    texts = "".join(f"<si><t>{random.below(1 << 63):x}{'-' * 400}{i}</t></si>" for i in range(90000))
    return book(parts={"xl/sharedStrings.xml": f"<sst>{texts}</sst>"})


def broken_ones_change_nothing():
    wrong = []
    for what, make, words in BROKEN:
        path = make()
        try:
            refused("rpw", path, *words, "nothing was changed")
        except AssertionError as error:
            wrong.append(f"{what}: {error}")
    assert not wrong, "\n".join(wrong)
    print(f"# {len(BROKEN)} broken workbooks")


def cut_anywhere_changes_nothing():
    data = bytes(raw(book(old=ROWS["old"][:5], new=ROWS["new"][:5])))
    before = state()
    for cut in range(4, len(data), len(data) // 25):
        done = tests.run("rpw", written(data[:cut]))
        equal((cut, done.returncode), (cut, 1))
        assert "cut" in done.stderr, f"cut at {cut}: {done.stderr}"
    equal(state(), before)


def bytes_turned_over_never_pass():
    """Any byte of the sheets' own data: said to be damaged, or the file is the same for all that counts."""
    good = bytes(raw(book(old=ROWS["old"][:8], new=ROWS["new"][:8])))
    before = state()
    random = mw.Random(5)
    for _ in range(40):
        data = bytearray(good)
        data[random.below(len(good))] ^= 1 << random.below(8)
        done = tests.run("rpw", written(bytes(data)))
        assert done.returncode in (0, 1), f"exit status {done.returncode}"
        if done.returncode == 0:
            assert "taken      0 " in done.stdout, done.stdout
    equal(state(), before)


TESTS = [
    both_sheets_are_taken_at_once, again_changes_nothing, the_same_rows_as_csv_are_the_same, cells_are_stored_as_shown,
    every_dress_is_the_same, odd_cells_are_read, refused_rows_are_named_by_sheet, broken_ones_change_nothing,
    cut_anywhere_changes_nothing, bytes_turned_over_never_pass,
]

if __name__ == "__main__":
    tests.TESTS[:] = TESTS
    sys.exit(tests.main())
