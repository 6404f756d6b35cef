"""Answers of the observatory against the oracle, figure by figure, to 0.0001."""
from fractions import Fraction

WORLD = {  # where each of the oracle's figures stands in /v1/observatory
    "average": ("global", "services", "average_pct"), "services": ("global", "services", "count"),
    "corridors_average": ("global", "corridors", "average_pct"), "corridors": ("global", "corridors", "count"),
    "flow_weighted": ("global", "flow_weighted", "average_pct"), "flows_year": ("global", "flow_weighted", "flows_year"),
    "smart": ("smart", "average_pct"), "smart_corridors": ("smart", "corridors"), "smart_without": ("smart", "without"),
    "smart_at_most_5": ("smart", "at_most_5"), "meets": ("status", "meets"), "near": ("status", "near"),
    "must_fall": ("status", "must_fall"), "at_stake": ("at_stake_usd",), "above_target": ("at_stake_above_target_usd",),
    "deciles": ("deciles",), "operators": ("coverage", "operators"), "thin": ("coverage", "thin_corridors"),
    "not_transparent": ("coverage", "not_transparent"), "market_share": ("coverage", "market_share_pct"),
}
KINDS = {
    "receiving_region": ("receiving_regions",), "sending_region": ("sending_regions",),
    "sending_income": ("income", "sending"), "receiving_income": ("income", "receiving"),
    "sending_g20": ("g20", "sending"), "receiving_g20": ("g20", "receiving"), "firm_type": ("firm_types",),
    "pay_in": ("pay_in",), "pay_out": ("pay_out",), "digital": ("digital",), "speed": ("speed",), "sender": ("senders",),
    "receiver": ("receivers",),
}


def at(answer, path):
    for step in path:
        answer = answer[step]
    return answer


class Comparison:
    def __init__(self):
        self.compared = 0
        self.apart = []

    def same(self, what, got, wanted):
        self.compared += 1
        if isinstance(wanted, list):
            good = isinstance(got, list) and len(got) == len(wanted) and all(map(close, got, wanted))
        else:
            good = close(got, wanted)
        if not good:
            shown = wanted if wanted is None or isinstance(wanted, (int, list)) else float(wanted)
            self.apart.append(f"{what}: {got}, worked out again {shown}")

    def overview(self, answer, survey, period, point, exclude=()):
        title = f"{period} at {point} without {exclude or 'nobody'}"
        world = survey.world(period, point, exclude)
        for figure, path in WORLD.items():
            self.same(f"{title}: {figure}", at(answer, path), world[figure])
        grouped = survey.grouped(period, point, exclude)
        for kind, path in KINDS.items():
            groups = at(answer, path)
            wanted = grouped.get(kind, {})
            self.same(f"{title}: groups of {kind}", sorted(groups), sorted(wanted))
            for code in groups.keys() & wanted.keys():
                self.same(f"{title}: {kind} {code}", groups[code]["average_pct"], wanted[code][0])
                self.same(f"{title}: {kind} {code}, count", groups[code]["count"], wanted[code][1])
        for member, quarters in (("quarter", 1), ("year", 4)):
            self.same(f"{title}: change on {member}", answer["change"][member],
                      survey.change(period, quarters, point, exclude))
        trend = survey.outlook(period, point, exclude)
        self.same(f"{title}: outlook", answer["outlook"]["result"], "trend" if trend else "not enough data")
        for member, value in zip(("average_pct", "low_pct", "high_pct", "change_a_year"), trend or [None] * 4):
            self.same(f"{title}: outlook {member}", answer["outlook"][member], value)

    def corridors(self, answers, survey, period, point):
        """answers: the pages of a list, together."""
        wanted = survey.corridors(period, point)
        listed = {c["corridor"]["id"]: c for page in answers for c in page["corridors"]}
        self.same(f"{period}: corridors listed", sorted(listed), sorted(wanted))
        for corridor in listed.keys() & wanted.keys():
            got, want = listed[corridor], wanted[corridor]
            before = [survey.corridors(p, point).get(corridor) for p in (before_quarter(period, 1), before_quarter(period, 4))]
            for member, value in (("average_pct", want["average"]), ("median_pct", want["median"]),
                                  ("smart_pct", want["smart"]), ("status", want["status"]), ("services", want["services"]),
                                  ("operators", want["operators"]), ("thin", want["thin"]),
                                  ("flow_usd_million", want["flow"]), ("flows_year", want["year"]),
                                  ("at_stake_usd", want["at_stake"])):
                self.same(f"{period} {corridor}: {member}", got[member], value)
            for member, then in zip(("quarter", "year"), before):
                self.same(f"{period} {corridor}: change on {member}", got["change"][member],
                          then and want["average"] - then["average"])

    def end(self, least):
        assert not self.apart, f"{len(self.apart)} of {self.compared} figures differ:\n" + "\n".join(self.apart[:20])
        assert self.compared >= least, f"only {self.compared} figures were compared"
        return self.compared


def before_quarter(period, quarters):
    number = int(period[:4]) * 4 + int(period[6]) - 1 - quarters
    return f"{number // 4}-Q{number % 4 + 1}"


def close(got, wanted):
    """Decimal strings may be off by their last place's half: four decimals, or none for money."""
    if got is None or wanted is None or isinstance(wanted, (str, bool)) or isinstance(got, int):
        return got == wanted
    half = Fraction(1, 20000) if "." in got else Fraction(1, 2)
    return abs(Fraction(got) - wanted) <= half + Fraction(1, 10**9)
