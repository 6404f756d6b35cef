#!/usr/bin/env python3
"""Writes a workbook in the layout of Remittance Prices Worldwide, with invented firms: both sheets of rows, the sheets
that explain them, and every quirk of the real one. The same arguments give the same bytes.

    make_workbook.py FILE.xlsx [--old ROWS] [--new ROWS] [--seed NUMBER]

The real workbook of 2025 has 49,491 rows up to Q1 2016 and 204,469 since; those are the defaults. As a module it gives
the same rows as lists of cells (rows_of) and writes any table as a sheet (Workbook), which is how the tests break one.
"""

import argparse
import datetime
import sys
import zipfile
from itertools import chain
from xml.sax.saxutils import escape

OLD_SHEET = "Dataset (up to Q1 2016)"
NEW_SHEET = "Dataset (from Q2 2016)"
PLACES = ["{}_code", "{}_name", "{}_region", "{}_income", "{}_lending", "{}_G8G20"]
PRICES = ["lcu amount", "denomination amount", "lcu code", "lcu fee", "lcu fx rate", "fx margin", "total cost %"]
COUNTRIES = [place.format(side) for side in ("source", "destination") for place in PLACES]
MONEY = [f"{point} {price}" for point in ("cc1", "cc2") for price in PRICES]
OLD_COLUMNS = (["id", "period"] + COUNTRIES + ["firm", "firm_type", "product", "sending location", "speed actual"] + MONEY
               + ["inter lcu bank fx", "transparent", "note1", "note2", "coverage", "pick-up method", "date", "corridor"])
NEW_COLUMNS = (["id", "period"] + COUNTRIES + ["firm", "firm_type", "payment instrument", "access point", "speed actual"]
               + MONEY + ["inter lcu bank fx", "transparent", "Standard Note", "note2", "receiving network coverage",
                          "pickup location", "pickup method", "date", "corridor"])

# code, name, region, income, lending, G20, currency, its rate to the dollar
SENDERS = [
    ("FRA", "France", "High income: OECD", "High income", "..", "G8/G20", "EUR", "0.88"),
    ("USA", "United States", "High income: OECD", "High income", "..", "G8/G20", "USD", "1"),
    ("ARE", "United Arab Emirates", "High income: nonOECD", "High income", "..", "", "AED", "3.6725"),
    ("GBR", "United Kingdom", "High income: OECD", "High income", "..", "G8/G20", "GBP", "0.77"),
    ("ZAF", "South Africa", "Sub-Saharan Africa", "Upper middle income", "IBRD", "G20", "ZAR", "18.2"),
    ("RUS", "Russian Federation", "Europe & Central Asia", "Upper middle income", "IBRD", "G8/G20", "RUB", "88.5"),
]
RECEIVERS = [
    ("SEN", "Senegal", "Sub-Saharan Africa", "Lower middle income", "IDA", "", "577.2"),
    ("IND", "India", "South Asia", "Lower middle income", "IBRD", "G20", "83.4"),
    ("MEX", "Mexico", "Latin America & Caribbean", "Upper middle income", "IBRD", "G20", "17.1"),
    ("PHL", "Philippines", "East Asia & Pacific", "Lower middle income", "IBRD", "", "56.3"),
    ("TJK", "Tajikistan", "Europe & Central Asia", "Lower middle income", "IDA", "", "10.9"),
    ("EGY", "Egypt, Arab Rep.", "Middle East & North Africa", "Lower middle income", "IBRD", "", "47.5"),
    ("ZWE", "Zimbabwe", "Sub-Saharan Africa", "Lower middle income", "Blend", "", "13.6"),
]
FIRMS = ["Northwind Transfers", "Banque des Étoiles", "Sahel & Sons <Cash>", "Blue Lantern Remit", "Kestrel Pay",
         "Poste du Sud", "Red Kite Mobile", "Harbour Credit Union", "Meridian Exchange", "Óbolo"]
FIRM_TYPES = ["Money Transfer Operator", "Bank", "Post office", "Mobile Operator", "MTO", "Non-Bank FI", "Fintech"]
PRODUCTS = ["Cash to cash", "Account to account", "Cash to account", "Online service", "Mobile"]
OLD_LOCATIONS = ["at Branch", "On-line", "Call center", "at Branch, On-line", "Not Available"]
INSTRUMENTS = ["Cash", "cash, Debit Card", "Bank account transfer", "debit card,credit card", "Mobile money", "CASH"]
ACCESS = ["Agent", "Internet", "Mobile Phone", "Bank branch, internet", "Call Center"]
SPEEDS = ["Less than one hour", "Same day", "Next day", "2 days", "3-5 days", "6 days or more"]
OLD_COVERAGES = ["Nationwide", "Major cities", "Main city", "Urban only"]
COVERAGES = ["High", "Medium", "Low", "high"]
OLD_PICKUPS = ["Cash", "Bank Account", "Mobile", "Home delivery"]
PICKUPS = ["Cash, Bank account", "cash", "Mobile wallet", "Bank Account", "Cash, mobile wallet"]
LOCATIONS = ["Bank branch", "Agent", "N/A", ""]


class Number(str):
    """A number cell, with the text that stands in the file."""


class Day(str):
    """A number cell in a date style."""


class Rich(str):
    """A shared string in two runs, with a pronunciation beside it that does not count."""


class Inline(str):
    """A string in its cell."""


class Truth(str):
    """A boolean cell: 0 or 1."""


class Error(str):
    """An error cell: #N/A."""


class Raw(str):
    """The cell's XML as it stands, after <c r="A1": for the broken ones."""


class Random:
    """splitmix64: the same numbers on every Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, many):
        self.state = (self.state + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return (z ^ (z >> 31)) % many

    def of(self, values):
        return values[self.below(len(values))]


def serial(year, month, day):
    """The number of a day as spreadsheets count it, from March 1900 on."""
    return (datetime.date(year, month, day) - datetime.date(1899, 12, 30)).days


def binary(value):
    """A number as spreadsheets write binary fractions: seventeen digits where the short text is not exact."""
    return Number(format(value, ".17g") if value != int(value) else str(int(value)))


def prices(random, sender, receiver, transparent):
    """The fourteen cells of the two price points, and the interbank rate. Some are texts, as published."""
    to_dollar, to_other = float(sender[7]), float(receiver[6])
    market = to_other / to_dollar
    rate = round(market * (1 - random.below(400) / 10000), 4)
    cells = []
    for dollars in (200, 500):
        amount = round(dollars * to_dollar / 5) * 5 or 5
        fee = random.below(1000) / 100 * to_dollar
        margin = (market - rate) / market * 100
        total = 100 * fee / amount + margin
        kind = random.below(20)
        cells += [Number(amount), Number(dollars), sender[6], binary(fee) if kind else f"{fee:.2f}",
                  binary(rate) if transparent else Number("1"),
                  (f"{margin:.6f}" if kind == 1 else binary(margin)) if transparent else Number("0"),
                  binary(round(total, 2)) if transparent else binary(round(100 * fee / amount, 2))]
    return cells, binary(market)


def rows_of(kind, count, seed=1):
    """`count` rows of cells of the sheet `kind`, "old" or "new"; a str of no other kind is a shared string."""
    random = Random(seed)
    old = kind == "old"
    for number in range(count):
        sender, receiver = random.of(SENDERS), random.of(RECEIVERS)
        year = 2011 + number * 5 // count if old else 2016 + number * 9 // count
        quarter = random.below(4) + 1
        transparent = random.below(10) > 0
        money, market = prices(random, sender, receiver, transparent)
        day = serial(year, quarter * 3 - 2, 1 + random.below(28))
        date = (Day(day) if number % 3 else f"{1 + random.below(28):02d}/{('Jan', 'Apr', 'Jul', 'Oct')[quarter - 1]}/{year}")
        firm = random.of(FIRMS)
        yes = random.of(["Yes", "yes", "YES"]) if transparent else random.of(["No", "no"])
        row = [Number(10000 + number) if old else f"{receiver[0].lower()}-{20000 + number}", f"{year}_{quarter}Q"]
        row += list(sender[:6]) + list(receiver[:6])
        row += [Rich(firm) if number % 50 == 7 else firm, random.of(FIRM_TYPES)]
        row += ([random.of(PRODUCTS), random.of(OLD_LOCATIONS)] if old else [random.of(INSTRUMENTS), random.of(ACCESS)])
        row += [random.of(SPEEDS)] + money + [market, yes]
        row += ["" if number % 4 else f"Note {number % 997} of the survey, kept as it stands", Inline("n. b. ") if number % 9 == 0 else ""]
        row += [random.of(OLD_COVERAGES if old else COVERAGES)]
        row += [random.of(OLD_PICKUPS)] if old else [random.of(LOCATIONS), random.of(PICKUPS)]
        row += [date, sender[0] + receiver[0]]
        if not old and number % 100 == 3:  # stray cells, right of the last name
            row += ["", Number(7), "stray", Truth(1), Error("#REF!")]
        yield row


def letters(column):
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = (HEAD + f'<styleSheet {MAIN}><numFmts count="2"><numFmt numFmtId="164" formatCode="dd\\/mmm\\/yyyy;@"/>'
          '<numFmt numFmtId="165" formatCode="[Red]0.00&quot; days&quot;"/></numFmts><fonts count="1"><font/></fonts>'
          '<cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/>'
          '<xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>')


class Workbook:
    """Sheets written one after another into a file; `parts` replaces or, with None, drops a part of it."""

    def __init__(self, path, parts=None, zip64=False):
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.zip64 = zip64
        self.sheets = []
        self.strings = {}
        self.parts = parts or {}

    def part(self, name, text):
        text = self.parts.pop(name, text)
        if text is not None:
            info = zipfile.ZipInfo(name, (2025, 11, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            self.zip.writestr(info, text)

    def shared(self, value):
        return self.strings.setdefault((value, isinstance(value, Rich)), len(self.strings))

    def cell(self, place, value):
        if isinstance(value, Raw):
            return f'<c r="{place}"{value}'
        if isinstance(value, Number):
            return f'<c r="{place}"><v>{value}</v></c>'
        if isinstance(value, Day):
            return f'<c r="{place}" s="1"><v>{value}</v></c>'
        if isinstance(value, Inline):
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        if isinstance(value, Truth):
            return f'<c r="{place}" t="b"><v>{value}</v></c>'
        if isinstance(value, Error):
            return f'<c r="{place}" t="e"><v>{value}</v></c>'
        return f'<c r="{place}" t="s"><v>{self.shared(value)}</v></c>'

    def row(self, number, cells):
        inside = "".join(self.cell(f"{letters(i)}{number}", value) for i, value in enumerate(cells) if value != "")
        return f'<row r="{number}" spans="1:47">{inside}</row>'

    def sheet(self, name, rows):
        """Adds a sheet; rows are lists of cells, the first one the names."""
        self.sheets.append(name)
        member = f"xl/worksheets/sheet{len(self.sheets)}.xml"
        text = self.parts.pop(member, "")
        if text is None:
            return
        info = zipfile.ZipInfo(member, (2025, 11, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        if text:
            self.zip.writestr(info, text)
            return
        with self.zip.open(info, "w", force_zip64=self.zip64) as out:
            out.write((HEAD + f'<worksheet {MAIN}><sheetData>').encode())
            for number, cells in enumerate(rows, 1):
                out.write(self.row(number, cells).encode())
            out.write(b"</sheetData></worksheet>")

    def string(self, text, rich):
        if rich:
            half = len(text) // 2
            return (f'<si><r><t xml:space="preserve">{escape(text[:half])}</t></r><r><rPr><b/></rPr>'
                    f'<t xml:space="preserve">{escape(text[half:])}</t></r><rPh sb="0" eb="1"><t>sound</t></rPh></si>')
        return f'<si><t xml:space="preserve">{escape(text)}</t></si>'

    def close(self):
        count = len(self.strings)
        shared = "".join(self.string(text, rich) for text, rich in self.strings)
        self.part("xl/sharedStrings.xml", HEAD + f'<sst {MAIN} uniqueCount="{count}">{shared}</sst>')
        self.part("xl/styles.xml", STYLES)
        sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{i + 7}" r:id="rId{i}"/>'
                         for i, name in enumerate(self.sheets, 1))
        self.part("xl/workbook.xml", HEAD + f'<workbook {MAIN} xmlns:r="{OFFICE}"><workbookPr/><sheets>{sheets}</sheets></workbook>')
        relations = "".join(f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
                            for i in range(1, len(self.sheets) + 1))
        relations += (f'<Relationship Id="rId98" Type="{OFFICE}/styles" Target="styles.xml"/>'
                      f'<Relationship Id="rId99" Type="{OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/>')
        self.part("xl/_rels/workbook.xml.rels",
                  HEAD + f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>')
        self.part("_rels/.rels", HEAD + f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
                  f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        kinds = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="application/vnd.openxmlformats-'
                        f'officedocument.spreadsheetml.worksheet+xml"/>' for i in range(1, len(self.sheets) + 1))
        self.part("[Content_Types].xml", HEAD + f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
                  'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
                  'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.'
                  'openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" '
                  'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override '
                  'PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
                  f'spreadsheetml.sharedStrings+xml"/>{kinds}</Types>')
        for name, text in list(self.parts.items()):
            self.part(name, text)
        self.zip.close()


def write(path, old, new, seed=1):
    book = Workbook(path)
    book.sheet("Terms of Use", [["Invented data; no firm in it is real."]])
    book.sheet(OLD_SHEET, chain([OLD_COLUMNS], rows_of("old", old, seed)))
    book.sheet(NEW_SHEET, chain([NEW_COLUMNS], rows_of("new", new, seed + 1)))
    book.sheet("Countries", [["code", "name"]] + [[c[0], c[1]] for c in SENDERS])
    book.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("file")
    parser.add_argument("--old", type=int, default=49491)
    parser.add_argument("--new", type=int, default=204469)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write(options.file, options.old, options.new, options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
