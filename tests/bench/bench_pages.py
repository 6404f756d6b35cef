#!/usr/bin/env python3
"""A corridor's page of twenty offers beside nginx serving the finished bytes as a file: kept, plain and as browsers get it, and
written anew for each request.

    tests/bench/bench_pages.py [--seconds N] [--rounds N]
        N seconds for each measurement [2], N rounds [5]

README.md beside this says how to read the figures.
"""
import argparse
import json
import pathlib
import statistics
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True

import loads
from servers import ROOT, Servers

RANDOM, GZIP = (str(ROOT / "tests/bench" / name) for name in ("random_amount.lua", "gzip.lua"))
OFFERS = 20
UNCACHED_MICROSECONDS = 150
# What corridord's requests per processor second are to nginx's, at least.
GOALS = {"kept": 1.0, "kept, gzip": 1.0, "written anew": 0.15}
LANGUAGES = ("en", "ar")


class Pages(Servers):
    """Of the corridor whose number of offers is nearest to twenty."""

    def choose_targets(self):
        corridors = [c["id"] for c in self.place.ok("/v1/corridors?per_page=200")["corridors"]]

        def offers(corridor):
            answer = self.place.ok(f"/v1/compare?from={corridor[:2]}&to={corridor[3:]}&amount=200")
            return len(answer["offers"])

        self.offers, self.corridor = min(((offers(c), c) for c in corridors), key=lambda one: abs(one[0] - OFFERS))
        return {language: f"/{language}/{self.corridor}?amount=200" for language in LANGUAGES}

    def start_nginx(self):
        nginx = super().start_nginx()
        for language, target in self.targets.items():
            packed = urllib.request.Request(self.corridord.url(target), headers={"Accept-Encoding": "gzip"})
            with urllib.request.urlopen(packed) as answer:
                assert answer.headers["Content-Encoding"] == "gzip"
                file = self.place.folder / "files" / f"{language}.gz"
                file.write_bytes(answer.read())
                file.chmod(0o644)
        return nginx


def measure(servers, language, rounds, seconds):
    us, them = servers.corridord, servers.nginx
    anew = us.url(f"/{language}/{servers.corridor}?amount=")
    ways = {
        "nginx": lambda: loads.wrk(them, them.url("/" + language), seconds),
        "nginx, gzip": lambda: loads.wrk(them, them.url(f"/{language}.gz"), seconds),
        "kept": lambda: loads.wrk(us, us.url(servers.targets[language]), seconds),
        "kept, gzip": lambda: loads.wrk(us, us.url(servers.targets[language]), seconds, script=GZIP),
        "written anew": lambda: loads.wrk(us, anew, seconds, script=RANDOM),
    }
    told = [{way: ask()["per_processor_second"] for way, ask in ways.items()} for _ in range(rounds)]
    return {way: [each[way] for each in told] for way in ways}


def main():
    parser = argparse.ArgumentParser(description="A corridor's page beside nginx.")
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement [2]")
    parser.add_argument("--rounds", type=int, default=5, help="[5]")
    asked = parser.parse_args()
    servers = Pages()
    missed = False
    try:
        load = loads.load_average()
        rounds = {language: measure(servers, language, asked.rounds, asked.seconds) for language in LANGUAGES}
        print(f"{servers.corridor}, {servers.offers} offers; requests per processor second, medians of {asked.rounds} rounds of "
              f"{asked.seconds} s; load average before {load:.1f}")
        for language, ways in rounds.items():
            medians = {way: statistics.median(figures) for way, figures in ways.items()}
            print(f"{language}, {servers.sizes[language]:,} bytes: nginx {medians['nginx']:,.0f}, packed {medians['nginx, gzip']:,.0f}")
            for way, goal in GOALS.items():
                ratio = medians[way] / medians["nginx, gzip" if way.endswith("gzip") else "nginx"]
                missed |= ratio < goal
                print(f"  {way:14}{medians[way]:10,.0f}  {ratio:5.2f} of nginx, goal {goal:.2f}{'' if ratio >= goal else '  MISSED'}")
            cost = 1e6 / medians["written anew"]
            missed |= cost > UNCACHED_MICROSECONDS
            print(f"  a page written anew, its request and its sending included: {cost:.0f} microseconds of one core, goal "
                  f"{UNCACHED_MICROSECONDS}{'' if cost <= UNCACHED_MICROSECONDS else '  MISSED'}")
        folder = ROOT / "build/bench"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pages.json").write_text(json.dumps(
            {"corridor": servers.corridor, "offers": servers.offers, "bytes": servers.sizes, "rounds": rounds}, indent=1) + "\n")
    finally:
        servers.end()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
