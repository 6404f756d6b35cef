/*
 * One quote's way through a submission. The hard part is to tell a repeat: an operator that sends
 * its whole book every minute must not add a version a minute, while a price without an end of its
 * own lives on by being sent again.
 */
#include "ingest/feed_item.h"

#include "ingest/feed_market.h"

#include <corridor/out.h>

#include <endian.h>
#include <openssl/evp.h>
#include <stdio.h>

const char *feed_status_word(enum feed_status status)
{
    static const char *const words[FEED_STATUSES] = {[FEED_ACCEPTED] = "accepted",
                                                     [FEED_QUARANTINED] = "quarantined",
                                                     [FEED_REFUSED] = "refused",
                                                     [FEED_UNCHANGED] = "unchanged"};
    return words[status];
}

const char *feed_price_word(bool first_transfer)
{
    return first_transfer ? "first_transfer" : "regular";
}

/* ---- Content ---- */

#define CONTENT_NUMBERS (16 + 7 * TARIFF_BANDS_MAX)

/* All that the quote says, as numbers in a fixed order; 1.5 and 1.50 are the same. */
static void digest(struct feed_item *item)
{
    const struct feed_quote *q = &item->quote;
    const struct tariff *t = &q->tariff;
    int64_t numbers[CONTENT_NUMBERS] = {
        q->from->m49,
        q->to->m49,
        t->send->numeric,
        t->receive->numeric,
        q->pay_in,
        q->access_point,
        q->pay_out,
        q->speed,
        q->coverage,
        q->pickup_points,
        t->min,
        t->max,
        t->receive_fee,
        t->tax_pct,
        item->from_said ? q->valid_from : QUOTE_NOT_SAID,
        item->until_said ? q->valid_until : QUOTE_NOT_SAID,
    };
    size_t count = 16;
    unsigned char sha256[EVP_MAX_MD_SIZE];
    for (uint32_t i = 0; i < t->count; i++) {
        const struct tariff_band *b = &t->bands[i];
        const int64_t band[] = {b->from,    b->to,      b->fee,       b->fee_pct,
                                b->fee_min, b->fee_max, b->rate.units};
        memcpy(&numbers[count], band, sizeof band);
        count += COUNT_OF(band);
    }
    for (size_t i = 0; i < count; i++) {
        numbers[i] = (int64_t)htole64((uint64_t)numbers[i]);
    }
    if (EVP_Digest(numbers, count * sizeof numbers[0], sha256, NULL, EVP_sha256(), NULL) != 1) {
        memset(sha256, 0, sizeof sha256);
    }
    memcpy(item->content, sha256, sizeof item->content);
}

static bool same_content(const struct feed_item *item, const unsigned char *content)
{
    return memcmp(item->content, content, sizeof item->content) == 0;
}

/* ---- Reading and judging ---- */

bool feed_item_read(struct feed_item *item, struct span text, int64_t now)
{
    item->status = FEED_REFUSED;
    item->is_new = item->held_again = item->new_service = item->far = false;
    item->id = item->service = 0;
    if (!quote_read(&item->quote, text, &item->why)) {
        return refusal_group(item->why.code) != REFUSAL_OF_DOCUMENT;
    }
    item->from_said = item->quote.valid_from != QUOTE_NOT_SAID;
    item->until_said = item->quote.valid_until != QUOTE_NOT_SAID;
    if (quote_rules(&item->quote, now, &item->why)) {
        item->status = FEED_ACCEPTED;
        item->why = (struct refusal){0};
        digest(item);
    }
    return true;
}

static void hold_again(struct feed_item *item, const struct feed_held *held)
{
    item->status = FEED_QUARANTINED;
    item->held_again = true;
    item->id = held->id;
    for (int code = REFUSAL_NONE + 1; code < REFUSAL_COUNT; code++) {
        if (strcmp(refusal_word((enum refusal_code)code), held->code) == 0) {
            item->why.code = (enum refusal_code)code;
        }
    }
    (void)snprintf(item->why.field, sizeof item->why.field, "%s", held->field);
    (void)snprintf(item->why.reason, sizeof item->why.reason, "%s", held->reason);
}

void feed_item_repeated(struct feed_item *item)
{
    item->status = FEED_REFUSED;
    item->why.code = REFUSAL_DUPLICATE_REF;
    (void)snprintf(item->why.field, sizeof item->why.field, "/ref");
    (void)snprintf(item->why.reason, sizeof item->why.reason,
                   "an earlier quote of this submission has this ref and the price \"%s\"",
                   feed_price_word(item->quote.first_transfer));
}

void feed_item_elsewhere(struct feed_item *item, const char *corridor)
{
    item->status = FEED_REFUSED;
    item->why.code = REFUSAL_REF_OF_OTHER_CORRIDOR;
    (void)snprintf(item->why.field, sizeof item->why.field, "/ref");
    (void)snprintf(item->why.reason, sizeof item->why.reason,
                   "this ref is a service on %s; on %s it needs another ref", corridor,
                   item->quote.corridor);
}

void feed_item_judge(struct feed_item *item, const struct feed_known *known,
                     const struct feed_market *market, int64_t at)
{
    struct judgement judgement;
    const struct feed_service *service = &known->service;
    const struct judge_points *points = feed_market_points(market, &item->quote);
    item->status = FEED_ACCEPTED; /* also of one that is judged again */
    item->why.code = REFUSAL_NONE;
    item->held_again = item->is_new = item->far = false;
    /* A price holds from now on at the earliest, by the database's clock, whatever it says: nobody
     * tells us afterwards what was in force last year. */
    if (!item->from_said || item->quote.valid_from < at) {
        item->quote.valid_from = at;
    }
    if (item->quote.valid_until <= at) { /* since it was read, or by another clock */
        item->status = FEED_REFUSED;
        item->why.code = REFUSAL_ALREADY_EXPIRED;
        (void)snprintf(item->why.field, sizeof item->why.field, "/valid_until");
        (void)snprintf(item->why.reason, sizeof item->why.reason, "it is past");
        return;
    }
    item->service = service->id;
    item->new_service = known->is_new;
    if (!known->is_new && strcmp(service->corridor, item->quote.corridor) != 0) {
        feed_item_elsewhere(item, service->corridor);
        return;
    }
    if (service->told_at == at) { /* in this very transaction, further up in a long submission */
        feed_item_repeated(item);
        return;
    }
    if (known->held && same_content(item, known->held->content)) {
        hold_again(item, known->held);
        return;
    }
    if (!known->held && service->quote != 0 && service->until > at && service->said &&
        same_content(item, service->content) &&
        (item->until_said || item->quote.valid_until - service->until < FEED_PROLONG)) {
        item->status = FEED_UNCHANGED;
        item->id = service->quote;
        return;
    }
    item->id = known->fresh_id;
    item->price = judge_price_of(&item->quote, points);
    judge(&judgement, &item->quote, &item->price, points, service->priced ? &service->last : NULL,
          feed_market_corridor(market, &item->quote, &item->price));
    if (judgement.verdict == JUDGE_HELD) {
        item->status = FEED_QUARANTINED;
        item->far = judgement.far;
        item->why = judgement.why;
    }
    item->is_new = judgement.verdict == JUDGE_NEW;
}

void feed_item_learn(const struct feed_item *item, int64_t at, struct feed_service *service)
{
    *service = (struct feed_service){
        .id = item->service,
        .said = true,
        .priced = true,
        .quote = item->id,
        .until = item->quote.valid_until,
        .last = item->price,
        .told_at = at,
    };
    memcpy(service->corridor, item->quote.corridor, sizeof service->corridor);
    memcpy(service->content, item->content, sizeof service->content);
}

/* ---- The receipt ---- */

void feed_item_receipt(const struct feed_item *item, bool dry_run, struct out *out)
{
    /* A dry run names no number that nothing will have. */
    bool stored = !dry_run || item->status == FEED_UNCHANGED || item->held_again;
    bool told = item->why.code != REFUSAL_NONE;
    json_open(out, '{');
    json_member_text(out, "ref", item->quote.ref[0] != '\0' ? item->quote.ref : NULL);
    json_member_text(out, "status", feed_status_word(item->status));
    json_member_text(out, "code",
                     told           ? refusal_word(item->why.code)
                     : item->is_new ? "new"
                                    : NULL);
    json_member_text(out, "field", told ? item->why.field : NULL);
    json_member_text(out, "reason", told ? item->why.reason : NULL);
    json_key(out, "quote");
    if (item->id != 0 && item->status != FEED_REFUSED && stored) {
        json_int(out, item->id);
    } else {
        json_none(out);
    }
    json_close(out, '}');
}
