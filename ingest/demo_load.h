/* Brings the demonstration market into the record, up to a day. */
#ifndef INGEST_DEMO_LOAD_H
#define INGEST_DEMO_LOAD_H

#include <ingest/demo_market.h>

#include <corridor/db_session.h>

enum demo_outcome {
    DEMO_LOADED,   /* there was none */
    DEMO_EXTENDED, /* there was one up to an earlier day */
    DEMO_UP_TO_DATE,
    DEMO_REAL_DATA, /* the record holds real prices: nothing was done */
    DEMO_FAILED,    /* the reason is printed, nothing was done */
};

struct demo_report {
    int64_t through;    /* the last day that was there before; -1 for none */
    uint64_t operators; /* added */
    uint64_t services;  /* added */
    uint64_t quotes;
    uint64_t rates;
};

/* Loads or extends, in one transaction, up to the beginning of the day `today`; first is the first
 * day of a new market's history. name is the command's, for complaints. */
MUST_CHECK enum demo_outcome demo_load(struct db_session *session, const char *name, int64_t first,
                                       int64_t today, struct demo_report *report);

#endif
