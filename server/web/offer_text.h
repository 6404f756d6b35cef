/*
 * What a card says whatever the amount: who it is, how it is paid, its limits and its source. That
 * is half of a page, so a worker keeps it in each language until the corridor's block is another.
 */
#ifndef CORRIDOR_WEB_OFFER_TEXT_H
#define CORRIDOR_WEB_OFFER_TEXT_H

#include "server/market.h"
#include "server/web/html.h"

/* In the order in which a card has them. */
enum offer_part {
    OFFER_PART_WHO,
    OFFER_PART_WAYS,
    OFFER_PART_OPENS,
    OFFER_PART_REFERENCE,
    OFFER_PART_KNOW,
    OFFER_PART_SOURCE,
    OFFER_PARTS
};

/* A worker's; of a fixed size (4 MiB, which it fills as it is used). NULL: no memory. */
struct offer_texts *offer_texts_new(void);
void offer_texts_free(struct offer_texts *texts);

struct offer_text;

/* One offer's place, to be used until another is asked for. */
struct offer_text *offer_text_of(struct offer_texts *texts, const struct language *language,
                                 const struct market *market, const struct market_offer *offer);

/* Writes a part as `write` does, which is called only where it is not kept. Every part of a card is
 * asked for, in order. */
void offer_text(struct html *h, struct offer_text *text, enum offer_part part,
                void (*write)(struct html *h, const struct market_offer *offer),
                const struct market_offer *offer);

#endif
