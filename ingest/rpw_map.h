/*
 * The words of Remittance Prices Worldwide as our codes. The survey's cells are free text that
 * changed with the years: the words seen, in both generations of its columns, stand in one table
 * per column. Case, spacing and punctuation don't matter; a cell may hold a list.
 */
#ifndef INGEST_RPW_MAP_H
#define INGEST_RPW_MAP_H

#include <corridor/service.h>

/* What a cell says about a service. Sets are bit masks: 1 << PAY_IN_CASH. Empty: not told. */
struct rpw_service {
    unsigned pay_in;
    unsigned access_point;
    unsigned pay_out;
    enum speed speed;
    enum coverage coverage;
    enum firm_type firm_type;
};

enum rpw_vocabulary {
    RPW_WORDS_PRODUCT,          /* up to Q1 2016: pay-in, pay-out and access point in one */
    RPW_WORDS_INSTRUMENT,       /* since Q2 2016: pay-in */
    RPW_WORDS_SENDING_LOCATION, /* either generation: access point */
    RPW_WORDS_PICKUP,           /* pay-out */
    RPW_WORDS_SPEED,
    RPW_WORDS_COVERAGE,
    RPW_WORDS_FIRM_TYPE,
    RPW_WORDS_COUNT
};

/* Who is told of each word that is in no table, as it was written, with its column's name. */
struct rpw_unknown {
    void (*told)(struct span column, struct span word, void *arg);
    void *arg;
};

/*
 * Adds what a cell says to the service: sets grow, the others are set by the first word that
 * decides. A word in no table counts as "other", where the list of codes has that, or "unknown",
 * and is told. A blank cell adds nothing.
 */
void rpw_map(enum rpw_vocabulary vocabulary, struct span column, struct span cell,
             struct rpw_service *service, const struct rpw_unknown *unknown);

/* True for a cell that says nothing: blank, "N/A", "..". */
bool rpw_blank(struct span cell);

/*
 * A word as the tables have it: ASCII letters lowered, every run of other bytes than letters and
 * digits one space, none at the ends. Cut at size - 1. Returns the length.
 */
size_t rpw_fold(struct span text, char *buffer, size_t size);

#endif
