/*
 * A table with a place for each offer and language, in which the last one stays. The hard part is
 * that the offers of one page must not push each other out: their places lie one behind the other.
 */
#include "server/web/offer_text.h"

#include <stdlib.h>

#define PLACES     2048U /* a power of two */
#define TEXT_BYTES 2000U

struct offer_text {
    uint64_t serial; /* of the block; 0: nothing is kept here */
    const struct language *language;
    const struct market_offer *offer;
    unsigned parts; /* that are kept */
    uint16_t ends[OFFER_PARTS];
    char bytes[TEXT_BYTES];
};
_Static_assert(sizeof(struct offer_text) <= 2048, "the header tells how much memory there is");

struct offer_texts {
    struct offer_text places[PLACES];
};

struct offer_texts *offer_texts_new(void)
{
    return calloc(1, sizeof(struct offer_texts)); /* untouched pages cost nothing */
}

void offer_texts_free(struct offer_texts *texts)
{
    free(texts);
}

struct offer_text *offer_text_of(struct offer_texts *texts, const struct language *language,
                                 const struct market *market, const struct market_offer *offer)
{
    uint64_t spread = (market->serial * 16 + language_index(language)) * 0x9e3779b97f4a7c15U;
    size_t place = (spread >> 32) + (size_t)(offer - market->offers);
    struct offer_text *text = &texts->places[place & (PLACES - 1)];

    if (text->serial != market->serial || text->language != language || text->offer != offer) {
        text->serial = market->serial;
        text->language = language;
        text->offer = offer;
        text->parts = 0;
    }
    return text;
}

void offer_text(struct html *h, struct offer_text *text, enum offer_part part,
                void (*write)(struct html *h, const struct market_offer *offer),
                const struct market_offer *offer)
{
    size_t from = part == 0 ? 0 : text->ends[part - 1];
    size_t before = h->out->len;
    size_t more;

    if (part < text->parts) {
        out_bytes(h->out, text->bytes + from, text->ends[part] - from);
        return;
    }
    write(h, offer);
    more = h->out->len - before;
    if (part != text->parts || out_failed(h->out) || more > TEXT_BYTES - from)
        return; /* too long: written anew each time */
    memcpy(text->bytes + from, h->out->at + before, more);
    text->ends[part] = (uint16_t)(from + more);
    text->parts++;
}
