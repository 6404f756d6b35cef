/* A comparison as the API gives it. */
#ifndef SERVER_COMPARE_JSON_H
#define SERVER_COMPARE_JSON_H

#include "server/compare.h"

#include <corridor/out.h>

void compare_json(struct out *out, const struct comparison *comparison);

/* A weak validator with its quotes: equal while the same question has the same answer but for the
 * instant it was given at. */
#define COMPARE_ETAG_MAX 32
void compare_etag(char etag[COMPARE_ETAG_MAX], const struct comparison *comparison);

#endif
