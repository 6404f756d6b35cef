/*
 * Batches decided from memory. The hard part is that memory may be wrong: everything it decides is
 * stored behind a statement that compares turns, and thrown away with its transaction otherwise.
 */
#include "ingest/feed_recall.h"

#include "ingest/feed_store.h"

#include <inttypes.h>
#include <stdio.h>

#define ARRAY_MAX ((size_t)4 << 20)

static const struct db_statement take_turns = {
    "feed_take_turns",
    "SELECT corridor.feed_take_turns($1::timestamptz, $2::text[], $3::timestamptz[], $4::bigint,"
    " $5::bigint, $6::text[], $7::text[], $8::bigint[])",
    8};

static const struct db_statement note_turns = {
    "feed_note_turns", "SELECT corridor.feed_note_turns($1::timestamptz, $2::text[], $3::bigint)",
    3};

void feed_turns_init(struct feed_turns *turns)
{
    *turns = (struct feed_turns){0};
    db_array_init(&turns->operators, ARRAY_MAX);
    db_array_init(&turns->since, ARRAY_MAX);
}

void feed_turns_free(struct feed_turns *turns)
{
    db_array_free(&turns->operators);
    db_array_free(&turns->since);
}

/* ---- Deciding ---- */

/* The batch's instant: behind each of its operators' turns. 0: one of them is not known. */
static int64_t instant_of(const struct feed_memory *memory, const struct feed_ask *ask)
{
    int64_t at = feed_memory_clock(memory);
    for (size_t i = 0; i < ask->count && at != 0; i++) {
        struct feed_turn turn = feed_memory_turn(memory, ask->entries[i].submission->operator_id);
        if (turn.at == 0) {
            at = 0;
        } else if (at <= turn.at) {
            at = turn.at + 1;
        }
    }
    return at;
}

static bool decide(struct feed_knowledge *knowledge, const struct feed_submission *submission,
                   int64_t at, int64_t now)
{
    for (size_t i = 0; i < submission->count; i++) {
        struct feed_item *item = &submission->items[i];
        struct feed_recalled recalled;
        if (item->status == FEED_REFUSED) {
            continue;
        }
        if (!feed_knowledge_find(knowledge, submission->operator_id, item, now, &recalled)) {
            return false;
        }
        feed_knowledge_judge(knowledge, &recalled, at);
    }
    return true;
}

bool feed_recall_batch(struct feed_knowledge *knowledge, struct feed_ask *ask, int64_t now)
{
    ask->at = instant_of(knowledge->memory, ask);
    if (ask->at == 0 || !feed_numbers_have(&knowledge->numbers, ask->count, 0)) {
        return false;
    }
    for (size_t i = 0; i < ask->count; i++) {
        const struct feed_submission *submission = ask->entries[i].submission;
        if (submission->kind != FEED_QUOTES || submission->dry_run || submission->nonce_taken ||
            !decide(knowledge, submission, ask->at, now)) {
            return false;
        }
    }
    for (size_t i = 0; i < ask->count; i++) {
        ask->entries[i].submission->id = feed_numbers_submission(&knowledge->numbers);
    }
    return true;
}

/* ---- Turns ---- */

static bool is_stored(const struct feed_entry *entry)
{
    return entry->state == FEED_ENTRY_FREE && !entry->submission->dry_run;
}

static struct db_value number_value(char *text, size_t size, int64_t number)
{
    (void)snprintf(text, size, "%" PRId64, number);
    return (struct db_value){text, strlen(text), false};
}

/* Whether it is the first of its operator's that is stored. */
static bool is_first(const struct feed_ask *ask, size_t entry)
{
    const char *operator_id = ask->entries[entry].submission->operator_id;
    for (size_t i = 0; i < entry; i++) {
        if (is_stored(&ask->entries[i]) &&
            strcmp(ask->entries[i].submission->operator_id, operator_id) == 0) {
            return false;
        }
    }
    return is_stored(&ask->entries[entry]);
}

static int64_t last_submission(const struct feed_ask *ask)
{
    int64_t last = 0;
    for (size_t i = 0; i < ask->count; i++) {
        if (is_stored(&ask->entries[i]) && ask->entries[i].submission->id > last) {
            last = ask->entries[i].submission->id;
        }
    }
    return last;
}

bool feed_turns_take(struct feed_turns *turns, const struct feed_knowledge *knowledge,
                     struct feed_ask *ask, struct db_command *command)
{
    db_array_clear(&turns->operators);
    db_array_clear(&turns->since);
    feed_ask_nonces(ask);
    for (size_t i = 0; i < ask->count; i++) {
        const struct feed_submission *submission = ask->entries[i].submission;
        if (is_first(ask, i)) {
            db_array_text(&turns->operators, submission->operator_id);
            db_array_instant(&turns->since,
                             feed_memory_turn(knowledge->memory, submission->operator_id).at);
        }
    }
    turns->values[0] = feed_instant_value(turns->at, ask->at);
    turns->values[1] = db_array_value(&turns->operators, DB_ARRAY_TEXT);
    turns->values[2] = db_array_value(&turns->since, DB_ARRAY_INSTANT);
    turns->values[3] =
        number_value(turns->first, sizeof turns->first, ask->entries[0].submission->id);
    turns->values[4] = number_value(turns->last, sizeof turns->last, last_submission(ask));
    *command = (struct db_command){&take_turns, turns->values};
    return feed_ask_nonce_values(ask, &turns->values[5]) && !out_failed(&turns->operators.out) &&
           !out_failed(&turns->since.out);
}

static struct db_command note(struct feed_turns *turns, int64_t at, int64_t last)
{
    turns->values[0] = feed_instant_value(turns->at, at);
    turns->values[1] = db_array_value(&turns->operators, DB_ARRAY_TEXT);
    turns->values[2] = number_value(turns->last, sizeof turns->last, last);
    return (struct db_command){&note_turns, turns->values};
}

bool feed_turns_note(struct feed_turns *turns, const struct feed_ask *ask,
                     struct db_command *command)
{
    db_array_clear(&turns->operators);
    for (size_t i = 0; i < ask->count; i++) {
        if (is_first(ask, i)) {
            db_array_text(&turns->operators, ask->entries[i].submission->operator_id);
        }
    }
    *command = note(turns, ask->at, last_submission(ask));
    return turns->operators.count > 0;
}

struct db_command feed_turns_note_stream(struct feed_turns *turns,
                                         const struct feed_submission *submission, int64_t at)
{
    db_array_clear(&turns->operators);
    db_array_text(&turns->operators, submission->operator_id);
    return note(turns, at, submission->id);
}

/* ---- Afterwards ---- */

void feed_turns_over(struct feed_knowledge *knowledge, const struct feed_ask *ask)
{
    const struct feed_turn turn = {ask->at, last_submission(ask)};
    for (size_t i = 0; i < ask->count; i++) {
        const struct feed_submission *submission = ask->entries[i].submission;
        if (!is_stored(&ask->entries[i])) {
            continue;
        }
        feed_knowledge_learn(knowledge, submission->operator_id, submission->items,
                             submission->count, ask->at);
        if (submission->kind == FEED_WITHDRAW) {
            feed_memory_drop(knowledge->memory, submission->operator_id, submission->ref, false);
            feed_memory_drop(knowledge->memory, submission->operator_id, submission->ref, true);
        }
        feed_memory_move_turn(knowledge->memory, submission->operator_id, turn);
    }
}

void feed_turns_lost(struct feed_knowledge *knowledge, const struct feed_ask *ask)
{
    feed_numbers_clear(&knowledge->numbers);
    for (size_t i = 0; i < ask->count; i++) {
        feed_memory_forget(knowledge->memory, ask->entries[i].submission->operator_id);
    }
}
