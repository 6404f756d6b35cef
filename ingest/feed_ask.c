/*
 * One round trip of questions. The hard part is two processes with one operator or one key: both
 * locks are tried, never waited for, so that no batch of many operators waits for one of them; and
 * the keys are looked up after the locks, in a statement of its own, so that what the other one has
 * committed is seen.
 */
#include "ingest/feed_ask.h"

#include "ingest/feed_ask_sql.h"

#include <corridor/log.h>

#include <openssl/crypto.h>
#include <stdlib.h>

enum {
    OPERATORS,
    KEY_OPERATORS,
    KEYS,
    NONCE_KEYS,
    NONCES,
    NONCE_TIMES,
    STANDING,
    ITEM_OPERATORS,
    ITEM_REFS,
    ITEM_PRICES,
    GONE_OPERATORS,
    GONE_REFS,
};
static const enum db_array_type types[] = {
    DB_ARRAY_TEXT, DB_ARRAY_TEXT, DB_ARRAY_TEXT, DB_ARRAY_TEXT, DB_ARRAY_TEXT, DB_ARRAY_INT8,
    DB_ARRAY_TEXT, DB_ARRAY_TEXT, DB_ARRAY_TEXT, DB_ARRAY_TEXT, DB_ARRAY_TEXT, DB_ARRAY_TEXT,
};
#define ARRAY_MAX ((size_t)4 << 20)

void feed_ask_init(struct feed_ask *ask, struct feed_knowledge *knowledge)
{
    *ask = (struct feed_ask){.knowledge = knowledge};
    for (size_t i = 0; i < COUNT_OF(ask->arrays); i++) {
        db_array_init(&ask->arrays[i], ARRAY_MAX);
    }
    feed_market_question_init(&ask->question);
}

void feed_ask_free(struct feed_ask *ask)
{
    for (size_t i = 0; i < COUNT_OF(ask->arrays); i++) {
        db_array_free(&ask->arrays[i]);
    }
    feed_market_question_free(&ask->question);
    free(ask->entries);
    free(ask->items);
    free(ask->recalled);
    free(ask->withdrawals);
}

void feed_ask_clear(struct feed_ask *ask)
{
    for (size_t i = 0; i < COUNT_OF(ask->arrays); i++) {
        db_array_clear(&ask->arrays[i]);
    }
    feed_market_question_clear(&ask->question);
    ask->count = 0;
    ask->item_count = 0;
    ask->recalled_count = 0;
    ask->withdrawal_count = 0;
}

/* Room for one more of something. */
static bool grow(void *list, size_t count, size_t *cap, size_t size)
{
    void *at;
    memcpy(&at, list, sizeof at);
    if (count < *cap) {
        return true;
    }
    size_t wanted = *cap == 0 ? 16 : *cap * 2;
    void *grown = realloc(at, wanted * size);
    if (!grown) {
        return false;
    }
    memcpy(list, &grown, sizeof grown);
    *cap = wanted;
    return true;
}

/* ---- Asking ---- */

bool feed_ask_add(struct feed_ask *ask, struct feed_submission *submission)
{
    if (!grow(&ask->entries, ask->count, &ask->cap, sizeof(struct feed_entry))) {
        return false;
    }
    ask->entries[ask->count++] = (struct feed_entry){.submission = submission};
    return true;
}

static void ask_lock(struct feed_ask *ask, size_t entry)
{
    const struct feed_submission *submission = ask->entries[entry].submission;
    for (size_t i = 0; i < entry; i++) {
        if (strcmp(ask->entries[i].submission->operator_id, submission->operator_id) == 0) {
            return;
        }
    }
    db_array_text(&ask->arrays[OPERATORS], submission->operator_id);
}

static void add_nonce(struct feed_ask *ask, const struct feed_submission *submission)
{
    db_array_text(&ask->arrays[NONCE_KEYS], submission->key_id);
    db_array_text(&ask->arrays[NONCES], submission->nonce);
    db_array_int8(&ask->arrays[NONCE_TIMES], submission->signed_at);
}

void feed_ask_nonces(struct feed_ask *ask)
{
    for (size_t i = 0; i < ask->count; i++) {
        add_nonce(ask, ask->entries[i].submission);
    }
}

bool feed_ask_nonce_values(struct feed_ask *ask, struct db_value values[FEED_ASK_NONCE_VALUES])
{
    return db_array_values(values, &ask->arrays[NONCE_KEYS], &types[NONCE_KEYS],
                           FEED_ASK_NONCE_VALUES);
}

static bool ask_item(struct feed_ask *ask, const struct feed_asked *asked, int64_t now)
{
    struct feed_item *item = asked->item;
    if (!grow(&ask->items, ask->item_count, &ask->item_cap, sizeof ask->items[0])) {
        return false;
    }
    ask->items[ask->item_count++] = *asked;
    db_array_text(&ask->arrays[ITEM_OPERATORS], asked->submission->operator_id);
    db_array_text(&ask->arrays[ITEM_REFS], item->quote.ref);
    db_array_text(&ask->arrays[ITEM_PRICES], feed_price_word(item->quote.first_transfer));
    feed_market_need(ask->knowledge->market, &item->quote, now, &ask->question);
    return true;
}

bool feed_ask_items(struct feed_ask *ask, const struct feed_submission *submission,
                    struct feed_item *items, size_t count, int64_t now)
{
    ask->now = now;
    for (size_t i = 0; i < count; i++) {
        if (items[i].status == FEED_REFUSED) {
            continue;
        }
        if (!grow(&ask->recalled, ask->recalled_count, &ask->recalled_cap,
                  sizeof ask->recalled[0])) {
            return false;
        }
        if (feed_knowledge_find(ask->knowledge, submission->operator_id, &items[i], now,
                                &ask->recalled[ask->recalled_count])) {
            ask->recalled_count++;
        } else if (!ask_item(ask, &(struct feed_asked){&items[i], submission, SIZE_MAX}, now)) {
            return false;
        }
    }
    return true;
}

void feed_ask_recalled(const struct feed_ask *ask)
{
    for (size_t i = 0; i < ask->recalled_count; i++) {
        feed_knowledge_judge(ask->knowledge, &ask->recalled[i], ask->at);
    }
}

static bool ask_entry(struct feed_ask *ask, size_t entry, int64_t now)
{
    struct feed_submission *submission = ask->entries[entry].submission;
    ask_lock(ask, entry);
    db_array_text(&ask->arrays[KEY_OPERATORS], submission->operator_id);
    db_array_text(&ask->arrays[KEYS], submission->key[0] != '\0' ? submission->key : NULL);
    if (submission->nonce_taken) {
        db_array_text(&ask->arrays[STANDING], submission->key_id);
    } else {
        add_nonce(ask, submission);
    }
    if (submission->kind == FEED_WITHDRAW) {
        db_array_text(&ask->arrays[GONE_OPERATORS], submission->operator_id);
        db_array_text(&ask->arrays[GONE_REFS], submission->ref);
    }
    for (size_t i = 0; i < submission->count; i++) {
        struct feed_item *item = &submission->items[i];
        if (item->status != FEED_REFUSED &&
            !ask_item(ask, &(struct feed_asked){item, submission, entry}, now)) {
            return false;
        }
    }
    return true;
}

bool feed_ask_entries(struct feed_ask *ask, int64_t now)
{
    ask->now = now;
    for (size_t i = 0; i < ask->count; i++) {
        if (!ask_entry(ask, i, now)) {
            return false;
        }
    }
    return true;
}

static bool add(struct feed_ask *ask, struct db_command *commands, size_t *count, size_t *used,
                const struct db_statement *statement, size_t first)
{
    struct db_value *values = &ask->values[*used];
    bool ok = db_array_values(values, &ask->arrays[first], &types[first], statement->params);
    *used += statement->params;
    commands[(*count)++] = (struct db_command){statement, values};
    return ok;
}

bool feed_ask_commands(struct feed_ask *ask, struct db_command *commands, size_t *count)
{
    size_t used = 0;
    bool ok = true;
    *count = 0;
    if (ask->arrays[KEYS].count > 0) {
        ok = add(ask, commands, count, &used, &feed_ask_locks_sql, OPERATORS) &&
             add(ask, commands, count, &used, &feed_ask_keys_sql, KEY_OPERATORS) &&
             add(ask, commands, count, &used, &feed_ask_earlier_sql, KEY_OPERATORS);
    }
    if (ok && ask->arrays[NONCES].count > 0) {
        ok = add(ask, commands, count, &used, &feed_ask_nonces_sql, NONCE_KEYS);
    }
    if (ok && ask->arrays[STANDING].count > 0) {
        ok = add(ask, commands, count, &used, &feed_ask_standing_sql, STANDING);
    }
    if (ok) {
        *count += feed_market_commands(&ask->question, commands + *count);
    }
    if (ok && ask->item_count > 0) {
        ok = add(ask, commands, count, &used, &feed_ask_items_sql, ITEM_OPERATORS);
    }
    if (ok && ask->arrays[GONE_REFS].count > 0) {
        ok = add(ask, commands, count, &used, &feed_ask_gone_sql, GONE_OPERATORS);
    }
    return ok;
}

/* ---- Answers ---- */

static int64_t number(const struct db_result *rows, size_t row, size_t column, int64_t otherwise)
{
    int64_t value;
    return db_result_int64(rows, row, column, &value) ? value : otherwise;
}

static void take_locks(struct feed_ask *ask, const struct db_result *rows)
{
    for (size_t row = 0; row < db_result_rows(rows); row++) {
        ask->at = number(rows, row, 2, ask->at);
        feed_memory_set_clock(ask->knowledge->memory, ask->at);
        if (db_result_bool(rows, row, 1)) {
            continue;
        }
        for (size_t i = 0; i < ask->count; i++) {
            if (strcmp(ask->entries[i].submission->operator_id, db_result_text(rows, row, 0)) ==
                0) {
                ask->entries[i].state = FEED_ENTRY_BUSY;
            }
        }
    }
}

static void take_keys(struct feed_ask *ask, const struct db_result *rows)
{
    for (size_t row = 0; row < db_result_rows(rows); row++) {
        struct feed_entry *entry = &ask->entries[number(rows, row, 0, 1) - 1];
        struct feed_submission *submission = entry->submission;
        submission->id = number(rows, row, 1, 0);
        feed_numbers_beyond(&ask->knowledge->numbers, submission->id);
        if (entry->state == FEED_ENTRY_FREE) {
            feed_memory_learn_turn(
                ask->knowledge->memory, submission->operator_id,
                (struct feed_turn){number(rows, row, 3, 0), number(rows, row, 4, 0)});
        }
        if (!db_result_bool(rows, row, 2)) {
            entry->state = FEED_ENTRY_RUNNING;
        }
    }
}

static void take_earlier(struct feed_ask *ask, const struct db_result *rows)
{
    for (size_t row = 0; row < db_result_rows(rows); row++) {
        struct feed_entry *entry = &ask->entries[number(rows, row, 0, 1) - 1];
        struct feed_submission *submission = entry->submission;
        struct span answer = db_result_span(rows, row, 5);
        char sha256[2 * FEED_SHA256 + 1];
        for (size_t i = 0; i < FEED_SHA256; i++) {
            static const char digits[] = "0123456789abcdef";
            sha256[2 * i] = digits[submission->sha256[i] >> 4];
            sha256[2 * i + 1] = digits[submission->sha256[i] & 15];
        }
        entry->earlier = number(rows, row, 1, 0);
        entry->status = (int)number(rows, row, 4, 500);
        entry->same_payload =
            strcmp(db_result_text(rows, row, 2), submission->source) == 0 &&
            span_is(db_result_span(rows, row, 3), (sha256[2 * FEED_SHA256] = '\0', sha256));
        entry->in_pieces = !answer.at;
        out_clear(&submission->answer);
        if (entry->same_payload && answer.at) {
            out_span_append(&submission->answer, answer);
        }
        entry->state = entry->same_payload ? FEED_ENTRY_REPEATED : FEED_ENTRY_REUSED;
    }
}

/* The nth submission whose nonce was taken before, or of those others whose nonce was asked for. */
static struct feed_entry *nonce_entry(struct feed_ask *ask, bool taken, int64_t n)
{
    size_t i = 0;
    while (ask->entries[i].submission->nonce_taken != taken || --n > 0) {
        i++;
    }
    return &ask->entries[i];
}

static void take_nonces(struct feed_ask *ask, const struct db_result *rows)
{
    for (size_t row = 0; row < db_result_rows(rows); row++) {
        struct feed_entry *entry = nonce_entry(ask, false, number(rows, row, 0, 1));
        const char *state = db_result_text(rows, row, 1);
        if (strcmp(state, "fresh") != 0) {
            entry->state = FEED_ENTRY_BELIEVED_NOT;
            entry->nonce = strcmp(state, "used") == 0    ? FEED_NONCE_USED
                           : strcmp(state, "stale") == 0 ? FEED_SIGNATURE_STALE
                                                         : FEED_SIGNATURE_WRONG;
        }
    }
}

static void take_standing(struct feed_ask *ask, const struct db_result *rows)
{
    for (size_t row = 0; row < db_result_rows(rows); row++) {
        struct feed_entry *entry = nonce_entry(ask, true, number(rows, row, 0, 1));
        entry->state = FEED_ENTRY_BELIEVED_NOT;
        entry->nonce = FEED_SIGNATURE_WRONG;
    }
}

/* Hexadecimal digits as the record tells them. False: null. */
static bool take_content(unsigned char content[FEED_CONTENT_SIZE], const char *hex)
{
    size_t len;
    return hex && OPENSSL_hexstr2buf_ex(content, FEED_CONTENT_SIZE, &len, hex, '\0') == 1;
}

static void take_item(struct feed_ask *ask, const struct db_result *rows, size_t row)
{
    const struct feed_asked *asked = &ask->items[row];
    const struct feed_quote *quote = &asked->item->quote;
    struct feed_held held = {.id = number(rows, row, 12, 0),
                             .code = db_result_text(rows, row, 14),
                             .field = db_result_text(rows, row, 15),
                             .reason = db_result_text(rows, row, 16)};
    struct feed_known known = {
        .service = {.id = number(rows, row, 0, 0),
                    .priced = db_result_text(rows, row, 7) != NULL,
                    .quote = number(rows, row, 4, 0),
                    .until = number(rows, row, 5, INT64_MAX),
                    .last = {.pair = (int32_t)number(rows, row, 7, 0),
                             .rate = number(rows, row, 8, JUDGE_UNKNOWN),
                             .log = number(rows, row, 9, JUDGE_UNKNOWN),
                             .fee_200 = number(rows, row, 10, 0),
                             .terms = number(rows, row, 11, 0)},
                    .told_at = number(rows, row, 17, 0)},
        .is_new = !db_result_bool(rows, row, 1),
        .fresh_id = number(rows, row, 3, 0),
        .held = take_content(held.content, db_result_text(rows, row, 13)) ? &held : NULL,
    };
    struct feed_service *service = &known.service;
    struct span corridor = db_result_span(rows, row, 2);
    if (corridor.at && corridor.len == sizeof service->corridor - 1) {
        memcpy(service->corridor, corridor.at, corridor.len);
    }
    service->said = take_content(service->content, db_result_text(rows, row, 6));
    /* What somebody else is changing may be another in a moment. */
    if (!known.is_new && !known.held &&
        (asked->entry == SIZE_MAX || ask->entries[asked->entry].state != FEED_ENTRY_BUSY)) {
        feed_memory_put(ask->knowledge->memory, asked->submission->operator_id, quote->ref,
                        quote->first_transfer, service);
    }
    feed_item_judge(asked->item, &known, ask->knowledge->market, ask->at);
}

/* A new service that two items share, by its two prices, was given a number twice. */
static void join_new_services(struct feed_ask *ask)
{
    for (size_t i = 1; i < ask->item_count; i++) {
        struct feed_item *item = ask->items[i].item;
        if (!item->new_service) {
            continue;
        }
        for (size_t k = i; k-- > 0 && ask->items[k].submission == ask->items[i].submission;) {
            const struct feed_item *before = ask->items[k].item;
            if (before->new_service && before->quote.first_transfer != item->quote.first_transfer &&
                strcmp(before->quote.ref, item->quote.ref) == 0) {
                item->service = before->service;
                item->new_service = false;
                if (strcmp(before->quote.corridor, item->quote.corridor) != 0) {
                    feed_item_elsewhere(item, before->quote.corridor);
                }
                break;
            }
        }
    }
}

static void take_gone(struct feed_ask *ask, const struct db_result *rows)
{
    for (size_t row = 0; row < db_result_rows(rows); row++) {
        int64_t n = number(rows, row, 0, 1);
        size_t i = 0;
        while (ask->entries[i].submission->kind != FEED_WITHDRAW || --n > 0) {
            i++;
        }
        if (!grow(&ask->withdrawals, ask->withdrawal_count, &ask->withdrawal_cap,
                  sizeof(struct feed_withdrawn))) {
            log_error("out of memory");
            abort();
        }
        struct feed_entry *entry = &ask->entries[i];
        if (entry->withdrawn_count++ == 0) {
            entry->withdrawn_first = ask->withdrawal_count;
        }
        ask->withdrawals[ask->withdrawal_count++] = (struct feed_withdrawn){
            number(rows, row, 1, 0), strcmp(db_result_text(rows, row, 2), "first_transfer") == 0};
    }
}

void feed_ask_rows(struct feed_ask *ask, const struct db_statement *statement,
                   const struct db_result *rows)
{
    if (statement == &feed_numbers_statement) {
        feed_knowledge_numbers(ask->knowledge, rows);
    } else if (statement == &feed_ask_locks_sql) {
        take_locks(ask, rows);
    } else if (statement == &feed_ask_keys_sql) {
        take_keys(ask, rows);
    } else if (statement == &feed_ask_earlier_sql) {
        take_earlier(ask, rows);
    } else if (statement == &feed_ask_nonces_sql) {
        take_nonces(ask, rows);
    } else if (statement == &feed_ask_standing_sql) {
        take_standing(ask, rows);
    } else if (statement == &feed_ask_items_sql) {
        for (size_t row = 0; row < db_result_rows(rows) && row < ask->item_count; row++) {
            take_item(ask, rows, row);
        }
        join_new_services(ask);
    } else if (statement == &feed_ask_gone_sql) {
        take_gone(ask, rows);
    } else {
        feed_market_rows(ask->knowledge->market, &ask->question, statement, rows, ask->now);
    }
}
