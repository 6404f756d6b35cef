/* What is remembered, used and brought up to date. */
#include "ingest/feed_knowledge.h"

bool feed_knowledge_find(struct feed_knowledge *knowledge, const char *operator_id,
                         struct feed_item *item, int64_t now, struct feed_recalled *recalled)
{
    const struct feed_quote *quote = &item->quote;
    const struct feed_service *service =
        feed_memory_find(knowledge->memory, operator_id, quote->ref, quote->first_transfer);
    if (!service || !feed_market_has(knowledge->market, quote, now) ||
        !feed_numbers_have(&knowledge->numbers, 0, 1)) {
        return false;
    }
    *recalled = (struct feed_recalled){item, *service, feed_numbers_quote(&knowledge->numbers)};
    return true;
}

void feed_knowledge_judge(const struct feed_knowledge *knowledge,
                          const struct feed_recalled *recalled, int64_t at)
{
    const struct feed_known known = {.service = recalled->service, .fresh_id = recalled->number};
    feed_item_judge(recalled->item, &known, knowledge->market, at);
}

static void learn(struct feed_memory *memory, const char *operator_id, const struct feed_item *item,
                  int64_t at)
{
    const struct feed_quote *quote = &item->quote;
    const struct feed_service *known;
    struct feed_service service;
    switch (item->status) {
    case FEED_ACCEPTED:
        feed_item_learn(item, at, &service);
        break;
    case FEED_UNCHANGED: /* noted all the same, lest the submission says it again */
        known = feed_memory_find(memory, operator_id, quote->ref, quote->first_transfer);
        if (!known) {
            return;
        }
        service = *known;
        service.told_at = at;
        break;
    case FEED_QUARANTINED:
        feed_memory_drop(memory, operator_id, quote->ref, quote->first_transfer);
        return;
    default:
        return;
    }
    feed_memory_put(memory, operator_id, quote->ref, quote->first_transfer, &service);
}

void feed_knowledge_learn(struct feed_knowledge *knowledge, const char *operator_id,
                          const struct feed_item *items, size_t count, int64_t at)
{
    for (size_t i = 0; i < count; i++) {
        learn(knowledge->memory, operator_id, &items[i], at);
    }
}

void feed_knowledge_numbers(struct feed_knowledge *knowledge, const struct db_result *rows)
{
    int64_t clock = feed_numbers_rows(&knowledge->numbers, rows);
    if (clock != 0) {
        feed_memory_set_clock(knowledge->memory, clock);
    }
}
