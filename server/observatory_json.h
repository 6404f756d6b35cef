/* What the observatory's answers share: their first and last members, and how they are sent. */
#ifndef SERVER_OBSERVATORY_JSON_H
#define SERVER_OBSERVATORY_JSON_H

#include "server/api.h"
#include "server/observatory.h"

/* A cell as a string, or null. */
void observatory_text(struct out *out, const char *key, struct span cell);
/* A cell of digits as a number, or null. */
void observatory_number(struct out *out, const char *key, struct span cell);
/* {"average_pct","count"} */
void observatory_average(struct out *out, const char *key, struct span average, struct span count);

/* "as_of", "exclude", "price_point_usd", and how far the figures are from complete. */
void observatory_members(struct out *out, const struct observatory_ask *ask,
                         const struct observatory *found);
/* The group's English name: countries, regions, income groups; "" where the code says it. */
void observatory_group_name(enum observatory_kind kind, struct span value, char *name, size_t size);

/*
 * Reads the parameters, of which there may be only these; false when the problem has been sent.
 * page and per_page are read where they are among them.
 */
MUST_CHECK bool observatory_asked(struct http_request *req, struct observatory_ask *ask,
                                  struct api_parameter *parameters, size_t count);
/* Ends the object and sends it. As asked by as_of, it is the same for ever. */
enum http_result observatory_reply(struct http_request *req, struct out *out,
                                   const struct observatory_ask *ask);

#endif
