/* One publication, shared by all workers, gone when the last has taken from it. */
#include "server/snapshot_publish.h"

#include "server/market_table.h"
#include "server/worker.h"

#include <corridor/log.h>

#include <stdlib.h>

struct publication {
    _Atomic unsigned holders;
    bool whole;
    size_t count;
    const struct market *markets[];
};

static void publication_release(struct publication *publication, unsigned holders)
{
    if (atomic_fetch_sub(&publication->holders, holders) != holders)
        return;
    for (size_t i = 0; i < publication->count; i++)
        market_release(publication->markets[i]);
    free(publication);
}

/* On the worker's thread. */
static void apply(struct http_worker *worker, void *arg)
{
    struct publication *publication = arg;
    struct worker_context *context = http_worker_data(worker);
    market_table_put(context->markets, publication->markets, publication->count,
                     publication->whole);
    publication_release(publication, 1);
}

void snapshot_publish(struct http_server *server, const struct market *const *markets, size_t count,
                      bool whole)
{
    unsigned workers = http_server_workers(server);
    struct publication *publication =
        calloc(1, sizeof(*publication) + count * sizeof(publication->markets[0]));
    if (publication == NULL) {
        log_error("out of memory: publishing %zu corridors", count);
        abort();
    }
    atomic_init(&publication->holders, workers + 1);
    publication->whole = whole;
    publication->count = count;
    if (count > 0)
        memcpy(publication->markets, markets, count * sizeof(markets[0]));
    /* Our own hold, and that of each worker which has ended and needs no market. */
    unsigned mine = 1;
    for (unsigned i = 0; i < workers; i++)
        mine += !http_worker_post(http_server_worker(server, i), apply, publication);
    publication_release(publication, mine);
}
