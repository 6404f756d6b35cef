"""A place for the observatory's tests: the server's own (tests/server/harness.py), and what they ask of it."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "server"))

from harness import DATA, ROOT, Place as ServerPlace, Skipped, Tally, cases_of, quote_sql, wait_for  # noqa: F401

HERE = pathlib.Path(__file__).parent


class Place(ServerPlace):
    def start(self, *commands):
        """A cluster, migrated; the tool's commands on it; the server."""
        self.start_cluster()
        self.run("build/corridor", "migrate")
        for command in commands:
            self.run("build/corridor", *command)
        self.start_server()

    def refresh(self):
        return self.run("build/corridor", "refresh", limit=600)  # a minute of work, on a busy machine many

    def check(self, *options):
        return self.run("build/corridor", "check", "aggregates", *options)

    def observatory(self, query="", part=""):
        return self.ok(f"/v1/observatory{part}{'?' if query else ''}{query}")

    def rows(self, query):
        return [line.split("|") for line in self.sql(query).splitlines() if line]

    def alpha2(self):
        """{alpha-3: alpha-2} of every country there is."""
        # The Netherlands Antilles were dissolved in 2010, and surveyed later.
        return {c["iso3"]: c["iso2"] for c in self.ok("/v1/countries")["countries"]} | {"ANT": "AN"}

    def groups(self):
        return {c: (region, income, "member" if g20 == "t" else "other") for c, region, income, g20 in
                self.rows("SELECT country, region, income, g20 FROM corridor.country_group")}

    def flows(self):
        """{year: {corridor: US$ million}}"""
        from fractions import Fraction
        found = {}
        for corridor, year, amount in self.rows("SELECT corridor, year, usd_million FROM corridor.flow"):
            found.setdefault(int(year), {})[corridor] = Fraction(amount)
        return found

    def pages(self, query):
        """Every page of the list of corridors."""
        found, page = [], 1
        while not found or page <= found[0]["pages"]:
            found.append(self.observatory(f"{query}&per_page=200&page={page}", "/corridors"))
            page += 1
        return found
