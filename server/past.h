/*
 * A corridor's market on another day, or as known at another time, from the record: what today's
 * market is read from memory for.
 */
#ifndef SERVER_PAST_H
#define SERVER_PAST_H

#include "server/ask.h"

#include <corridor/http.h>

/* Gives the reply. market is NULL when the record knows nothing of the corridor; it is gone when
 * this returns. */
typedef enum http_result past_answer(struct http_request *req, struct ask *ask,
                                     const struct market *market);

/*
 * Asks for the market of ask->on as known at ask->as_of and calls `answer` with it, later, on this
 * worker's thread. Where PostgreSQL can't be asked the reply is a problem, 503. `return
 * past_market(req, &ask, answer);`
 */
enum http_result past_market(struct http_request *req, const struct ask *ask, past_answer *answer);

#endif
