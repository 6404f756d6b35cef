/* Writes the constant parts of answers into the market's arena. */
#include "server/market_render.h"

#include "server/fields.h"

#include <corridor/log.h>

#include <stdlib.h>

/* A copy of what was written, which is emptied. */
static struct span keep(struct out *out, struct arena *arena)
{
    if (out_failed(out)) {
        log_error("out of memory: writing a market");
        abort();
    }
    struct span text = {arena_text(arena, out_span(out)), out->len};
    out_clear(out);
    return text;
}

static void write_service(struct out *out, const struct market_operator *firm,
                          const struct market_service *service)
{
    field_operator(out, firm);
    field_service(out, service);
}

void market_render(struct market *market, struct market_offer *offers,
                   struct market_observation *observations)
{
    struct out out;
    out_init(&out, OUT_LIMIT_DEFAULT);
    field_corridor(&out, market->from, market->from_name, market->to, market->to_name);
    market->json = keep(&out, &market->arena);
    for (size_t i = 0; i < market->offer_count; i++) {
        struct market_offer *offer = &offers[i];
        write_service(&out, offer->firm, &offer->service);
        offer->json = keep(&out, &market->arena);
        field_instant(&out, "collected_at", offer->collected_at);
        field_instant(&out, "valid_until", offer->valid_until);
        json_member_text(&out, "source", offer->source);
        json_member_bool(&out, "new", offer->is_new);
        field_quote(&out, 'q', offer->quote);
        offer->provenance_json = keep(&out, &market->arena);
    }
    for (size_t i = 0; i < market->observation_count; i++) {
        write_service(&out, observations[i].firm, &observations[i].service);
        observations[i].json = keep(&out, &market->arena);
    }
    out_free(&out);
}
