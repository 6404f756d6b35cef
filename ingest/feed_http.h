/* The addresses of the feed: what a request must be before anything of it is read. */
#ifndef INGEST_FEED_HTTP_H
#define INGEST_FEED_HTTP_H

#include <corridor/http.h>

#include "ingest/feed_auth.h"
#include "ingest/feed_writer.h"

/* What the worker has: http_data. */
struct feed_server {
    struct feed_auth_config auth;
    struct db *db;
    struct feed_market *market;
    struct feed_writer *writer;
    struct event *look; /* at whether PostgreSQL waits for the disk */
    bool durable;
    char settings[80]; /* that say it does not; "" while none were seen */
};

/* Limits of a body. JSON documents are short; JSON Lines may be any length. */
#define FEED_DOCUMENT_MAX ((size_t)4 << 20)

http_handler feed_post_quotes;
http_handler feed_put_book;
http_handler feed_delete_quote;
http_handler feed_get_quotes;
http_handler feed_get_submission;
http_handler feed_get_submissions;
http_handler feed_post_observation;

/*
 * Who signed, where the path's {id} is theirs. False: the answer is given. auth->digest is the
 * caller's.
 */
MUST_CHECK bool feed_http_party(struct http_request *req, bool has_body, struct feed_auth *auth);

#endif
