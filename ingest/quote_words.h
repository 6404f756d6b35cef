/* The codes that a quote or an observation may name. The values are those of <corridor/service.h>;
 * of quote_prices 1 is first_transfer. */
#ifndef INGEST_QUOTE_WORDS_H
#define INGEST_QUOTE_WORDS_H

#include "ingest/document.h"

extern const struct document_words quote_pay_ins;
extern const struct document_words quote_access_points;
extern const struct document_words quote_pay_outs;
extern const struct document_words quote_speeds;
extern const struct document_words quote_coverages;
extern const struct document_words quote_prices;

#endif
