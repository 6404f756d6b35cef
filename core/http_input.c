/*
 * The bytes a connection has sent and not yet had answered, and the pool they live in. Small while
 * a head is short, larger when it is not; handlers hold spans into them, so they only ever move
 * before a request is whole.
 */
#include "http_engine.h"

#include <stdlib.h>

#define INPUT_SMALL 4096U
#define INPUT_LARGE (HTTP_HEAD_MAX + 4096U)

struct http_work *http_work_borrow(struct http_worker *worker)
{
    struct http_work *work = worker->pool;
    if (work != NULL) {
        worker->pool = work->next;
        worker->pooled--;
        return work;
    }
    work = calloc(1, sizeof *work);
    if (work == NULL) {
        return NULL;
    }
    work->in = malloc(INPUT_SMALL);
    work->in_cap = INPUT_SMALL;
    work->request.worker = worker;
    http_queue_init(&work->out);
    if (work->in == NULL) {
        http_work_free(work);
        work = NULL;
    }
    return work;
}

void http_work_return(struct http_worker *worker, struct http_work *work)
{
    if (worker->pooled == HTTP_POOL_KEPT) {
        http_work_free(work);
        return;
    }
    http_request_clear(&work->request);
    http_queue_clear(&work->out);
    work->in_len = work->in_used = 0;
    work->next = worker->pool;
    worker->pool = work;
    worker->pooled++;
}

void http_work_free(struct http_work *work)
{
    http_request_clear(&work->request);
    http_queue_free(&work->out);
    free(work->request.text);
    free(work->in);
    free(work);
}

static bool input_grow(struct http_work *work)
{
    char *in = work->in_cap == INPUT_LARGE ? work->in : realloc(work->in, INPUT_LARGE);
    if (in != NULL) {
        work->in = in;
        work->in_cap = INPUT_LARGE;
    }
    return in != NULL;
}

bool http_input_front(struct http_work *work)
{
    struct http_request *req = &work->request;
    size_t start = (size_t)(req->bytes - work->in);
    memmove(work->in, req->bytes, work->in_len - start);
    work->in_len -= start;
    work->in_used -= start;
    bool grown = input_grow(work);
    req->bytes = work->in;
    return grown;
}

ssize_t http_input_read(struct http_conn *conn)
{
    struct http_work *work = conn->work;
    struct http_request *req = &work->request;
    if (req->stage == HTTP_STAGE_BODY) {
        /* All that came is taken; what comes next goes behind the head again. */
        work->in_len = work->in_used = req->head.size;
    } else {
        if (work->in_used > 0) {
            memmove(work->in, work->in + work->in_used, work->in_len - work->in_used);
            work->in_len -= work->in_used;
            work->in_used = 0;
        }
        if (work->in_len == work->in_cap && !input_grow(work)) {
            return -1;
        }
    }
    ssize_t got = http_io_read(conn, work->in + work->in_len, work->in_cap - work->in_len);
    work->in_len += got > 0 ? (size_t)got : 0;
    return got;
}
