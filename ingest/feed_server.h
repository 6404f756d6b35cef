/* Everything that the feed's worker has: made before its thread starts, closed after it ended. */
#ifndef INGEST_FEED_SERVER_H
#define INGEST_FEED_SERVER_H

#include "ingest/feed_http.h"

struct event_base;

struct feed_server_config {
    const char *conninfo;
    const struct feed_seal *seal; /* opens HMAC secrets; NULL: none are believed */
    const char *origin;           /* that requests are signed for; "": what their Host says */
    unsigned stream_seconds;      /* that a stream may take */
};

struct feed_server *feed_server_new(struct event_base *base,
                                    const struct feed_server_config *config); /* NULL: no memory */
void feed_server_free(struct feed_server *server);                            /* NULL is fine */
/* Whether what comes could be stored now; if not, why, for /readyz. The worker's thread. */
bool feed_server_ready(const struct feed_server *server, char *reason, size_t size);

#endif
