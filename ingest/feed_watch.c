/* One timer a stream. Seconds are counted, since the wall clock may be set meanwhile. */
#include "ingest/feed_watch.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

struct feed_watch {
    struct event *tick;
    struct feed_keys *keys;
    unsigned seconds; /* left */
    feed_watch_fn *ended;
    void *arg;
    char keyid[FEED_SIGNATURE_KEYID_MAX + 1];
};

enum feed_watch_why feed_watch_look(const struct feed_watch *watch)
{
    if (!feed_keys_have(watch->keys, watch->keyid)) {
        return FEED_WATCH_KEY;
    }
    return watch->seconds == 0 ? FEED_WATCH_TIME : FEED_WATCH_GOES_ON;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct feed_watch *watch = arg;
    (void)fd;
    (void)what;
    if (watch->seconds > 0) {
        watch->seconds--;
    }
    enum feed_watch_why why = feed_watch_look(watch);
    if (why != FEED_WATCH_GOES_ON) {
        watch->ended(why, watch->arg);
    }
}

struct feed_watch *feed_watch_new(struct event_base *base, const struct feed_watch_config *config,
                                  const char *keyid, feed_watch_fn *ended, void *arg)
{
    const struct timeval second = {1, 0};
    struct feed_watch *watch = calloc(1, sizeof *watch);
    if (!watch) {
        return NULL;
    }
    watch->keys = config->keys;
    watch->seconds = config->seconds;
    watch->ended = ended;
    watch->arg = arg;
    (void)snprintf(watch->keyid, sizeof watch->keyid, "%s", keyid);
    watch->tick = event_new(base, -1, EV_PERSIST, on_tick, watch);
    if (!watch->tick || event_add(watch->tick, &second) != 0) {
        feed_watch_free(watch);
        return NULL;
    }
    return watch;
}

void feed_watch_free(struct feed_watch *watch)
{
    if (watch && watch->tick) {
        event_free(watch->tick);
    }
    free(watch);
}
