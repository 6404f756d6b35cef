"""The observatory's figures worked out again, in fractions, from a survey file: independent of ours down to the words.

Nothing here comes from the programs: columns are the World Bank's, definitions those of its methodology and of SDG
indicator 10.c.1, the trend Theil's and Sen's. Facts are given: which country is in which group, and the flows.
"""
import csv
import itertools
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

SCALE = 20  # decimals of a cost
WITHIN_FIVE_DAYS = {"less_than_one_hour", "same_day", "next_day", "2_days", "3_5_days"}
TO_THE_PERSON = {"bank_account", "mobile_wallet", "card", "home_delivery"}
SENT = {"cash": {"cash"}, "account": {"bank_account"}, "bank account": {"bank_account"},
        "bank account transfer": {"bank_account"}, "door": {"cash"}, "mobile money": {"mobile_money"},
        "mobile": {"mobile_money"}, "card": {"debit_card", "credit_card"}, "debit card": {"debit_card"},
        "credit card": {"credit_card"}, "credit debit card": {"debit_card", "credit_card"},
        "debit credit card": {"debit_card", "credit_card"},
        "credit debit card service": {"debit_card", "credit_card"},
        "debit credit card service": {"debit_card", "credit_card"}}
SILENT = {"online", "online service", "prepaid card", "home delivery"} | {f"{c} service" for c in
                                                                         "usd eur gbp jpy aud lcu".split()}
RECEIVED = {"cash": "cash", "account": "bank_account", "account same bank": "bank_account",
            "account other bank": "bank_account", "mobile": "mobile_wallet", "door": "home_delivery"}
PICKED_UP = {"cash": "cash", "agent": "cash", "home delivery": "home_delivery", "door to door": "home_delivery",
             "mobile": "mobile_wallet", "mobile wallet": "mobile_wallet", "mobile money": "mobile_wallet"}
ACCESS = {"on line": "online", "online": "online", "internet": "online", "call center": "call_centre",
          "call centre": "call_centre", "phone": "call_centre", "mobile phone": "mobile", "on mobile phone": "mobile",
          "mobile": "mobile", "mobile phone app": "mobile", "mobile app": "mobile"}
FIRMS = [("bank", "bank"), ("money transfer operator", "mto"), ("post office", "post_office"),
         ("mobile operator", "mobile_operator"), ("non bank fi", "non_bank_fi"), ("credit union", "credit_union"),
         ("building society", "building_society")]


def fold(text):
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def words(cell):
    """The words of a cell; blanks and n/a are none."""
    return [w for w in map(fold, re.split("[,;]", cell)) if w not in ("", "n a", "na", "not available")]


def number(cell):
    """Exact, in units of 10^-SCALE: sums of whole numbers are quick."""
    if fold(cell) in ("", "n a", "na"):
        return None
    scaled = Decimal(cell.strip()).scaleb(SCALE)
    assert scaled == scaled.to_integral_value(), cell
    return int(scaled)


def service_of(row, alpha2):
    """A row of the file as a service, with its cost at each price point that has one."""
    pay_in, pay_out, access = set(), set(), set()
    for word in words(row["product"]):
        start, _, end = word.partition(" to ")
        pay_in |= SENT.get(start, set() if word in SILENT or start in SILENT else {"other"})
        pay_out |= {RECEIVED[end]} if end in RECEIVED else set()
        access |= {"online"} if start in ("online", "online service") else set()
        access |= {"mobile"} if word in ("mobile", "mobile to mobile") else set()
        pay_out |= {"card"} if word == "prepaid card" else set()
        pay_out |= {"home_delivery"} if word == "home delivery" else set()
    for word in words(row["sending location"]):
        access.add(ACCESS.get(word, "elsewhere"))
    for word in words(row["pick-up method"]):
        bank = re.match("(own partner )?bank acc", word)
        card = re.match("atm|(credit |debit |prepaid )?(cash )?card", word)
        pay_out.add("bank_account" if bank else "card" if card else PICKED_UP.get(word, "other"))
    kinds = fold(re.split("[/,;]", row["firm_type"])[0])
    speed = fold(row["speed actual"])
    from_, to = alpha2[row["source"]], alpha2[row["destination"]]
    costs = {}
    for point, column in ((200, "cc1"), (500, "cc2")):
        if number(row[f"{column} lcu amount"]) is not None and number(row[f"{column} total cost %"]) is not None:
            costs[point] = number(row[f"{column} total cost %"])
    ascii_name = unicodedata.normalize("NFKD", row["firm"]).encode("ascii", "ignore").decode()
    return {
        "period": f"{row['period'][:4]}-Q{row['period'][5]}",  # 2011_3Q
        "corridor": f"{from_}-{to}", "from": from_, "to": to, "operator": fold(ascii_name),
        "firm_type": [dict(FIRMS).get(kinds, "other")], "pay_in": pay_in or {"unknown"},
        "pay_out": pay_out or {"unknown"},
        "speed": ["unknown" if speed in ("", "n a", "not available") else speed.replace(" ", "_")],
        "digital": [digital_of(pay_in, access, pay_out)],
        "smart": accessible(speed.replace(" ", "_"), fold(row["coverage"]), pay_out),
        "transparent": fold(row["transparent"]) == "yes", "costs": costs,
    }


def digital_of(pay_in, access, pay_out):
    paid = pay_in & {"bank_account", "debit_card", "credit_card", "prepaid_card", "mobile_money"}
    if paid and pay_out & {"bank_account", "mobile_wallet", "card"} and access & {"online", "mobile", "call_centre"}:
        return "digital"
    return "cash" if "cash" in pay_in | pay_out else "other"


def accessible(speed, coverage, pay_out):
    return speed in WITHIN_FIVE_DAYS and (coverage in ("nationwide", "high") or bool(pay_out & TO_THE_PERSON))


def read(path, alpha2):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [service_of(row, alpha2) for row in csv.DictReader(file)]


def mean(values):
    values = list(values)
    return sum(values, Fraction(0)) / len(values) if values else None


def mean_cost(costs):
    costs = list(costs)
    return Fraction(sum(costs), len(costs) * 10**SCALE) if costs else None


def median(values):
    values = sorted(values)
    return Fraction(values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2 if values else None


def quantile(ordered, share):
    place = (len(ordered) - 1) * share
    below = place.numerator // place.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def quarter_number(period):
    return int(period[:4]) * 4 + int(period[6]) - 1


def period_before(period, quarters):
    number_ = quarter_number(period) - quarters
    return f"{number_ // 4}-Q{number_ % 4 + 1}"


class Survey:
    """Costs are whole numbers of 10^-SCALE percent, all that is told of them fractions of a percent. All that is asked of a file. groups: {alpha2: (region, income, g20)}; flows: {year: {corridor: US$ million}}."""

    def __init__(self, services, groups, flows):
        self.groups, self.flows = groups, flows
        self.by_period = {}
        for service in services:
            self.by_period.setdefault(service["period"], []).append(service)

    def periods(self):
        return sorted(self.by_period)

    def counted(self, period, point, exclude):
        return [s for s in self.by_period.get(period, [])
                if s["transparent"] and point in s["costs"] and s["from"] not in exclude]

    @lru_cache(maxsize=None)
    def corridors(self, period, point, exclude=()):
        """{corridor: its figures}"""
        found = {}
        for service in self.counted(period, point, exclude):
            found.setdefault(service["corridor"], []).append(service)
        return {corridor: self.corridor(corridor, services, period, point) for corridor, services in found.items()}

    def corridor(self, corridor, services, period, point):
        costs = [s["costs"][point] for s in services]
        smart = sorted(s["costs"][point] for s in services if s["smart"])[:3]
        average = mean_cost(costs)
        year, flows = self.flows_of(period)
        flow = flows.get(corridor)
        return {"average": average, "median": median(costs) / 10**SCALE, "services": len(costs),
                "operators": len({s["operator"] for s in services}), "smart": mean_cost(smart) if len(smart) == 3 else None,
                "status": "meets" if average <= 3 else "near" if average <= 5 else "must_fall",
                "thin": len(costs) < 3, "flow": flow, "year": year,
                "at_stake": None if flow is None else flow * 1000000 * (average - 3) / 100}

    @lru_cache(maxsize=None)
    def flows_of(self, period):
        """The year of the quarter or the last before it with flows, else the first after."""
        year = int(period[:4])
        years = [y for y in sorted(self.flows, reverse=True) if y <= year] or sorted(self.flows)
        return (years[0], self.flows[years[0]]) if years else (None, {})

    def kinds(self, service):
        """Every group that a service is in: (kind, code)."""
        ends = (("sending", self.groups.get(service["from"])), ("receiving", self.groups.get(service["to"])))
        found = [("sender", service["from"]), ("receiver", service["to"])]
        for end, groups in ends:
            if groups:
                found += zip((f"{end}_region", f"{end}_income", f"{end}_g20"), groups)
        for kind in ("firm_type", "pay_in", "pay_out", "digital", "speed"):
            found += [(kind, code) for code in service[kind]]
        return found

    @lru_cache(maxsize=None)
    def grouped(self, period, point, exclude=()):
        """{kind: {code: (average, count)}}"""
        costs = {}
        for service in self.counted(period, point, exclude):
            for kind, code in self.kinds(service):
                costs.setdefault(kind, {}).setdefault(code, []).append(service["costs"][point])
        return {kind: {code: (mean_cost(c), len(c)) for code, c in codes.items()} for kind, codes in costs.items()}

    @lru_cache(maxsize=None)
    def average(self, period, point, exclude=()):
        return mean_cost(s["costs"][point] for s in self.counted(period, point, exclude))

    def world(self, period, point, exclude=()):
        services = self.counted(period, point, exclude)
        costs = sorted(s["costs"][point] for s in services)
        corridors = self.corridors(period, point, exclude)
        known = list(corridors.values())
        flowing = [c for c in known if c["flow"] is not None]
        smart = [c["smart"] for c in known if c["smart"] is not None]
        total_flow = sum(c["flow"] for c in flowing)
        year, flows = self.flows_of(period)
        world_flow = sum(f for corridor, f in flows.items() if corridor[:2] not in exclude)
        return {
            "average": mean_cost(costs), "services": len(costs), "corridors_average": mean(c["average"] for c in known),
            "corridors": len(known), "flows_year": year if known else None,
            "flow_weighted": sum(c["flow"] * c["average"] for c in flowing) / total_flow if total_flow else None,
            "smart": mean(smart), "smart_corridors": len(smart), "smart_without": len(known) - len(smart),
            "smart_at_most_5": sum(s <= 5 for s in smart),
            **{status: sum(c["status"] == status for c in known) for status in ("meets", "near", "must_fall")},
            "at_stake": sum(c["at_stake"] for c in flowing) if flowing else None,
            "above_target": sum(max(c["at_stake"], 0) for c in flowing) if flowing else None,
            "deciles": [quantile(costs, Fraction(tenths, 10)) / 10**SCALE for tenths in range(1, 10)] if costs else [],
            "operators": len({s["operator"] for s in services}), "thin": sum(c["thin"] for c in known),
            "not_transparent": sum(not s["transparent"] for s in self.by_period.get(period, [])
                                   if s["from"] not in exclude),
            "market_share": 100 * total_flow / world_flow if flowing and world_flow else None,
        }

    def change(self, period, quarters, point, exclude=()):
        before = self.average(period_before(period, quarters), point, exclude)
        now = self.average(period, point, exclude)
        return None if before is None or now is None else now - before

    def outlook(self, period, point, exclude=()):
        """(value, low, high, slope a year) by 2030-Q4; None without twelve quarters with data in sixteen."""
        window = [period_before(period, back) for back in range(16)]
        points = [(quarter_number(p), self.average(p, point, exclude)) for p in window]
        points = sorted(p for p in points if p[1] is not None)[-12:]
        if len(points) < 12 or points[-1][0] != quarter_number(period):
            return None
        slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.combinations(points, 2))
        target = quarter_number("2030-Q4")

        def line(slope):
            return median(cost + slope * (target - quarter) for quarter, cost in points)

        slope = median(slopes)
        return line(slope), line(slopes[18]), line(slopes[47]), 4 * slope
