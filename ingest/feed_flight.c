/*
 * What flies is looked up before what was decided is stored, since its answer is wanted soon. Where
 * both have a service in common it must see what was stored, and stands behind.
 */
#include "ingest/feed_flight.h"

#include <stdlib.h>

void feed_flight_init(struct feed_flight *flight, struct feed_knowledge *knowledge)
{
    feed_ask_init(&flight->ask, knowledge);
    feed_chunk_init(&flight->chunk);
}

void feed_flight_free(struct feed_flight *flight)
{
    feed_ask_free(&flight->ask);
    feed_chunk_free(&flight->chunk);
    free(flight->items);
}

void feed_flight_start(struct feed_flight *flight, struct feed_submission *submission)
{
    struct feed_item *items = submission->items;
    size_t cap = submission->cap;
    flight->count = submission->count;
    submission->items = flight->items;
    submission->cap = flight->cap;
    submission->count = 0;
    flight->items = items;
    flight->cap = cap;
    flight->meets =
        feed_mix_next(&flight->mix, submission->operator_id, flight->items, flight->count);
}

void feed_flight_land(struct feed_flight *flight, struct feed_submission *submission)
{
    feed_ask_recalled(&flight->ask);
    feed_chunk_decide(&flight->chunk, submission, flight->ask.at, flight->items, flight->count);
    feed_knowledge_learn(flight->ask.knowledge, submission->operator_id, flight->items,
                         flight->count, flight->ask.at);
    flight->decided = true;
    flight->count = 0;
}

bool feed_flight_store(struct feed_flight *flight, const struct feed_submission *submission,
                       struct db_command *commands, size_t *count)
{
    size_t more = 0;
    if (!flight->decided) {
        return true;
    }
    bool ok = feed_chunk_commands(&flight->chunk, submission, commands + *count, &more);
    flight->decided = false;
    *count += more;
    return ok;
}

/* Numbers are asked for in any case: something has to be answered. */
static bool look_up(struct feed_flight *flight, struct feed_submission *submission,
                    struct db_command *commands, size_t *count)
{
    size_t more = 0;
    int64_t at = flight->ask.at;
    feed_ask_clear(&flight->ask);
    flight->ask.at = at;
    bool ok = feed_ask_items(&flight->ask, submission, flight->items, flight->count, instant_now());
    feed_numbers_ask(&flight->ask.knowledge->numbers, &flight->numbers, 0, flight->count,
                     &commands[(*count)++]);
    ok = ok && feed_ask_commands(&flight->ask, commands + *count, &more);
    *count += more;
    return ok;
}

bool feed_flight_commands(struct feed_flight *flight, struct feed_submission *submission,
                          struct db_command *commands, size_t *count, size_t *asking,
                          size_t *asked_all)
{
    bool ok = !flight->meets || feed_flight_store(flight, submission, commands, count);
    *asking = *count;
    ok = ok && look_up(flight, submission, commands, count);
    *asked_all = *count;
    return ok && feed_flight_store(flight, submission, commands, count);
}
