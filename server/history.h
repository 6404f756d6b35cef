/*
 * How every corridor's figures moved, quarter by quarter (sql/0013-quarter-figures.sql), held in
 * memory for the pages: one immutable whole, shared by all threads, replaced when the record has
 * newer ones.
 */
#ifndef SERVER_HISTORY_H
#define SERVER_HISTORY_H

#include <corridor/base.h>
#include <corridor/instant.h>

struct db;
struct event_base;
struct histories;
struct history_reader;

/* One corridor's, at 200 US dollars; percentages as in market.h, in order of the quarters. */
struct history {
    bool demonstration; /* of invented prices; only where there are no real ones */
    size_t count;       /* at most HISTORY_MAX, the latest */
    const char (*periods)[PERIOD_TEXT_MAX];
    const int64_t *average_pct; /* MARKET_PCT_NONE where none is known */
    const int64_t *smart_pct;
    const int64_t *best_pct;
};
#define HISTORY_MAX 80U

/* Reads them through db, at once, often while figures are being worked out, and then every ten
 * minutes, on the base's thread. NULL when memory is short. */
struct history_reader *history_reader_new(struct event_base *base, struct db *db);
/* After the db is closed. NULL is fine. */
void history_reader_free(struct history_reader *reader);

/* What is known now; NULL before the first reading. Released by whoever holds it. Any thread. */
struct histories *histories_hold(void);
void histories_release(struct histories *histories);
/* A corridor's, "FR-SN"; valid while the whole is held. False when nothing is known of it. */
bool histories_find(const struct histories *histories, const char *corridor, struct history *out);

#endif
