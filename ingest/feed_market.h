/*
 * What the judge of quotes is told about the market, kept for a while: reference rates for an hour,
 * a corridor's distribution for a minute (judge.h says why that will do). Asked for together with a
 * batch, when a quote of it needs what is not there or too old.
 */
#ifndef INGEST_FEED_MARKET_H
#define INGEST_FEED_MARKET_H

#include <corridor/db_array.h>

#include "ingest/judge.h"

struct feed_market;

struct feed_market *feed_market_new(void); /* NULL: no memory */
void feed_market_free(struct feed_market *market);

/* What is to be asked; one batch's own. */
struct feed_market_question {
    uint64_t serial;
    struct db_array send, receive, corridors;
    struct db_value points[3], distributions[1];
};
void feed_market_question_init(struct feed_market_question *question);
void feed_market_question_free(struct feed_market_question *question);
void feed_market_question_clear(struct feed_market_question *question);
/* Whether all that judging the quote needs is known at the instant `now`. */
bool feed_market_has(const struct feed_market *market, const struct feed_quote *quote, int64_t now);
/* Notes what judging the quote needs and is not known at the instant `now`. */
void feed_market_need(struct feed_market *market, const struct feed_quote *quote, int64_t now,
                      struct feed_market_question *question);
/* The commands for what was noted, 0 to FEED_MARKET_COMMANDS. */
#define FEED_MARKET_COMMANDS 2
size_t feed_market_commands(struct feed_market_question *question, struct db_command *commands);
/* The rows of one of these commands, known by its statement. */
void feed_market_rows(struct feed_market *market, const struct feed_market_question *question,
                      const struct db_statement *statement, const struct db_result *rows,
                      int64_t now);

/* Nothing is known: all zero. */
const struct judge_points *feed_market_points(const struct feed_market *market,
                                              const struct feed_quote *quote);
const struct judge_corridor *feed_market_corridor(const struct feed_market *market,
                                                  const struct feed_quote *quote,
                                                  const struct judge_price *price);

#endif
