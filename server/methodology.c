/* The definitions, in words. What computes them is named beside; /v1/methodology shows it all. */
#include "server/methodology.h"

#include <assert.h>

static const struct methodology_source sources[] = {
    {"rpw", "World Bank, Remittance Prices Worldwide: methodology",
     "https://remittanceprices.worldbank.org/methodology"},
    {"sdg", "United Nations, metadata of SDG indicator 10.c.1",
     "https://unstats.un.org/sdgs/metadata/files/Metadata-10-0C-01.pdf"},
    {"flows", "World Bank and KNOMAD, bilateral remittance matrix",
     "https://www.knomad.org/data/remittances"},
    {"groups", "World Bank country and lending groups",
     "https://datahelpdesk.worldbank.org/knowledgebase/articles/906519"},
    {"theil",
     "H. Theil, A rank-invariant method of linear and polynomial regression analysis, 1950",
     "https://dwc.knaw.nl/DL/publications/PU00018789.pdf"},
    {"sen", "P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, 1968",
     "https://doi.org/10.1080/01621459.1968.10480934"},
};

#define OVER_SERVICES \
    "Over all services of the quarter that are transparent and at their regular price, one each: "

static const struct methodology_definition definitions[] = {
    {"total_cost_pct",
     "Total cost of a service",
     "percent of the amount sent",
     "Fee and exchange rate margin of sending the equivalent of the price point (200 or 500 US "
     "dollars), the fee on top. A survey row counts as published; a live service with the price in "
     "force at the quarter's end, or the last in force within it, and the reference rate of that "
     "day. A service whose fee or rate is not known beforehand does not count: an unknown margin "
     "is never zero.",
     "100 * (fee / amount + (reference rate - rate) / reference rate"
     " + receiving fee / (amount * reference rate))",
     {"rpw", "sdg"},
     "quarter_services"},
    {"average_pct",
     "Average over services",
     "percent",
     OVER_SERVICES "the simple mean of their total costs. The global average is this over all "
                   "corridors, the SDG 10.c target 3 percent.",
     "sum(total_cost_pct) / services",
     {"rpw", "sdg"},
     "figures_by"},
    {"services",
     "Services",
     "services",
     "How many services the average is over. Each survey row is a service of its own.",
     "count",
     {"rpw"},
     "figures_by"},
    {"corridors_average_pct",
     "Average over corridors",
     "percent",
     "The simple mean of the corridors' averages, each corridor counting once.",
     "mean(corridor average)",
     {"rpw"},
     "figures_by"},
    {"corridors",
     "Corridors",
     "corridors",
     "Corridors with at least one service that counts.",
     "count",
     {"rpw"},
     "figures_by"},
    {"flow_weighted_pct",
     "Average weighted by flows",
     "percent",
     "The corridors' averages, weighted by the money sent through each in a year: the quarter's "
     "own year or the last one before it with a matrix, else the first after. Corridors without a "
     "flow do not count. None, given as null, while no flow is known.",
     "sum(flow * corridor average) / sum(flow)",
     {"rpw", "flows"},
     "figures_by"},
    {"smart_pct",
     "SmaRT average",
     "percent",
     "Of a corridor, the mean of its three cheapest services that deliver within five days and "
     "are accessible: a nationwide network where something has to be collected, any coverage where "
     "money comes to an account, a wallet, a card or the door. Of many corridors, the mean of "
     "theirs. None where fewer than three services qualify.",
     "mean of the three least total_cost_pct",
     {"sdg", "rpw"},
     "qualifies_for_smart"},
    {"smart_corridors",
     "Corridors with a SmaRT average",
     "corridors",
     "Corridors in which three services qualify or more.",
     "count",
     {"sdg"},
     "figures_by"},
    {"smart_without",
     "Corridors without a SmaRT average",
     "corridors",
     "Corridors in which fewer than three services qualify.",
     "count",
     {"sdg"},
     "figures_by"},
    {"smart_at_most_5",
     "Corridors with SmaRT at most 5 percent",
     "corridors",
     "Corridors in which the SmaRT average is 5 percent or less: the second part of SDG 10.c.",
     "count(smart_pct <= 5)",
     {"sdg"},
     "figures_by"},
    {"meets",
     "Corridors that meet the target",
     "corridors",
     "Corridors whose average is 3 percent or less.",
     "count(average <= 3)",
     {"sdg"},
     "figures_by"},
    {"near",
     "Corridors near the target",
     "corridors",
     "Corridors whose average is above 3 and at most 5 percent.",
     "count(3 < average <= 5)",
     {"sdg"},
     "figures_by"},
    {"must_fall",
     "Corridors that must fall",
     "corridors",
     "Corridors whose average is above 5 percent, which SDG 10.c wants eliminated.",
     "count(average > 5)",
     {"sdg"},
     "figures_by"},
    {"at_stake_usd",
     "Money at stake",
     "US dollars a year",
     "What the people of a corridor would keep if it cost 3 percent: its yearly flow times what "
     "its average is above 3 percent; below zero where it costs less. Summed over corridors with a "
     "known flow. None, given as null, where no flow is known: flows come from the World Bank's "
     "matrix, which whoever runs the service has to import.",
     "flow * (average - 3) / 100",
     {"sdg", "flows"},
     "figures_by"},
    {"at_stake_above_target_usd",
     "Money at stake above the target",
     "US dollars a year",
     "The same, summed over the corridors above 3 percent only; null likewise.",
     "flow * max(average - 3, 0) / 100",
     {"sdg", "flows"},
     "figures_by"},
    {"deciles",
     "Deciles",
     "percent",
     OVER_SERVICES "the nine values below which a tenth, two tenths and so on of total costs lie, "
                   "between two of them linearly.",
     "value at place 1 + (services - 1) * tenths / 10",
     {"rpw"},
     "cost_deciles"},
    {"operators",
     "Operators",
     "operators",
     "The firms of the services that count.",
     "count distinct",
     {"rpw"},
     "operators_by"},
    {"thin",
     "Thin corridors",
     "corridors",
     "Corridors with one or two services that count: their averages say little.",
     "count(services < 3)",
     {"rpw"},
     "figures_by"},
    {"not_transparent",
     "Not transparent",
     "survey rows",
     "Services that a survey found and that count in no average, since their fee or rate is not "
     "told before the transfer.",
     "count",
     {"rpw"},
     "figures_by"},
    {"market_share_pct",
     "Share of the market covered",
     "percent",
     "The part of the money sent in a year, by the matrix of flows, that goes through the "
     "corridors "
     "counted. None without a matrix.",
     "100 * sum(flow of these corridors) / sum(flow of all)",
     {"flows"},
     "flow_years"},
    {"change",
     "Change",
     "percentage points",
     "The average over services against that of the quarter before, and of the same quarter a "
     "year before. None where that quarter has no figures.",
     "average_pct now - average_pct then",
     {"rpw"},
     "world_course"},
    {"outlook",
     "Outlook to 2030",
     "percent",
     "Where the robust linear trend of the average over services of the last twelve quarters with "
     "data, in at most sixteen, leads by 2030-12-31. Slope: the median of the slopes between all "
     "pairs of quarters; height: the median of what it leaves. Interval: the same with the 19th "
     "and "
     "the 48th of the 66 slopes, which hold the true one between them in 95.5 percent of cases. "
     "With fewer quarters: not enough data. A trend is no forecast.",
     "median(average + slope * quarters until 2030-Q4)",
     {"theil", "sen", "sdg"},
     "outlook_of"},
};

static const struct methodology_kind kinds[] = {
    {"world", "World", "All corridors, but those from senders that are left out."},
    {"corridor", "Corridor", "Sending and receiving country."},
    {"sender", "Sending country", "ISO 3166-1 alpha-2."},
    {"receiver", "Receiving country", "ISO 3166-1 alpha-2."},
    {"sending_region", "Region of the sending country", "World Bank regions."},
    {"receiving_region", "Region of the receiving country", "World Bank regions."},
    {"sending_income", "Income group of the sending country",
     "World Bank income groups, as classified for the quarter."},
    {"receiving_income", "Income group of the receiving country",
     "World Bank income groups, as classified for the quarter."},
    {"sending_g20", "Sender in the G20",
     "member: one of its nineteen member countries; other: any other country."},
    {"receiving_g20", "Receiver in the G20",
     "member: one of its nineteen member countries; other: any other country."},
    {"firm_type", "Kind of firm", "Bank, money transfer operator, post office and so on."},
    {"pay_in", "Way to pay",
     "A service with several counts in each; unknown where it was not told."},
    {"pay_out", "Way to receive",
     "A service with several counts in each; unknown where it was not told."},
    {"digital", "Digital or cash",
     "digital: an account, a wallet or a card at both ends, ordered online or by phone; cash: not "
     "digital, and cash at one end at least; other: neither, or not told."},
    {"speed", "Speed", "The survey's six classes."},
};

const struct methodology_source *methodology_sources(size_t *count)
{
    *count = COUNT_OF(sources);
    return sources;
}

const struct methodology_definition *methodology_definitions(size_t *count)
{
    *count = COUNT_OF(definitions);
    return definitions;
}

const struct methodology_kind *methodology_kinds(size_t *count)
{
    *count = COUNT_OF(kinds);
    return kinds;
}

const char *methodology_unit(const char *id)
{
    for (size_t i = 0; i < COUNT_OF(definitions); i++) {
        if (strcmp(definitions[i].id, id) == 0)
            return definitions[i].unit;
    }
    assert(!"an indicator without a definition");
    return NULL;
}

bool methodology_in_percent(const char *id)
{
    size_t length = strlen(id);
    return length > 4 && strcmp(id + length - 4, "_pct") == 0;
}

void methodology_link(struct out *out, const char *key, const char *id)
{
    json_key(out, key);
    out_text(out, "\"/v1/methodology#");
    out_text(out, id);
    out_char(out, '"');
}

static const char *const overview[][2] = {
    {"global.services", "average_pct"},
    {"global.corridors", "corridors_average_pct"},
    {"global.flow_weighted", "flow_weighted_pct"},
    {"smart", "smart_pct"},
    {"smart.without", "smart_without"},
    {"smart.at_most_5", "smart_at_most_5"},
    {"status.meets", "meets"},
    {"status.near", "near"},
    {"status.must_fall", "must_fall"},
    {"at_stake_usd", "at_stake_usd"},
    {"at_stake_above_target_usd", "at_stake_above_target_usd"},
    {"deciles", "deciles"},
    {"receiving_regions", "receiving_region"},
    {"sending_regions", "sending_region"},
    {"income.sending", "sending_income"},
    {"income.receiving", "receiving_income"},
    {"g20.sending", "sending_g20"},
    {"g20.receiving", "receiving_g20"},
    {"firm_types", "firm_type"},
    {"pay_in", "pay_in"},
    {"pay_out", "pay_out"},
    {"digital", "digital"},
    {"speed", "speed"},
    {"senders", "sender"},
    {"receivers", "receiver"},
    {"coverage.corridors", "corridors"},
    {"coverage.services", "services"},
    {"coverage.operators", "operators"},
    {"coverage.thin_corridors", "thin"},
    {"coverage.not_transparent", "not_transparent"},
    {"coverage.market_share_pct", "market_share_pct"},
    {"change", "change"},
    {"outlook", "outlook"},
};

static const char *const corridors[][2] = {
    {"average_pct", "average_pct"},   {"smart_pct", "smart_pct"},
    {"status", "must_fall"},          {"thin", "thin"},
    {"services", "services"},         {"operators", "operators"},
    {"at_stake_usd", "at_stake_usd"}, {"change", "change"},
};

void methodology_links(struct out *out, enum methodology_answer answer)
{
    const char *const(*links)[2] = answer == METHODOLOGY_OVERVIEW ? overview : corridors;
    size_t count = answer == METHODOLOGY_OVERVIEW ? COUNT_OF(overview) : COUNT_OF(corridors);
    json_key(out, "definitions");
    json_open(out, '{');
    for (size_t i = 0; i < count; i++)
        methodology_link(out, links[i][0], links[i][1]);
    json_close(out, '}');
}
