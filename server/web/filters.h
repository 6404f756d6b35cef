/* The filters: rows of links, each one choice. They narrow the offers and never change their order.
 * They belong under the question, before the answer. */
#ifndef CORRIDOR_WEB_FILTERS_H
#define CORRIDOR_WEB_FILTERS_H

#include "server/compare.h"
#include "server/web/question.h"

void filters_write(struct html *h, const struct question *question,
                   const struct comparison *comparison);
/* The way back to all offers, of the corridor "FR-SN" beside this page. */
void filters_undo(struct html *h, const char *corridor, const struct question *question);
/* True when the question narrows at all. */
bool filters_active(const struct ask *ask);

#endif
