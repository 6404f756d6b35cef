/* What the record is asked before a batch is decided, as statements. */
#ifndef INGEST_FEED_ASK_SQL_H
#define INGEST_FEED_ASK_SQL_H

#include <corridor/db.h>

/* $1 operators, each once: operator text, locked boolean, now bigint (microseconds since 1970) */
extern const struct db_statement feed_ask_locks_sql;
/* $1 operators, $2 keys, of the same submissions: n bigint (from 1), number bigint, locked boolean,
 * and the operator's turn, at bigint or null, submission bigint or null */
extern const struct db_statement feed_ask_keys_sql;
/* The same parameters: of those stored before, n bigint, id bigint, source text, sha256 text,
 * status integer, answer text */
extern const struct db_statement feed_ask_earlier_sql;
/* $1 key ids, $2 nonces, $3 when signed: item integer (from 1), state text */
extern const struct db_statement feed_ask_nonces_sql;
/* $1 key ids: n bigint of those that are worth nothing any more */
extern const struct db_statement feed_ask_standing_sql;
/* $1 operators, $2 refs, $3 prices: a row for each, in order, of 18 columns */
extern const struct db_statement feed_ask_items_sql;
/* $1 operators, $2 refs: n bigint, service bigint, price text, of what can be withdrawn */
extern const struct db_statement feed_ask_gone_sql;

#endif
