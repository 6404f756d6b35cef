/* Documents that both programs publish word for word: what a quote must be, and why one is refused.
 */
#ifndef CORRIDOR_PUBLISHED_H
#define CORRIDOR_PUBLISHED_H

#include <corridor/http.h>

http_handler published_refusals;     /* /v1/refusals: the list of <corridor/refusal.h> */
http_handler published_quote_schema; /* /v1/schemas/quote.json: core/quote.schema.json */

#endif
