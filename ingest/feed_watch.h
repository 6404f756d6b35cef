/*
 * How long a stream may go on. While its transaction is open its operator's lock is held, so that
 * nothing else of the operator's can be stored nor its prices be withdrawn when it is disabled, and
 * PostgreSQL keeps what it would clear away. So there is an end to it, and at once when its key is
 * not valid any more.
 */
#ifndef INGEST_FEED_WATCH_H
#define INGEST_FEED_WATCH_H

#include "ingest/feed_keys.h"

struct event_base;
struct feed_watch;

struct feed_watch_config {
    struct feed_keys *keys;
    unsigned seconds; /* that a stream may take */
};

enum feed_watch_why {
    FEED_WATCH_GOES_ON,
    FEED_WATCH_TIME,
    FEED_WATCH_KEY,
};
/* Called each second from the end on; it may free the watch. */
typedef void feed_watch_fn(enum feed_watch_why why, void *arg);

/* The keyid is copied. NULL: no memory. */
struct feed_watch *feed_watch_new(struct event_base *base, const struct feed_watch_config *config,
                                  const char *keyid, feed_watch_fn *ended, void *arg);
void feed_watch_free(struct feed_watch *watch); /* NULL is fine */
/* Looks now. */
enum feed_watch_why feed_watch_look(const struct feed_watch *watch);

#endif
