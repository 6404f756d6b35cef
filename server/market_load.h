/*
 * Many markets at once from the results of market_sql.h. Feed the standings first: they say which
 * corridors there are.
 */
#ifndef SERVER_MARKET_LOAD_H
#define SERVER_MARKET_LOAD_H

#include "server/market.h"

#include <corridor/db.h>

enum market_load_kind {
    LOAD_STANDINGS,
    LOAD_OFFERS,
    LOAD_REFERENCES,
    LOAD_OBSERVATIONS,
    LOAD_FIGURES,
    LOAD_KINDS
};

struct market_load;

/* day: the day that references and surveys were asked for. */
struct market_load *market_load_new(int32_t day);
/* Rows that can't be ours are left out, logged and counted. */
void market_load_rows(struct market_load *load, enum market_load_kind kind,
                      const struct db_result *rows);
/* How many corridors there are. */
size_t market_load_count(const struct market_load *load);
/* Makes the blocks, in order of their ids, into markets[market_load_count], one reference each for
 * the caller. The load is gone. */
void market_load_finish(struct market_load *load, const struct market **markets);
/* Throws away what was begun. NULL is fine. */
void market_load_drop(struct market_load *load);

/* Before threads start. */
void market_load_metrics(void);

#endif
