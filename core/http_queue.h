/*
 * Bytes on their way out of a connection, in order: copied ones and pieces of prepared answers.
 */
#ifndef HTTP_QUEUE_H
#define HTTP_QUEUE_H

#include <corridor/out.h>

struct http_answer;
struct http_conn;

#define HTTP_SEGMENTS 64U
#define HTTP_QUEUE_ENOUGH \
    ((size_t)64 << 10) /* with this much waiting, write before answering more */
#define HTTP_QUEUE_LIMIT ((size_t)16 << 20)
#define HTTP_SMALL       1024U /* up to this, copying is cheaper than one more segment */
#define HTTP_LONG        ((size_t)16 << 10) /* from here, a system call is cheaper than a copy */

struct http_segment {
    const char *at; /* within an answer; NULL for the queue's own bytes, which come in order */
    size_t len;
    struct http_answer *answer;
};

struct http_queue {
    struct out own;    /* bytes copied; freed or kept when all is written */
    size_t own_taken;  /* of own, already written */
    size_t own_queued; /* of own, covered by segments */
    struct http_segment segments[HTTP_SEGMENTS];
    unsigned first;
    unsigned count;
    size_t pending;
};

enum http_flush {
    HTTP_FLUSHED,
    HTTP_BLOCKED,
    HTTP_BROKEN
};

void http_queue_init(struct http_queue *queue);
void http_queue_clear(struct http_queue *queue);
void http_queue_free(struct http_queue *queue);
/* Takes what was appended to queue->own since the last call into the order of writing. */
void http_queue_own(struct http_queue *queue);
/* Bytes of an answer, by reference. */
void http_queue_answer(struct http_queue *queue, struct http_answer *answer, struct span bytes);
/* Bytes that are gone after this call: written at once behind what is queued, as far as the socket
 * takes them, the rest copied. */
void http_queue_through(struct http_conn *conn, struct span bytes);
/* True when another answer may be queued before writing. */
bool http_queue_room(const struct http_queue *queue);
/* Writes what the socket takes of a connection's queue, or as much as one turn may; its `moved` is
 * added to. */
enum http_flush http_queue_flush(struct http_conn *conn);

#endif
