/* The members of /v1/compare in their order. */
#include "server/compare_json.h"

#include "server/digest.h"
#include "server/fields.h"

#include <inttypes.h>
#include <stdio.h>

static void write_corridor(struct out *out, const struct comparison *c)
{
    char from[128];
    char to[128];
    if (c->market != NULL) {
        json_raw(out, c->market->json);
        return;
    }
    country_name(c->ask.from, "en", from, sizeof(from));
    country_name(c->ask.to, "en", to, sizeof(to));
    field_corridor(out, c->ask.from, from, c->ask.to, to);
}

static void write_ask(struct out *out, const struct ask *ask)
{
    json_key(out, "ask");
    json_open(out, '{');
    field_money(out, "amount", ask->amount,
                ask->basis == BASIS_RECEIVE ? ask->receive_currency : ask->currency);
    json_member_text(out, "currency", ask->currency->code);
    json_member_text(out, "basis", basis_code(ask->basis));
    json_member_text(out, "receive_currency", ask->receive_currency->code);
    field_day(out, "on", ask->on);
    field_instant(out, "as_of", ask->as_of);
    json_close(out, '}');
}

static void write_reference(struct out *out, const struct market_reference *reference)
{
    char pair[8];
    json_key(out, "reference_rate");
    if (reference == NULL) {
        json_none(out);
        return;
    }
    (void)snprintf(pair, sizeof(pair), "%.3s/%.3s", reference->send->code,
                   reference->receive->code);
    json_open(out, '{');
    json_member_text(out, "pair", pair);
    field_rate(out, "rate", reference->rate);
    json_member_text(out, "source", reference->source);
    field_day(out, "date", reference->day);
    json_close(out, '}');
}

static void write_cost(struct out *out, const struct cost *cost, const struct tariff *tariff)
{
    field_money(out, "principal", cost->principal, tariff->send);
    field_money(out, "fee", cost->fee, tariff->send);
    field_money(out, "tax", cost->tax, tariff->send);
    field_money(out, "receive_fee", cost->receive_fee, tariff->receive);
    field_rate(out, "rate", cost->rate);
    field_percent(out, "margin_pct", cost->margin_pct);
    field_money(out, "total_cost", cost->total_cost, tariff->send);
    field_percent(out, "total_cost_pct", cost->total_cost_pct);
    field_percent(out, "cost_share_pct", cost->cost_share_pct);
    field_money(out, "pays", cost->pays, tariff->send);
    field_money(out, "receives", cost->receives, tariff->receive);
}

static void write_offer(struct out *out, const struct comparison_offer *ranked)
{
    json_open(out, '{');
    json_member_int(out, "rank", ranked->rank);
    json_raw(out, ranked->offer->json);
    write_cost(out, &ranked->cost, ranked->offer->tariff);
    json_key(out, "first_transfer");
    if (ranked->first_transfer == NULL) {
        json_none(out);
    } else {
        json_open(out, '{');
        write_cost(out, &ranked->first_cost, ranked->first_transfer->tariff);
        json_raw(out, ranked->first_transfer->provenance_json);
        json_close(out, '}');
    }
    json_raw(out, ranked->offer->provenance_json);
    json_close(out, '}');
}

static void write_observation(struct out *out, const struct comparison *c,
                              const struct comparison_observation *ranked)
{
    const struct market_observation *seen = ranked->observation;
    const struct market_price *price = ranked->price;
    json_open(out, '{');
    json_key(out, "rank");
    if (ranked->rank == 0)
        json_none(out);
    else
        json_int(out, ranked->rank);
    json_raw(out, seen->json);
    json_member_text(out, "period", c->market->survey);
    json_member_int(out, "price_point_usd", market_price_point_usd[c->price_point]);
    json_member_text(out, "principal", price->principal);
    json_member_text(out, "currency", seen->currency->code);
    json_member_text(out, "fee", price->fee);
    /* What a row that is not transparent has for rate, margin and total means nothing. */
    json_member_text(out, "rate", seen->transparent ? price->rate : NULL);
    field_percent(out, "margin_pct", seen->transparent ? price->margin_pct : MARKET_PCT_NONE);
    field_percent(out, "total_cost_pct",
                  seen->transparent ? price->total_cost_pct : MARKET_PCT_NONE);
    json_member_bool(out, "transparent", seen->transparent);
    field_day(out, "collected_on", seen->collected_on);
    field_quote(out, 's', seen->number);
    json_close(out, '}');
}

static void write_exclusion(struct out *out, const struct comparison_exclusion *excluded)
{
    json_open(out, '{');
    json_raw(out, excluded->offer->json);
    json_member_text(out, "reason", exclusion_code(excluded->reason));
    json_close(out, '}');
}

void compare_json(struct out *out, const struct comparison *comparison)
{
    const struct comparison *c = comparison;
    json_open(out, '{');
    write_corridor(out, c);
    write_ask(out, &c->ask);
    write_reference(out, c->reference);
    json_key(out, "offers");
    json_open(out, '[');
    for (size_t i = 0; i < c->offer_count; i++)
        write_offer(out, c->offers[i]);
    json_close(out, ']');
    json_key(out, "surveyed");
    json_open(out, '[');
    for (size_t i = 0; i < c->observation_count; i++)
        write_observation(out, c, &c->observations[i]);
    json_close(out, ']');
    json_key(out, "not_compared");
    json_open(out, '[');
    for (size_t i = 0; i < c->exclusion_count; i++)
        write_exclusion(out, &c->exclusions[i]);
    json_close(out, ']');
    /* Said only when there is something to say. */
    size_t left_out = c->offers_left_out + c->observations_left_out + c->exclusions_left_out +
                      (c->market == NULL ? 0 : c->market->offers_left_out);
    if (left_out > 0)
        json_member_int(out, "left_out", (int64_t)left_out);
    if (c->emptiness != EMPTY_NOT)
        json_member_text(out, "reason", emptiness_code(c->emptiness));
    field_period(out, "latest_survey", c->market == NULL ? "" : c->market->latest_survey);
    /* An answer from the record is the one that was given then. */
    field_instant(out, "generated_at", c->ask.past ? c->ask.as_of : c->ask.at);
    field_demonstration(out, c->demonstration);
    json_close(out, '}');
    out_char(out, '\n');
}

void compare_etag(char etag[COMPARE_ETAG_MAX], const struct comparison *comparison)
{
    const struct ask *ask = &comparison->ask;
    uint64_t hash = comparison->market == NULL ? 0 : comparison->market->digest;
    hash = digest_mix(hash, (uint64_t)comparison->since);
    hash = digest_mix(hash, (uint64_t)ask->from->m49 << 16 | ask->to->m49);
    hash =
        digest_mix(hash, (uint64_t)ask->currency->numeric << 16 | ask->receive_currency->numeric);
    hash = digest_mix(hash, (uint64_t)ask->amount);
    hash = digest_mix(hash, (uint64_t)ask->basis << 8 | ask->max_speed);
    hash = digest_mix(hash, (uint64_t)ask->pay_in << 32 | ask->pay_out);
    hash = digest_mix(hash, (uint64_t)ask->on);
    (void)snprintf(etag, COMPARE_ETAG_MAX, "W/\"%016" PRIx64 "\"", hash);
}
