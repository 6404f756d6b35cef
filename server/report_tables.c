/* What the reports are: their columns, in the order that never changes, with units and meanings. */
#include "server/report.h"

#define CODE    REPORT_CODE
#define LIST    REPORT_LIST
#define TEXT    REPORT_TEXT
#define DECIMAL REPORT_DECIMAL
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
     "Fee and rate are known before the transfer. Where not, margin and rate are empty, and the "
     "row counts in no average."},
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
