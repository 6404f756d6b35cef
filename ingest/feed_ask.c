/*
 * One round trip of questions. The hard part is two processes with one operator or one key: both
 * locks are tried, never waited for, so that no batch of many operators waits for one of them; and
 * the keys are looked up after the locks, in a statement of its own, so that what the other one has
 * committed is seen.
 */
#include "ingest/feed_ask.h"

#include <corridor/log.h>

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

/* The instant is taken behind the locks: whoever has a lock later has a later instant. */
static const struct db_statement ask_locks = {
    "feed_ask_locks",
    "SELECT o, pg_try_advisory_xact_lock(corridor.feed_lock(o)),"
    " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM unnest($1::text[]) AS o",
    1};

static const struct db_statement ask_keys = {
    "feed_ask_keys",
    "SELECT k.n, nextval('corridor.submission_id_seq'),"
    " k.key IS NULL OR pg_try_advisory_xact_lock(corridor.feed_lock(k.operator || ' ' || k.key))"
    " FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (operator, key, n) ORDER BY k.n",
    2};

/* By the key's index alone: planned while the table is small, it might be found by the operator's,
 * which then grows with every submission. */
static const struct db_statement ask_earlier = {
    "feed_ask_earlier",
    "SELECT k.n, d.id, d.source, encode(d.sha256, 'hex'), d.status, d.answer"
    " FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (operator, key, n)"
    " CROSS JOIN LATERAL (SELECT * FROM corridor.submission d WHERE d.idempotency_key = k.key"
    "  AND d.operator || '' = k.operator OFFSET 0) d",
    2};

static const struct db_statement ask_nonces = {
    "feed_ask_nonces",
    "SELECT item, state FROM corridor.feed_take_nonces($1::text[], $2::text[], $3::bigint[])", 3};

/* Of those whose nonce was taken in an earlier transaction: whose key has been ended since. */
static const struct db_statement ask_standing = {
    "feed_ask_standing",
    "SELECT k.n FROM unnest($1::text[]) WITH ORDINALITY AS k (id, n)"
    " WHERE NOT EXISTS (SELECT FROM corridor.valid_feed_key v WHERE v.id = k.id)",
    1};

/* OFFSET 0 keeps each look-up what it is, by its index, however small the tables are at first. */
static const struct db_statement ask_items = {
    "feed_ask_items",
    "SELECT coalesce(s.id, nextval('corridor.service_id_seq')), s.id IS NOT NULL, s.corridor,"
    " nextval('corridor.quote_id'), c.quote,"
    " (extract(epoch FROM c.valid_until) * 1000000)::bigint, encode(c.content, 'hex'),"
    " coalesce(c.judged_pair, w.judged_pair), coalesce(c.judged_rate, w.judged_rate),"
    " coalesce(c.judged_log, w.judged_log), coalesce(c.judged_fee_200, w.judged_fee_200),"
    " coalesce(c.judged_terms, w.judged_terms),"
    " h.id, encode(h.content, 'hex'), h.code, h.field, h.reason,"
    " (extract(epoch FROM greatest(c.recorded_at, h.recorded_at)) * 1000000)::bigint"
    " FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS u (operator, ref, price, "
    "n)"
    " LEFT JOIN LATERAL (SELECT * FROM corridor.service s"
    "  WHERE s.operator = u.operator AND s.ref = u.ref OFFSET 0) s ON true"
    " LEFT JOIN LATERAL (SELECT * FROM corridor.current_offer c"
    "  WHERE c.service = s.id AND c.price = u.price"
    "  ORDER BY c.recorded_at DESC, c.quote DESC LIMIT 1) c ON true"
    " LEFT JOIN LATERAL (SELECT * FROM corridor.withdrawal w"
    "  WHERE c.quote IS NULL AND w.service = s.id AND w.price = u.price"
    "  ORDER BY w.recorded_at DESC, w.id DESC LIMIT 1) w ON true"
    " LEFT JOIN LATERAL (SELECT * FROM corridor.quarantined_quote h"
    "  WHERE h.service = s.id AND h.price = u.price"
    "  ORDER BY h.recorded_at DESC LIMIT 1) h"
    "  ON h.recorded_at > greatest(c.recorded_at, w.recorded_at, '-infinity')"
    "  AND h.valid_until > now() AND NOT EXISTS (SELECT FROM corridor.quarantine_decision d"
    "   WHERE d.quote = h.id AND d.decision = 'reject')"
    " ORDER BY u.n",
    3};

static const struct db_statement ask_gone = {
    "feed_ask_gone",
    "SELECT g.n, o.service, o.price"
    " FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS g (operator, ref, n)"
    " JOIN corridor.service s ON s.operator = g.operator AND s.ref = g.ref"
    " CROSS JOIN LATERAL corridor.open_prices(s.id) o ORDER BY g.n",
    2};

void feed_ask_init(struct feed_ask *ask, struct feed_market *market)
{
    *ask = (struct feed_ask){.market = market};
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

static void ask_lock(struct feed_ask *ask, const struct feed_submission *submission)
{
    for (size_t i = 0; i + 1 < ask->count; i++) {
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

bool feed_ask_nonce(struct feed_ask *ask, struct feed_submission *submission)
{
    if (!grow(&ask->entries, ask->count, &ask->cap, sizeof(struct feed_entry))) {
        return false;
    }
    ask->entries[ask->count++] = (struct feed_entry){.submission = submission};
    add_nonce(ask, submission);
    return true;
}

bool feed_ask_items(struct feed_ask *ask, const struct feed_submission *submission,
                    struct feed_item *items, size_t count, int64_t now)
{
    ask->now = now;
    for (size_t i = 0; i < count; i++) {
        struct feed_item *item = &items[i];
        if (item->status == FEED_REFUSED) {
            continue;
        }
        if (!grow(&ask->items, ask->item_count, &ask->item_cap, sizeof ask->items[0])) {
            return false;
        }
        ask->items[ask->item_count++] = (struct feed_asked){item, submission};
        db_array_text(&ask->arrays[ITEM_OPERATORS], submission->operator_id);
        db_array_text(&ask->arrays[ITEM_REFS], item->quote.ref);
        db_array_text(&ask->arrays[ITEM_PRICES], feed_price_word(item->quote.first_transfer));
        feed_market_need(ask->market, &item->quote, now, &ask->question);
    }
    return true;
}

bool feed_ask_submission(struct feed_ask *ask, struct feed_submission *submission, int64_t now)
{
    if (!grow(&ask->entries, ask->count, &ask->cap, sizeof(struct feed_entry))) {
        return false;
    }
    ask->entries[ask->count++] = (struct feed_entry){.submission = submission};
    ask_lock(ask, submission);
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
    return feed_ask_items(ask, submission, submission->items, submission->count, now);
}

static bool add(struct feed_ask *ask, struct db_command *commands, size_t *count, size_t *used,
                const struct db_statement *statement, size_t first)
{
    bool ok = true;
    struct db_value *values = &ask->values[*used];
    for (size_t i = 0; i < statement->params; i++) {
        values[i] = db_array_value(&ask->arrays[first + i], types[first + i]);
        ok = ok && !out_failed(&ask->arrays[first + i].out);
    }
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
        ok = add(ask, commands, count, &used, &ask_locks, OPERATORS) &&
             add(ask, commands, count, &used, &ask_keys, KEY_OPERATORS) &&
             add(ask, commands, count, &used, &ask_earlier, KEY_OPERATORS);
    }
    if (ok && ask->arrays[NONCES].count > 0) {
        ok = add(ask, commands, count, &used, &ask_nonces, NONCE_KEYS);
    }
    if (ok && ask->arrays[STANDING].count > 0) {
        ok = add(ask, commands, count, &used, &ask_standing, STANDING);
    }
    if (ok) {
        *count += feed_market_commands(&ask->question, commands + *count);
    }
    if (ok && ask->item_count > 0) {
        ok = add(ask, commands, count, &used, &ask_items, ITEM_OPERATORS);
    }
    if (ok && ask->arrays[GONE_REFS].count > 0) {
        ok = add(ask, commands, count, &used, &ask_gone, GONE_OPERATORS);
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
        entry->submission->id = number(rows, row, 1, 0);
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

static void take_item(struct feed_ask *ask, const struct db_result *rows, size_t row,
                      struct feed_item *item)
{
    struct feed_known known = {
        .service = number(rows, row, 0, 0),
        .known = db_result_bool(rows, row, 1),
        .fresh_id = number(rows, row, 3, 0),
        .current_id = number(rows, row, 4, 0),
        .current_until = number(rows, row, 5, INT64_MAX),
        .current_content = db_result_text(rows, row, 6),
        .priced = db_result_text(rows, row, 7) != NULL,
        .last = {.pair = (int32_t)number(rows, row, 7, 0),
                 .rate = number(rows, row, 8, JUDGE_UNKNOWN),
                 .log = number(rows, row, 9, JUDGE_UNKNOWN),
                 .fee_200 = number(rows, row, 10, 0),
                 .terms = number(rows, row, 11, 0)},
        .held_id = number(rows, row, 12, 0),
        .held_content = db_result_text(rows, row, 13),
        .held_code = db_result_text(rows, row, 14),
        .held_field = db_result_text(rows, row, 15),
        .held_reason = db_result_text(rows, row, 16),
        .told_at = number(rows, row, 17, 0),
    };
    struct span corridor = db_result_span(rows, row, 2);
    if (corridor.at && corridor.len == sizeof known.corridor - 1) {
        memcpy(known.corridor, corridor.at, corridor.len);
    }
    feed_item_judge(item, &known, ask->market, ask->at);
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
    if (statement == &ask_locks) {
        take_locks(ask, rows);
    } else if (statement == &ask_keys) {
        take_keys(ask, rows);
    } else if (statement == &ask_earlier) {
        take_earlier(ask, rows);
    } else if (statement == &ask_nonces) {
        take_nonces(ask, rows);
    } else if (statement == &ask_standing) {
        take_standing(ask, rows);
    } else if (statement == &ask_items) {
        for (size_t row = 0; row < db_result_rows(rows) && row < ask->item_count; row++) {
            take_item(ask, rows, row, ask->items[row].item);
        }
        join_new_services(ask);
    } else if (statement == &ask_gone) {
        take_gone(ask, rows);
    } else {
        feed_market_rows(ask->market, &ask->question, statement, rows, ask->now);
    }
}
