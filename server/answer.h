/*
 * Answers that may be kept: from asking what is kept to sending what was written. Every page and
 * every comparison of today goes this way.
 *
 *     if (answer_kept(req, &asked))
 *         return HTTP_DONE;
 *     ... write the answer into out, which is http_out(req) ...
 *     return answer_reply(req, &asked, &source, &head, out, until);
 */
#ifndef SERVER_ANSWER_H
#define SERVER_ANSWER_H

#include "server/answer_cache.h"
#include "server/ask.h"

#define ANSWER_ETAG_MAX 24

struct answer_asked {
    struct answer_source source; /* as it stands now */
    int64_t now;
    size_t key_len; /* 0: it can't be kept */
    char key[ANSWER_KEY_MAX];
};

/* The key of a settled question of today: the same however it was spelled. */
void answer_key_ask(struct answer_asked *asked, const struct ask *ask);
/* Any other key; one that is too long is not kept. */
void answer_key(struct answer_asked *asked, struct span key);
/* What stands on the worker's markets now; market may be NULL. */
void answer_source(struct answer_asked *asked, const struct http_request *req,
                   const struct market *market, int64_t now);

/* True when an answer was kept and has been sent. */
bool answer_kept(struct http_request *req, const struct answer_asked *asked);
/*
 * Sends what `out` holds, which is http_out(req), in the encoding the client likes best, and keeps
 * it from its second asking on until an instant, or ANSWER_SECONDS. Without an etag in the head it
 * gets the digest of its bytes. Only 200 is kept. `source` says what it was made from.
 */
enum http_result answer_reply(struct http_request *req, const struct answer_asked *asked,
                              const struct answer_source *source, const struct http_head *head,
                              struct out *out, int64_t until);

/* How long an answer is given again, by us and by caches: what it says of ages stays true. */
#define ANSWER_SECONDS 30

/* The strong ETag of a body, with its quotes. */
void answer_etag(char etag[ANSWER_ETAG_MAX], struct span body);

#endif
