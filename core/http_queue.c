/*
 * Bytes on their way out, in order: the queue's own (copied) and pieces of prepared answers (by
 * reference). However many answers were queued in a turn, they leave in one system call, but for
 * long ones that go from a file, without being copied (http_answer_file).
 */
#include "http_engine.h"

#include <assert.h>
#include <errno.h>

#define OWN_KEPT    ((size_t)32 << 10)
#define FLUSH_MOST  ((size_t)256 << 10) /* then others have their turn: by TLS, a few 100 us */

#define FILE_PAGE   ((size_t)4096)
#define FILE_PAGES  16U /* what the kernel passes on at a time: a pipe's buffers */
#define FILE_COPIED (4 * FILE_PAGE)

void http_queue_init(struct http_queue *queue)
{
    out_init(&queue->own, HTTP_QUEUE_LIMIT);
    queue->own_taken = queue->own_queued = queue->pending = 0;
    queue->first = queue->count = 0;
}

void http_queue_clear(struct http_queue *queue)
{
    for (unsigned i = 0; i < queue->count; i++) {
        http_answer_unref(queue->segments[queue->first + i].answer);
    }
    queue->first = queue->count = 0;
    queue->own_taken = queue->own_queued = queue->pending = 0;
    if (queue->own.cap > OWN_KEPT) {
        out_free(&queue->own);
    }
    out_clear(&queue->own);
}

void http_queue_free(struct http_queue *queue)
{
    http_queue_clear(queue);
    out_free(&queue->own);
}

static struct http_segment *queue_segment(struct http_queue *queue)
{
    assert(queue->first + queue->count < HTTP_SEGMENTS);
    return &queue->segments[queue->first + queue->count++];
}

void http_queue_own(struct http_queue *queue)
{
    size_t more = queue->own.len - queue->own_queued;
    if (more == 0) {
        return;
    }
    struct http_segment *last =
        queue->count == 0 ? NULL : &queue->segments[queue->first + queue->count - 1];
    if (last == NULL || last->at != NULL) {
        last = queue_segment(queue);
        *last = (struct http_segment){0};
    }
    last->len += more;
    queue->own_queued += more;
    queue->pending += more;
}

void http_queue_answer(struct http_queue *queue, struct http_answer *answer, struct span bytes)
{
    http_queue_own(queue);
    struct http_segment *segment = queue_segment(queue);
    *segment = (struct http_segment){bytes.at, bytes.len, http_answer_ref(answer)};
    queue->pending += bytes.len;
}

bool http_queue_room(const struct http_queue *queue)
{
    /* A reply takes two segments at most. */
    return queue->first + queue->count + 2 <= HTTP_SEGMENTS && queue->pending < HTTP_QUEUE_ENOUGH;
}

/* Lets go of the first `len` bytes. */
static void queue_taken(struct http_queue *queue, size_t len)
{
    queue->pending -= len;
    while (len > 0) {
        struct http_segment *segment = &queue->segments[queue->first];
        size_t piece = len < segment->len ? len : segment->len;
        if (segment->at == NULL) {
            queue->own_taken += piece;
        } else {
            segment->at += piece;
        }
        segment->len -= piece;
        len -= piece;
        if (segment->len == 0) {
            http_answer_unref(segment->answer);
            queue->first++;
            queue->count--;
        }
    }
}

/* Whether it goes from its answer's file. */
static bool queue_from_file(const struct http_conn *conn, const struct http_segment *segment)
{
    const struct http_answer *answer = segment->answer;
    return answer != NULL && answer->file >= 0 && conn->tls == NULL &&
           segment->len >= HTTP_FILE_LEAST &&
           segment->at + segment->len == answer->body.at + answer->body.len;
}

/*
 * The kernel passes a file's pages on sixteen at a time. Where a last time would be for a few, as
 * many at the file's beginning go with what stands before it instead, copied.
 */
static size_t file_copied(const struct http_segment *segment)
{
    size_t over = (segment->len + FILE_PAGE - 1) / FILE_PAGE % FILE_PAGES * FILE_PAGE;
    return segment->at == segment->answer->body.at && over <= FILE_COPIED ? over : 0;
}

/* What one system call takes: a file, or all pieces up to the next one. */
static ssize_t queue_write(struct http_conn *conn, struct http_queue *queue)
{
    const struct http_segment *first = &queue->segments[queue->first];
    struct iovec pieces[HTTP_SEGMENTS];
    char *own = queue->own.at + queue->own_taken;
    unsigned count = 0;
    bool file = queue_from_file(conn, first);
    if (file) {
        const struct http_answer *answer = first->answer;
        return http_io_send_file(conn, answer->file, (size_t)(first->at - answer->body.at),
                                 first->len);
    }
    while (count < queue->count && !file) {
        const struct http_segment *segment = &first[count];
        file = queue_from_file(conn, segment);
        /* Sending only reads, but its type cannot say so. */
        union {
            const char *in;
            char *out;
        } at = {.in = segment->at};
        if (segment->at == NULL) {
            at.out = own;
            own += segment->len;
        }
        pieces[count++] = (struct iovec){at.out, file ? file_copied(segment) : segment->len};
    }
    return http_io_write(conn, pieces, (int)count, file);
}

void http_queue_through(struct http_conn *conn, struct span bytes)
{
    struct http_queue *queue = &conn->work->out;
    http_queue_own(queue);
    struct http_segment *last = queue_segment(queue);
    *last = (struct http_segment){.at = bytes.at, .len = bytes.len};
    queue->pending += bytes.len;
    ssize_t got = out_failed(&queue->own) ? -1 : queue_write(conn, queue);
    if (got > 0) {
        conn->moved += (uint64_t)got;
        queue_taken(queue, (size_t)got);
    }
    /* The next flush learns of a socket that has failed. */
    if (queue->count > 0) {
        queue->count--;
        queue->pending -= last->len;
        out_bytes(&queue->own, last->at, last->len);
    }
}

enum http_flush http_queue_flush(struct http_conn *conn)
{
    struct http_queue *queue = &conn->work->out;
    size_t written = 0;
    http_queue_own(queue);
    if (out_failed(&queue->own)) {
        return HTTP_BROKEN;
    }
    while (queue->pending > 0) {
        if (written >= FLUSH_MOST) {
            return HTTP_BLOCKED; /* the socket will say at once that it takes more */
        }
        ssize_t got = queue_write(conn, queue);
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errno == EAGAIN ? HTTP_BLOCKED : HTTP_BROKEN;
        }
        conn->moved += (uint64_t)got;
        written += (size_t)got;
        queue_taken(queue, (size_t)got);
    }
    http_queue_clear(queue);
    return HTTP_FLUSHED;
}
