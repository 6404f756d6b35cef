/* Hands blocks to every worker through its own loop. */
#ifndef SERVER_SNAPSHOT_PUBLISH_H
#define SERVER_SNAPSHOT_PUBLISH_H

#include "server/market.h"

struct http_server;

/* Takes the caller's references. The workers' data are struct worker_context; whole as for
 * market_table_put. */
void snapshot_publish(struct http_server *server, const struct market *const *markets, size_t count,
                      bool whole);

#endif
