/* One offer on the page: the card, and the details that open in it. */
#ifndef CORRIDOR_WEB_OFFER_H
#define CORRIDOR_WEB_OFFER_H

#include "server/compare.h"
#include "server/web/offer_text.h"

/* The card of one ranked offer, with a heading of the third level. */
void offer_card(struct html *h, struct offer_texts *texts, const struct comparison *comparison,
                const struct comparison_offer *offer);
/* What is behind its price, as a list of terms (offer_details.c). */
void offer_details(struct html *h, struct offer_text *text, const struct comparison *comparison,
                   const struct comparison_offer *offer);
/* What the terms in the details mean and which reference rates they are reckoned by, once for all
 * offers: the section "words" (offer_details.c). */
void offer_words(struct html *h, const struct comparison *comparison);

/* "How it is paid, collected, how fast", as a list of terms; also of offers that are not ranked. */
void offer_ways(struct html *h, const struct market_service *service);

#endif
