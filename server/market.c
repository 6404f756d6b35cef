/* The life of a block, and the few things looked up in it. */
#include "server/market.h"

#include <assert.h>

const int market_price_point_usd[MARKET_PRICE_POINTS] = {200, 500};

bool market_invented(const struct market *market)
{
    return market->demonstration || market->figures.demonstration;
}

const char market_demonstration_notice[] =
    "Demonstration data: these operators and prices are invented and not real.";

#define STATUS_CODE(name, code) code,
const char *market_status_code(enum market_status status)
{
    static const char *const codes[] = {MARKET_STATUSES(STATUS_CODE)};
    assert(status < MARKET_STATUS_COUNT);
    return codes[status];
}

/* A block is constant to everybody but the count of those who hold it. */
static struct market *market_unshared(const struct market *market)
{
    union {
        const struct market *shared;
        struct market *own;
    } pointer = {.shared = market};
    return pointer.own;
}

const struct market *market_hold(const struct market *market)
{
    atomic_fetch_add_explicit(&market_unshared(market)->holders, 1, memory_order_relaxed);
    return market;
}

void market_release(const struct market *market)
{
    if (market == NULL)
        return;
    struct market *own = market_unshared(market);
    unsigned before = atomic_fetch_sub_explicit(&own->holders, 1, memory_order_acq_rel);
    assert(before > 0);
    if (before != 1)
        return;
    const struct market *base = own->base;
    arena_free(&own->arena);
    market_release(base);
}

uint64_t market_serial(void)
{
    static _Atomic uint64_t last;
    return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}

const struct market *market_with_figures(const struct market *market,
                                         const struct market_figures *figures)
{
    struct arena arena = {0};
    struct market *copy = arena_take(&arena, sizeof(*copy));
    memcpy(copy, market, sizeof(*copy));
    atomic_init(&copy->holders, 1);
    copy->arena = arena;
    copy->serial = market_serial();
    copy->figures = *figures;
    /* Never a chain: the base is always one that stands in its own arena. */
    copy->base = market_hold(market->base == NULL ? market : market->base);
    market_release(market);
    return copy;
}

const struct market_reference *market_reference(const struct market *market,
                                                const struct currency *send,
                                                const struct currency *receive, bool demonstration)
{
    for (size_t i = 0; i < market->reference_count; i++) {
        const struct market_reference *reference = &market->references[i];
        if (reference->send == send && reference->receive == receive &&
            reference->demonstration == demonstration)
            return reference;
    }
    return NULL;
}
