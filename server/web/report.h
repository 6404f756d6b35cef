/* What a corridor's report is made of, read from the record in one turn (report_read.c). */
#ifndef CORRIDOR_WEB_REPORT_H
#define CORRIDOR_WEB_REPORT_H

#include "server/web/chart.h"

#include "server/observatory_ask.h"

#include <corridor/http.h>

#define REPORT_SERVICES_MAX CHART_POINTS_MAX

struct report_service {
    char name[81];
    unsigned pay_in;
    unsigned pay_out;
    enum speed speed;
    int64_t percent;
};

struct report_quarter {
    char period[8];
    int64_t average, median, smart, best, worst;
    int64_t services, operators, surveyed, not_transparent, smart_services;
    bool meets, near;
    int64_t
        known_at; /* the instant whose knowledge, and in a running quarter whose prices, it is */
};

struct report;

/* Called with the report once it is read, or with what it had before and false where PostgreSQL
 * could not be asked. It owns the report, which free gives back. */
typedef void report_reader(struct report *report, bool read);

struct report {
    struct http_request *req;
    report_reader *then;
    const struct language *language;
    const struct country *from;
    const struct country *to;
    char id[6];
    char address[24];
    struct observatory_ask
        ask;             /* its period is "" for the latest; of the rest as_of and price_point */
    struct span unknown; /* a parameter's value that is none */
    bool invented;
    struct report_quarter quarters[CHART_POINTS_MAX];
    size_t quarter_count;
    const struct report_quarter *quarter; /* NULL: no figures in it */
    struct report_service services[REPORT_SERVICES_MAX];
    size_t service_count;
    int64_t hidden;   /* services of now, not of a survey, whose rate is told to nobody */
    bool provisional; /* of the quarter that was running then */
    int64_t flow_usd, flow_year, at_stake; /* INT64_MIN: not known */
};

/* Asks the record for the quarter that report->ask names. False when nothing could be asked: `then`
 * will not be called. */
MUST_CHECK bool report_read(struct report *report, report_reader *then);

/* A percentage with two decimals, or a dash (report_parts.c, as the next two). */
void report_percent(struct html *h, int64_t percent);
/* How the cost moved, and every service by its cost. */
void report_charts(struct html *h, const struct report *report);
/* The cheapest and the dearest, and each way of paying and collecting. */
void report_services(struct html *h, const struct report *report);

#endif
