/*
 * What each HTTP worker has of its own: the markets of today, database connections, and scratch
 * space. Touched on the worker's thread only, so nothing here is locked.
 */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include "server/compare.h"

#include <corridor/http.h>

struct answer_cache;
struct db;
struct snapshot;
struct market_table;
struct offer_texts;

struct worker_context {
    struct market_table *markets; /* see market_table.h; empty until the first load */
    struct answer_cache *answers; /* today's, see answer.h */
    struct offer_texts *texts;    /* of cards, see web/offer_text.h */
    struct db *db;                /* read-only role; for the past and for lists */
    struct db *community;         /* may put a note with those that wait, and nothing else */
    struct db *reports;           /* the same, for streams; connections on demand */
    const char *conninfo;         /* for a thread's own connection */
    struct snapshot *snapshot;    /* shared; for /readyz and the data's age */
    struct comparison comparison; /* scratch of one callback */
};

static inline struct worker_context *worker_context(const struct http_request *req)
{
    return http_data(req);
}

#endif
