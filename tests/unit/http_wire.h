/*
 * One HTTP worker driven by hand in this thread, and clients on socket pairs: what a test sends
 * arrives in the pieces it was cut into, without waiting and without luck.
 */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H

#include <corridor/http.h>

#define WIRE_RESPONSES_MAX 64U

struct wire_answer {
    struct out bytes;
    int statuses[WIRE_RESPONSES_MAX]; /* of final responses, in order */
    unsigned count;
    bool closed; /* the server ended the connection before the client did */
    bool whole;  /* every byte belongs to a complete response, and nothing is owed */
};

void wire_open(void);
/* The same, and from then on everything goes by TLS 1.3, with a folder's certificates; each piece
 * is a record. */
void wire_open_tls(const char *certificates);
/* Whether the connections made from now on come from a trusted proxy. */
void wire_proxied(bool proxied);
void wire_close(void);
/* Sends `raw` cut at the given positions (ascending), the server reading between the pieces. */
void wire_talk(struct wire_answer *answer, struct span raw, const size_t *cuts, size_t count);
/* The same, a byte at a time. */
void wire_talk_bytes(struct wire_answer *answer, struct span raw);
/* The same statuses in the same order. */
bool wire_same(const struct wire_answer *one, const struct wire_answer *other);
/* Whether requests have the same answers each time: none names a path of the echo server whose
 * answer depends on time or on what ran before. */
bool wire_repeatable(struct span raw);
void wire_answer_free(struct wire_answer *answer);

/* ---- Many connections at once ---- */

/* The client's end of a new plain one. */
int wire_client(void);
/* One turn of the worker's loop. */
void wire_step(void);
/* Until nothing is left to do. */
void wire_steps(void);
unsigned wire_connections(void);

#endif
