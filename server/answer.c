/* Between requests and what a worker keeps (server/answer_cache.h). */
#include "server/answer.h"

#include "server/market_table.h"
#include "server/worker.h"

#include <inttypes.h>
#include <stdio.h>
#define XXH_INLINE_ALL /* headers only: nothing to link with */
#include <xxhash.h>

#define FRESH "public, max-age=30, stale-while-revalidate=300"
_Static_assert(ANSWER_SECONDS == 30, "max-age says the same");

/* Something in it begins or lapses before a cache would ask again. */
#define CHANGING "public, max-age=0, must-revalidate"

/* ---- Keys ---- */

void answer_key(struct answer_asked *asked, struct span key)
{
    asked->key_len = key.len <= sizeof(asked->key) ? key.len : 0;
    if (asked->key_len > 0)
        memcpy(asked->key, key.at, asked->key_len);
}

void answer_key_ask(struct answer_asked *asked, const struct ask *ask)
{
    /* Wide members only, so that no byte of it is left to chance. */
    const int64_t key[] = {
        ask->from->m49,
        ask->to->m49,
        ask->currency->numeric,
        ask->receive_currency->numeric,
        ask->amount,
        (int64_t)ask->basis,
        ask->pay_in,
        ask->pay_out,
        (int64_t)ask->max_speed,
        ask->on,
        ask->as_of != ask->at, /* the market is known to be old, and the answer says so */
    };
    union {
        const int64_t *numbers;
        const char *bytes;
    } at = {.numbers = key};
    answer_key(asked, (struct span){at.bytes, sizeof(key)});
}

void answer_source(struct answer_asked *asked, const struct http_request *req,
                   const struct market *market, int64_t now)
{
    const struct market_table *markets = worker_context(req)->markets;
    asked->now = now;
    asked->source = (struct answer_source){.block = market == NULL ? 0 : market->serial,
                                           .corridors = market_table_corridors_version(markets),
                                           .market = market_table_version(markets)};
}

void answer_etag(char etag[ANSWER_ETAG_MAX], struct span body)
{
    (void)snprintf(etag, ANSWER_ETAG_MAX, "\"%016" PRIx64 "\"", XXH3_64bits(body.at, body.len));
}

/* ---- Sending ---- */

static struct span key_of(const struct answer_asked *asked)
{
    return (struct span){asked->key, asked->key_len};
}

bool answer_kept(struct http_request *req, const struct answer_asked *asked)
{
    struct answer_cache *cache = worker_context(req)->answers;
    if (asked->key_len == 0)
        return false;
    struct http_content *content =
        answer_cache_find(cache, key_of(asked), &asked->source, asked->now);
    if (content == NULL)
        return false;
    (void)http_reply_content(req, content);
    answer_cache_weigh(cache);
    return true;
}

/* True when it was worth keeping and has been sent. */
static bool keep(struct http_request *req, const struct answer_asked *asked,
                 const struct answer_source *source, const struct http_head *head, struct span body,
                 int64_t until)
{
    struct answer_cache *cache = worker_context(req)->answers;
    if (asked->key_len == 0 || !answer_cache_asked(cache, key_of(asked)))
        return false;
    struct http_content *content = http_content_new(head, body);
    if (content == NULL ||
        !answer_cache_put(cache, key_of(asked), source, asked->now, until, content))
        return false;
    (void)http_reply_content(req, content);
    answer_cache_weigh(cache);
    return true;
}

enum http_result answer_reply(struct http_request *req, const struct answer_asked *asked,
                              const struct answer_source *source, const struct http_head *head,
                              struct out *out, int64_t until)
{
    char etag[ANSWER_ETAG_MAX];
    struct http_head full = *head;
    if (full.status != 200 || out_failed(out))
        return http_reply_encoded(req, head);
    if (full.etag == NULL) {
        answer_etag(etag, out_span(out));
        full.etag = etag;
    }
    /* Kept by us for a time, and then by a cache as long again. */
    int64_t lives = ANSWER_SECONDS * INSTANT_SECOND;
    full.cache_control = until - asked->now < 2 * lives ? CHANGING : FRESH;
    if (until - asked->now > lives)
        until = asked->now + lives;
    if (keep(req, asked, source, &full, out_span(out), until))
        return HTTP_DONE;
    return http_reply_encoded(req, &full);
}
