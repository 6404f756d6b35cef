/* What the reports are: their columns, in the order that never changes, with units and meanings. */
#include "server/report.h"

#define CODE    REPORT_CODE
#define LIST    REPORT_LIST
#define TEXT    REPORT_TEXT
#define DECIMAL REPORT_DECIMAL
#define INTEGER REPORT_INTEGER
#define BOOLEAN REPORT_BOOLEAN
#define DATE    REPORT_DATE

#define PERCENT "percent of the amount sent"
#define SENT    "sending currency"
#define RATE    "receiving currency for one of the sending currency"

/* New columns come last. */
static const struct report_column services[] = {
    {"period", CODE, NULL, "Quarter: 2011-Q3."},
    {"corridor", CODE, NULL, "Sending and receiving country, ISO 3166-1 alpha-2: FR-SN."},
    {"corridor_iso3", CODE, NULL, "The same in alpha-3, as the World Bank writes it: FRASEN."},
    {"sending_country", CODE, NULL, "ISO 3166-1 alpha-2."},
    {"sending_m49", CODE, NULL, "UN M49, three digits."},
    {"receiving_country", CODE, NULL, "ISO 3166-1 alpha-2."},
    {"receiving_m49", CODE, NULL, "UN M49, three digits."},
    {"kind", CODE, NULL,
     "survey: a row of a survey; live: a price in force at the quarter's end, or the last in it."},
    {"quote", CODE, NULL, "Public number of the quote: s123 of a survey, q123 of an operator."},
    {"source", CODE, NULL,
     "The survey (rpw: the World Bank's Remittance Prices Worldwide), or how the operator came "
     "here: feed, survey or demonstration."},
    {"source_ref", TEXT, NULL,
     "The row's id in the survey, or the operator's name of the service."},
    {"operator", CODE, NULL, "The operator's id, as in /v1/operators."},
    {"firm", TEXT, NULL, "The operator's name; of a survey as published."},
    {"firm_type", CODE, NULL,
     "bank, mto, post_office, mobile_operator, non_bank_fi, credit_union, building_society, "
     "other."},
    {"pay_in", LIST, NULL, "How the customer pays; empty where it was not told."},
    {"access_point", LIST, NULL, "Where the order is placed; empty where it was not told."},
    {"pay_out", LIST, NULL, "How the family collects; empty where it was not told."},
    {"speed", CODE, NULL, "Speed class of Remittance Prices Worldwide, or unknown."},
    {"coverage", CODE, NULL, "Coverage of the receiving network: high, medium, low, unknown."},
    {"transparent", BOOLEAN, NULL,
     "Fee and rate are known before the transfer, and so is the reference rate. Where not, the "
     "margin is empty, and the row counts in no average."},
    {"collected_on", DATE, NULL, "Day of collection; empty where it was not told."},
    {"send_currency", CODE, NULL, "ISO 4217."},
    {"receive_currency", CODE, NULL, "ISO 4217; empty for surveys, which do not say."},
    {"reference_rate", DECIMAL, RATE,
     "Interbank rate: of a survey as published (its direction is the survey's), else our reference "
     "rate of the day."},
    {"principal_200", DECIMAL, SENT, "Amount sent: the worth of 200 US dollars."},
    {"fee_200", DECIMAL, SENT, "Fee, taxes included, on that amount."},
    {"rate_200", DECIMAL, RATE, "Applied rate; of a survey as published."},
    {"margin_pct_200", DECIMAL, PERCENT, "Exchange rate margin; may be negative."},
    {"total_cost_pct_200", DECIMAL, PERCENT,
     "Total cost: fee and margin together; of a survey as published."},
    {"principal_500", DECIMAL, SENT, "Amount sent: the worth of 500 US dollars."},
    {"fee_500", DECIMAL, SENT, "Fee, taxes included, on that amount."},
    {"rate_500", DECIMAL, RATE, "Applied rate; of a survey as published."},
    {"margin_pct_500", DECIMAL, PERCENT, "Exchange rate margin; may be negative."},
    {"total_cost_pct_500", DECIMAL, PERCENT,
     "Total cost: fee and margin together; of a survey as published."},
    {"demonstration", BOOLEAN, NULL, "Invented for the demonstration; not a real price."},
};

/* Figures of worked-out averages, in percent of the amount sent, are rounded to six decimals. */
static const struct report_column corridors[] = {
    {"period", CODE, NULL, "Quarter: 2011-Q3. The running one is provisional."},
    {"corridor", CODE, NULL, "Sending and receiving country, ISO 3166-1 alpha-2: FR-SN."},
    {"corridor_iso3", CODE, NULL, "The same in alpha-3, as the World Bank writes it: FRASEN."},
    {"sending_country", CODE, NULL, "ISO 3166-1 alpha-2."},
    {"sending_m49", CODE, NULL, "UN M49, three digits."},
    {"receiving_country", CODE, NULL, "ISO 3166-1 alpha-2."},
    {"receiving_m49", CODE, NULL, "UN M49, three digits."},
    {"price_point_usd", INTEGER, "US dollars", "Price point: 200 or 500."},
    {"services", INTEGER, NULL, "Services that count: transparent, at their regular price."},
    {"surveyed", INTEGER, NULL, "Of these, rows of a survey."},
    {"not_transparent", INTEGER, NULL, "Rows of a survey that do not count."},
    {"operators", INTEGER, NULL, "Operators of the services that count."},
    {"average_pct", DECIMAL, PERCENT, "Simple mean over the services."},
    {"median_pct", DECIMAL, PERCENT, "Median."},
    {"lowest_pct", DECIMAL, PERCENT, "The cheapest service."},
    {"highest_pct", DECIMAL, PERCENT, "The dearest service."},
    {"smart_services", INTEGER, NULL, "Services that qualify for SmaRT."},
    {"smart_pct", DECIMAL, PERCENT,
     "SmaRT: mean of the three cheapest that qualify; empty where fewer do."},
    {"status", CODE, NULL,
     "Against SDG 10.c: meets (at most 3), near (at most 5), must_fall, no_data."},
    {"thin", BOOLEAN, NULL, "Under three services."},
    {"flow_usd_million", DECIMAL, "millions of US dollars a year",
     "Money sent along the corridor; empty where not known."},
    {"flow_year", INTEGER, NULL, "The year of that estimate."},
    {"at_stake_usd", DECIMAL, "US dollars a year", "Flow times the average above 3 percent."},
    {"demonstration", BOOLEAN, NULL, "Made of invented prices."},
};

#define OF_COUNTRIES " Empty for kinds of service."
static const struct report_column series[] = {
    {"period", CODE, NULL, "Quarter: 2011-Q3. The running one is provisional."},
    {"group_kind", CODE, NULL,
     "world; sender, receiver; sending_region, receiving_region; sending_income, "
     "receiving_income; sending_g20, receiving_g20; firm_type, pay_in, pay_out, digital, speed."},
    {"group_code", CODE, NULL,
     "The group: a country (alpha-2), the World Bank's code of a region or income group, member "
     "or other of the G20, or a code of a kind of service."},
    {"price_point_usd", INTEGER, "US dollars", "Price point: 200 or 500."},
    {"services", INTEGER, NULL, "Services that count."},
    {"average_pct", DECIMAL, PERCENT, "Simple mean over the services."},
    {"corridors", INTEGER, NULL, "Corridors with a service that counts." OF_COUNTRIES},
    {"corridors_average_pct", DECIMAL, PERCENT, "Simple mean over the corridors." OF_COUNTRIES},
    {"flow_weighted_pct", DECIMAL, PERCENT,
     "Corridors' averages weighted by what is sent along them." OF_COUNTRIES},
    {"flow_year", INTEGER, NULL, "The year of those flows." OF_COUNTRIES},
    {"smart_pct", DECIMAL, PERCENT, "Mean of the corridors' SmaRT." OF_COUNTRIES},
    {"smart_corridors", INTEGER, NULL, "Corridors that have one." OF_COUNTRIES},
    {"smart_without", INTEGER, NULL,
     "Corridors where fewer than three services qualify." OF_COUNTRIES},
    {"smart_at_most_5", INTEGER, NULL, "Corridors whose SmaRT is at most 5." OF_COUNTRIES},
    {"meets", INTEGER, NULL, "Corridors whose average is at most 3." OF_COUNTRIES},
    {"near", INTEGER, NULL, "Corridors above 3 and at most 5." OF_COUNTRIES},
    {"must_fall", INTEGER, NULL, "Corridors above 5." OF_COUNTRIES},
    {"at_stake_usd", DECIMAL, "US dollars a year",
     "Flow times the average above 3 percent, summed." OF_COUNTRIES},
    {"thin_corridors", INTEGER, NULL, "Corridors under three services." OF_COUNTRIES},
    {"surveyed", INTEGER, NULL, "Services that are rows of a survey." OF_COUNTRIES},
    {"not_transparent", INTEGER, NULL, "Rows of a survey that do not count." OF_COUNTRIES},
    {"demonstration", BOOLEAN, NULL, "Made of invented prices."},
};

static const struct report_column operators[] = {
    {"period", CODE, NULL, "Quarter: 2011-Q3."},
    {"operator", CODE, NULL, "The operator's id, as in /v1/operators."},
    {"name", TEXT, NULL, "Its name."},
    {"firm_type", CODE, NULL, "Its kind."},
    {"services", INTEGER, NULL, "Its transparent services, each survey row one."},
    {"not_transparent", INTEGER, NULL, "Its others, which count in no average."},
    {"corridors", INTEGER, NULL, "Corridors it was found in."},
    {"average_pct_200", DECIMAL, PERCENT, "Simple mean over its services, at 200 US dollars."},
    {"lowest_pct_200", DECIMAL, PERCENT, "Its cheapest, at 200 US dollars."},
    {"highest_pct_200", DECIMAL, PERCENT, "Its dearest, at 200 US dollars."},
    {"average_pct_500", DECIMAL, PERCENT, "Simple mean over its services, at 500 US dollars."},
    {"lowest_pct_500", DECIMAL, PERCENT, "Its cheapest, at 500 US dollars."},
    {"highest_pct_500", DECIMAL, PERCENT, "Its dearest, at 500 US dollars."},
    {"demonstration", BOOLEAN, NULL, "Invented for the demonstration."},
};

/* SDMX-CSV 1.0: the columns are the structure's dimensions, its measure and its attributes. */
static const struct report_column sdmx_annual[] = {
    {"DATAFLOW", CODE, NULL, "The United Nations' harmonised SDG dataflow."},
    {"FREQ", CODE, NULL, "A: annual."},
    {"REPORTING_TYPE", CODE, NULL, "G: global."},
    {"SERIES", CODE, NULL,
     "SI_RMT_COST: to a receiver; SI_RMT_COST_SND: from a sender; SI_RMT_COST_BC: of a corridor; "
     "SI_RMT_COST_SC: its SmaRT."},
    {"REF_AREA", CODE, NULL,
     "UN M49 without leading zeros, 1 for the world; of a corridor the sender."},
    {"SEX", CODE, NULL, "_T: not used."},
    {"AGE", CODE, NULL, "_T: not used."},
    {"URBANISATION", CODE, NULL, "_T: not used."},
    {"INCOME_WEALTH_QUANTILE", CODE, NULL, "_T: not used."},
    {"EDUCATION_LEV", CODE, NULL, "_T: not used."},
    {"OCCUPATION", CODE, NULL, "_T: not used."},
    {"CUST_BREAKDOWN", CODE, NULL,
     "C and the receiver's UN M49, three digits; _T where there is none."},
    {"COMPOSITE_BREAKDOWN", CODE, NULL, "_T: not used."},
    {"DISABILITY_STATUS", CODE, NULL, "_T: not used."},
    {"ACTIVITY", CODE, NULL, "_T: not used."},
    {"PRODUCT", CODE, NULL, "_T: not used."},
    {"TIME_PERIOD", CODE, NULL, "Year."},
    {"OBS_VALUE", DECIMAL, PERCENT, "Average cost of sending 200 US dollars."},
    {"UNIT_MULT", INTEGER, NULL, "Power of ten."},
    {"UNIT_MEASURE", CODE, NULL, "PERCENT."},
    {"OBS_STATUS", CODE, NULL, "A; P (provisional) of the running year."},
    {"NATURE", CODE, NULL, "C: country data, as surveyed."},
    {"TIME_DETAIL", CODE, NULL, "The year."},
    {"COMMENT_OBS", CODE, NULL, "How many services it is over."},
    {"SOURCE_DETAIL", CODE, NULL,
     "Where it comes from: the World Bank's survey, operators' own prices, or both."},
};

static const struct report_column sdmx_quarterly[] = {
    {"DATAFLOW", CODE, NULL, "A structure of our own: /v1/reports/structure.xml."},
    {"FREQ", CODE, NULL, "Q: quarterly."},
    {"SERIES", CODE, NULL, "AVERAGE, MEDIAN or SMART."},
    {"SENDER", CODE, NULL, "UN M49, three digits; _T for all."},
    {"RECEIVER", CODE, NULL, "UN M49, three digits; _T for all."},
    {"PRICE_POINT", INTEGER, NULL, "US dollars: 200 or 500."},
    {"TIME_PERIOD", CODE, NULL, "Quarter: 2011-Q3."},
    {"OBS_VALUE", DECIMAL, PERCENT, "Cost of sending the price point."},
    {"UNIT_MULT", INTEGER, NULL, "Power of ten."},
    {"UNIT_MEASURE", CODE, NULL, "PERCENT."},
    {"OBS_STATUS", CODE, NULL, "A; P (provisional) of the running quarter."},
    {"SERVICES", INTEGER, NULL, "Services it is over."},
};

static const struct report reports[] = {
    {
        .name = "services",
        .title = "Services and their prices",
        .means = "Every service found by a survey and every live price, one row a service and "
                 "quarter: what the averages are made of. Surveys first, then live prices, each by "
                 "corridor and quarter.",
        .columns = services,
        .column_count = COUNT_OF(services),
        .sources = {"report_surveyed", "report_live"},
        .order = "corridor, period, source_ref, quote",
    },
    {
        .name = "corridors",
        .title = "Corridors and where they stand",
        .means = "The figures of every corridor, quarter and price point, with its standing "
                 "against SDG 10.c.",
        .columns = corridors,
        .column_count = COUNT_OF(corridors),
        .sources = {"report_corridors"},
        .order = "corridor, period, price_point_usd, demonstration",
        .stand = true,
    },
    {
        .name = "series",
        .title = "Averages by quarter and group",
        .means = "Averages for the world, for senders and receivers, regions, income groups and "
                 "the G20, and for "
                 "kinds of firm, of paying in and out, and speed.",
        .columns = series,
        .column_count = COUNT_OF(series),
        .sources = {"report_series"},
        .order = "group_kind, group_code, price_point_usd, demonstration, period",
        .stand = true,
    },
    {
        .name = "operators",
        .title = "Operators and what they cost",
        .means = "Every operator by quarter, over the rows of the services report.",
        .columns = operators,
        .column_count = COUNT_OF(operators),
        .sources = {"report_operators"},
        .order = "operator, period, demonstration",
    },
    {
        .name = "corridors.sdmx",
        .title = "Corridors in the shape of the UN's SDG dataflow",
        .means = "SI_RMT_COST_BC and SI_RMT_COST_SC, annual, SDMX-CSV 1.0. Real prices only; of a "
                 "year the services of its quarters together.",
        .columns = sdmx_annual,
        .column_count = COUNT_OF(sdmx_annual),
        .sources = {"report_sdmx_corridors"},
        .order = "series, ref_area, cust_breakdown, time_period",
        .stand = true,
        .sdmx = true,
    },
    {
        .name = "series.sdmx",
        .title = "Senders, receivers and the world in the shape of the UN's SDG dataflow",
        .means = "SI_RMT_COST and SI_RMT_COST_SND, annual, SDMX-CSV 1.0. Real prices only; of a "
                 "year the services of its quarters together.",
        .columns = sdmx_annual,
        .column_count = COUNT_OF(sdmx_annual),
        .sources = {"report_sdmx_series"},
        .order = "series, ref_area, cust_breakdown, time_period",
        .stand = true,
        .sdmx = true,
    },
    {
        .name = "corridors-quarterly.sdmx",
        .title = "Corridors by quarter, SDMX",
        .means = "Average, median and SmaRT of every corridor and quarter, SDMX-CSV 1.0, under a "
                 "structure of our own. Real prices only.",
        .own_structure = true,
        .columns = sdmx_quarterly,
        .column_count = COUNT_OF(sdmx_quarterly),
        .sources = {"report_sdmx_corridors_quarterly"},
        .order = "series, sender, receiver, price_point, time_period",
        .stand = true,
        .sdmx = true,
    },
    {
        .name = "series-quarterly.sdmx",
        .title = "Senders, receivers and the world by quarter, SDMX",
        .means =
            "Averages by quarter, SDMX-CSV 1.0, under a structure of our own. Real prices only.",
        .own_structure = true,
        .columns = sdmx_quarterly,
        .column_count = COUNT_OF(sdmx_quarterly),
        .sources = {"report_sdmx_series_quarterly"},
        .order = "series, sender, receiver, price_point, time_period",
        .stand = true,
        .sdmx = true,
    },
};

const struct report *report_all(size_t *count)
{
    *count = COUNT_OF(reports);
    return reports;
}

const struct report *report_find(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(reports); i++) {
        if (span_is(name, reports[i].name))
            return &reports[i];
    }
    return NULL;
}
