/*
 * A worker's table from corridor to block. One thread's own; the blocks are shared and immutable,
 * so a request looks up and reads without a lock. A block stays valid within the callback that
 * looked it up; whoever needs it longer holds it (market_hold).
 */
#ifndef SERVER_MARKET_TABLE_H
#define SERVER_MARKET_TABLE_H

#include "server/market.h"

struct market_table;

struct market_table *market_table_new(void);
void market_table_free(struct market_table *table); /* releases its blocks */

/* False until the first whole market has been put in: nothing can be said yet. */
bool market_table_loaded(const struct market_table *table);
/* NULL when nothing is known of the corridor. */
const struct market *market_table_find(const struct market_table *table, const struct country *from,
                                       const struct country *to);
/* All blocks in order of their ids; valid within this callback. */
const struct market *const *market_table_all(const struct market_table *table, size_t *count);

/* Numbers that grow whenever a block is put in, and whenever there may be other corridors than
 * before. */
uint64_t market_table_version(const struct market_table *table);
uint64_t market_table_corridors_version(const struct market_table *table);

/* Puts blocks in, one reference taken on each, in place of those of the same corridors; when
 * whole, all others go. */
void market_table_put(struct market_table *table, const struct market *const *markets, size_t count,
                      bool whole);

#endif
