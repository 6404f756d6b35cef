/*
 * Keeps today's market in memory: a thread of its own reads the whole market once, follows the
 * change log, and hands new blocks to every worker through the worker's own loop.
 */
#ifndef SERVER_SNAPSHOT_H
#define SERVER_SNAPSHOT_H

#include <corridor/base.h>

struct http_server;
struct snapshot;

/* conninfo as for db_open. Reads nothing yet. NULL when memory is short. */
struct snapshot *snapshot_new(const char *conninfo);
/* Starts the thread. The workers' data are struct worker_context. False with errno set. */
MUST_CHECK bool snapshot_start(struct snapshot *snapshot, struct http_server *server);
/* Ends the thread, if it runs, and frees all. Before the server is waited for. NULL is fine. */
void snapshot_stop(struct snapshot *snapshot);

/*
 * True while what the workers have is all that was committed a moment ago. Otherwise reason says
 * why not, in one line. age_seconds: since the market was last known to be up to date; -1 before
 * the first load. From any thread.
 */
bool snapshot_ready(const struct snapshot *snapshot, char *reason, size_t size,
                    int64_t *age_seconds);

/* As of when the market is known: `now` while it is ready, else the last instant at which it was.
 * From any thread. */
int64_t snapshot_known_at(const struct snapshot *snapshot, int64_t now);

/* Before threads start. */
void snapshot_metrics(void);

#endif
