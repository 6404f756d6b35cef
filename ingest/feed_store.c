/*
 * Items to rows. It is the writer's inner loop, so values are printed straight into the arrays and
 * nothing is quoted.
 */
#include "ingest/feed_store.h"

#include <endian.h>
#include <stdio.h>

#define ARRAY_MAX ((size_t)32 << 20)
#define YEAR_2000 INT64_C(946684800000000)

/* ---- Statements ---- */

static const struct db_statement store_services = {
    "feed_store_services",
    "INSERT INTO corridor.service (id, operator, ref, corridor) OVERRIDING SYSTEM VALUE"
    " SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])",
    FEED_SERVICE_COUNT};

static const struct db_statement store_submissions = {
    "feed_store_submissions",
    "INSERT INTO corridor.submission (recorded_at, id, kind, operator, source, sha256,"
    " idempotency_key, key_id, rows_read, taken, quarantined, refused, unchanged, status, answer)"
    " OVERRIDING SYSTEM VALUE"
    " SELECT $1::timestamptz, id, 'feed', operator, source, sha256, key, key_id, rows_read, taken,"
    "  quarantined, refused, unchanged, status, answer"
    " FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[],"
    "  $8::integer[], $9::integer[], $10::integer[], $11::integer[], $12::integer[],"
    "  $13::integer[], $14::text[]) AS u (id, operator, source, sha256, key, key_id, rows_read,"
    "  taken, quarantined, refused, unchanged, status, answer)",
    1 + FEED_SUBMISSION_COUNT};

#define QUOTE_PARAMETERS                                                                        \
    "$2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[]," \
    " $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::integer[],"          \
    " $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::timestamptz[],"     \
    " $21::timestamptz[], $22::boolean[], $23::bytea[], $24::integer[], $25::bigint[],"         \
    " $26::bigint[], $27::bigint[], $28::bigint[]"

static const struct db_statement store_quotes = {
    "feed_store_quotes", "SELECT corridor.store_quotes($1::timestamptz, " QUOTE_PARAMETERS ")",
    1 + FEED_QUOTE_COUNT};

static const struct db_statement store_held = {
    "feed_store_held",
    "INSERT INTO corridor.quarantined_quote (recorded_at, id, submission, service, corridor, price,"
    " send_currency, receive_currency, pay_in, access_point, pay_out, speed, coverage,"
    " pickup_points, tariff, receive_fee, tax_pct, min, max, collected_at, valid_from, valid_until,"
    " is_new, content, judged_pair, judged_rate, judged_log, judged_fee_200, judged_terms, code,"
    " field, reason, far)"
    " SELECT $1::timestamptz, id, submission, service, corridor, price, send, receive,"
    "  pay_in::text[], access_point::text[], pay_out::text[], speed, coverage, points,"
    "  tariff::jsonb, receive_fee::numeric, tax_pct::numeric, min::numeric, max::numeric,"
    "  $1::timestamptz, valid_from, valid_until, is_new, content, pair, rate, log, fee_200,"
    "  terms, code, field, reason, far"
    " FROM unnest(" QUOTE_PARAMETERS ", $29::text[], $30::text[], $31::text[], $32::boolean[])"
    "  AS u (id, submission, service, corridor, price, send, receive, pay_in, access_point,"
    "  pay_out, speed, coverage, points, tariff, receive_fee, tax_pct, min, max, valid_from,"
    "  valid_until, is_new, content, pair, rate, log, fee_200, terms, code, field, reason, far)",
    1 + FEED_QUOTE_COUNT + FEED_HELD_COUNT};

static const struct db_statement store_withdrawals = {
    "feed_store_withdrawals",
    "SELECT corridor.store_withdrawals($1::timestamptz, $2::bigint[], $3::bigint[], $4::text[])",
    1 + FEED_WITHDRAWAL_COUNT};

const struct db_statement feed_notify = {"feed_notify", "SELECT pg_notify('corridor_changes', '')",
                                         0};

#define COLUMN_TYPE(name, type) DB_ARRAY_##type,
static const enum db_array_type quote_types[FEED_QUOTE_COUNT] = {FEED_QUOTE_COLUMNS(COLUMN_TYPE)};
static const enum db_array_type held_types[FEED_HELD_COUNT] = {DB_ARRAY_TEXT, DB_ARRAY_TEXT,
                                                               DB_ARRAY_TEXT, DB_ARRAY_BOOL};
static const enum db_array_type service_types[FEED_SERVICE_COUNT] = {DB_ARRAY_INT8, DB_ARRAY_TEXT,
                                                                     DB_ARRAY_TEXT, DB_ARRAY_TEXT};
static const enum db_array_type submission_types[FEED_SUBMISSION_COUNT] = {
    DB_ARRAY_INT8, DB_ARRAY_TEXT, DB_ARRAY_TEXT, DB_ARRAY_BYTEA, DB_ARRAY_TEXT,
    DB_ARRAY_TEXT, DB_ARRAY_INT4, DB_ARRAY_INT4, DB_ARRAY_INT4,  DB_ARRAY_INT4,
    DB_ARRAY_INT4, DB_ARRAY_INT4, DB_ARRAY_TEXT};
static const enum db_array_type withdrawal_types[FEED_WITHDRAWAL_COUNT] = {
    DB_ARRAY_INT8, DB_ARRAY_INT8, DB_ARRAY_TEXT};

/* ---- Life ---- */

static void each(struct db_array *arrays, size_t count, void (*what)(struct db_array *))
{
    for (size_t i = 0; i < count; i++) {
        what(&arrays[i]);
    }
}

static void all(struct feed_store *store, void (*what)(struct db_array *))
{
    each(store->quotes, COUNT_OF(store->quotes), what);
    each(store->held, COUNT_OF(store->held), what);
    each(store->held_why, COUNT_OF(store->held_why), what);
    each(store->services, COUNT_OF(store->services), what);
    each(store->submissions, COUNT_OF(store->submissions), what);
    each(store->withdrawals, COUNT_OF(store->withdrawals), what);
}

static void init(struct db_array *array)
{
    db_array_init(array, ARRAY_MAX);
}

void feed_store_init(struct feed_store *store)
{
    all(store, init);
    out_init(&store->tariff, 64U << 10);
}

void feed_store_free(struct feed_store *store)
{
    all(store, db_array_free);
    out_free(&store->tariff);
}

struct db_value feed_instant_value(char buffer[8], int64_t at)
{
    uint64_t wire = htobe64((uint64_t)(at - YEAR_2000));
    memcpy(buffer, &wire, sizeof wire);
    return (struct db_value){buffer, sizeof wire, true};
}

void feed_store_begin(struct feed_store *store, int64_t at)
{
    all(store, db_array_clear);
    (void)feed_instant_value(store->at, at);
}

/* ---- Rows ---- */

static void put_money(struct db_array *array, int64_t minor, const struct currency *currency)
{
    char text[MONEY_TEXT_MAX];
    size_t len = money_print(text, sizeof text, minor, currency);
    db_array_bytes(array, (struct span){text, len});
}

static void put_set(struct db_array *array, size_t (*print)(char *, unsigned), unsigned set)
{
    char text[SERVICE_SET_TEXT_MAX];
    size_t len = print(text, set);
    db_array_bytes(array, (struct span){text, len});
}

static void put_judged(struct db_array *array, int64_t value)
{
    if (value == JUDGE_UNKNOWN) {
        db_array_null(array);
    } else {
        db_array_int8(array, value);
    }
}

/* A member that is money, without a comma before it. */
static void write_money(struct out *out, const char *key, int64_t minor,
                        const struct currency *currency)
{
    char text[MONEY_TEXT_MAX];
    out_text(out, key);
    out_bytes(out, text, money_print(text, sizeof text, minor, currency));
    out_char(out, '"');
}

/* As tariff_bands_to_json, but straight into the buffer. */
static void put_tariff(struct feed_store *store, struct db_array *array, const struct tariff *t)
{
    struct out *out = &store->tariff;
    char text[RATE_TEXT_MAX + PERCENT_TEXT_MAX];
    out_clear(out);
    for (uint32_t i = 0; i < t->count; i++) {
        const struct tariff_band *b = &t->bands[i];
        write_money(out, i == 0 ? "[{\"from\":\"" : ",{\"from\":\"", b->from, t->send);
        if (b->to == TARIFF_NO_LIMIT) {
            out_text(out, ",\"to\":null");
        } else {
            write_money(out, ",\"to\":\"", b->to, t->send);
        }
        write_money(out, ",\"fee\":\"", b->fee, t->send);
        out_text(out, ",\"fee_pct\":\"");
        out_bytes(out, text,
                  decimal_print(text, sizeof text, (struct decimal){b->fee_pct, PERCENT_SCALE}));
        write_money(out, "\",\"fee_min\":\"", b->fee_min, t->send);
        if (b->fee_max == TARIFF_NO_LIMIT) {
            out_text(out, ",\"fee_max\":null");
        } else {
            write_money(out, ",\"fee_max\":\"", b->fee_max, t->send);
        }
        if (b->rate.units == 0) {
            out_text(out, ",\"rate\":null}");
        } else {
            out_text(out, ",\"rate\":\"");
            out_bytes(out, text, rate_print(text, sizeof text, b->rate));
            out_text(out, "\"}");
        }
    }
    out_char(out, ']');
    db_array_bytes(array, out_span(out));
}

static void put_quote(struct feed_store *store, struct db_array *to, int64_t submission,
                      const struct feed_item *item)
{
    const struct feed_quote *q = &item->quote;
    const struct tariff *t = &q->tariff;
    char text[DECIMAL_TEXT_MAX];
    db_array_int8(&to[FEED_QUOTE_ID], item->id);
    db_array_int8(&to[FEED_QUOTE_SUBMISSION], submission);
    db_array_int8(&to[FEED_QUOTE_SERVICE], item->service);
    db_array_text(&to[FEED_QUOTE_CORRIDOR], q->corridor);
    db_array_text(&to[FEED_QUOTE_PRICE], feed_price_word(q->first_transfer));
    db_array_text(&to[FEED_QUOTE_SEND], t->send->code);
    db_array_text(&to[FEED_QUOTE_RECEIVE], t->receive->code);
    put_set(&to[FEED_QUOTE_PAY_IN], pay_in_set_print, q->pay_in);
    put_set(&to[FEED_QUOTE_ACCESS_POINT], access_point_set_print, q->access_point);
    put_set(&to[FEED_QUOTE_PAY_OUT], pay_out_set_print, q->pay_out);
    db_array_text(&to[FEED_QUOTE_SPEED], speed_code(q->speed));
    db_array_text(&to[FEED_QUOTE_COVERAGE], coverage_code(q->coverage));
    if (q->pickup_points < 0) {
        db_array_null(&to[FEED_QUOTE_POINTS]);
    } else {
        db_array_int4(&to[FEED_QUOTE_POINTS], q->pickup_points);
    }
    put_tariff(store, &to[FEED_QUOTE_TARIFF], t);
    put_money(&to[FEED_QUOTE_RECEIVE_FEE], t->receive_fee, t->receive);
    db_array_bytes(&to[FEED_QUOTE_TAX_PCT],
                   (struct span){text, decimal_print(text, sizeof text,
                                                     (struct decimal){t->tax_pct, PERCENT_SCALE})});
    put_money(&to[FEED_QUOTE_MIN], t->min, t->send);
    if (t->max == TARIFF_NO_LIMIT) {
        db_array_null(&to[FEED_QUOTE_MAX]);
    } else {
        put_money(&to[FEED_QUOTE_MAX], t->max, t->send);
    }
    db_array_instant(&to[FEED_QUOTE_VALID_FROM], q->valid_from);
    db_array_instant(&to[FEED_QUOTE_VALID_UNTIL], q->valid_until);
    db_array_bool(&to[FEED_QUOTE_IS_NEW], item->is_new);
    db_array_bytes(&to[FEED_QUOTE_CONTENT],
                   (struct span){(const char *)item->content, sizeof item->content});
    db_array_int4(&to[FEED_QUOTE_JUDGED_PAIR], item->price.pair);
    put_judged(&to[FEED_QUOTE_JUDGED_RATE], item->price.rate);
    put_judged(&to[FEED_QUOTE_JUDGED_LOG], item->price.log);
    put_judged(&to[FEED_QUOTE_JUDGED_FEE_200], item->price.fee_200);
    put_judged(&to[FEED_QUOTE_JUDGED_TERMS], item->price.terms);
}

void feed_store_item(struct feed_store *store, const char *operator_id, int64_t submission,
                     const struct feed_item *item)
{
    bool held = item->status == FEED_QUARANTINED;
    if ((item->status != FEED_ACCEPTED && !held) || item->held_again) {
        return;
    }
    if (item->new_service) {
        db_array_int8(&store->services[FEED_SERVICE_ID], item->service);
        db_array_text(&store->services[FEED_SERVICE_OPERATOR], operator_id);
        db_array_text(&store->services[FEED_SERVICE_REF], item->quote.ref);
        db_array_text(&store->services[FEED_SERVICE_CORRIDOR], item->quote.corridor);
    }
    put_quote(store, held ? store->held : store->quotes, submission, item);
    if (held) {
        db_array_text(&store->held_why[FEED_HELD_CODE], refusal_word(item->why.code));
        db_array_text(&store->held_why[FEED_HELD_FIELD], item->why.field);
        db_array_text(&store->held_why[FEED_HELD_REASON], item->why.reason);
        db_array_bool(&store->held_why[FEED_HELD_FAR], item->far);
    }
}

void feed_store_withdrawal(struct feed_store *store, int64_t submission, int64_t service,
                           const char *price)
{
    db_array_int8(&store->withdrawals[FEED_WITHDRAWAL_SUBMISSION], submission);
    db_array_int8(&store->withdrawals[FEED_WITHDRAWAL_SERVICE], service);
    db_array_text(&store->withdrawals[FEED_WITHDRAWAL_PRICE], price);
}

void feed_store_submission(struct feed_store *store, const struct feed_submission *submission,
                           int status, struct span answer)
{
    struct db_array *to = store->submissions;
    const int64_t *counts = submission->counts;
    db_array_int8(to++, submission->id);
    db_array_text(to++, submission->operator_id);
    db_array_text(to++, submission->source);
    db_array_bytes(to++,
                   (struct span){(const char *)submission->sha256, sizeof submission->sha256});
    db_array_text(to++, submission->key);
    db_array_text(to++, submission->key_id);
    db_array_int4(to++, (int32_t)(counts[FEED_ACCEPTED] + counts[FEED_QUARANTINED] +
                                  counts[FEED_REFUSED] + counts[FEED_UNCHANGED]));
    db_array_int4(to++, (int32_t)counts[FEED_ACCEPTED]);
    db_array_int4(to++, (int32_t)counts[FEED_QUARANTINED]);
    db_array_int4(to++, (int32_t)counts[FEED_REFUSED]);
    db_array_int4(to++, (int32_t)counts[FEED_UNCHANGED]);
    db_array_int4(to++, status);
    if (answer.at) {
        db_array_bytes(to, answer);
    } else {
        db_array_null(to);
    }
}

/* ---- Commands ---- */

bool feed_store_commands(struct feed_store *store, struct db_command *commands, size_t *count)
{
    const struct db_value at = {store->at, sizeof store->at, true};
    bool ok = true;
    bool shown = store->quotes[0].count > 0 || store->withdrawals[0].count > 0;
    *count = 0;
    if (store->services[0].count > 0) {
        ok = ok && db_array_values(store->service_values, store->services, service_types,
                                   FEED_SERVICE_COUNT);
        commands[(*count)++] = (struct db_command){&store_services, store->service_values};
    }
    if (store->submissions[0].count > 0) {
        store->submission_values[0] = at;
        ok = ok && db_array_values(store->submission_values + 1, store->submissions,
                                   submission_types, FEED_SUBMISSION_COUNT);
        commands[(*count)++] = (struct db_command){&store_submissions, store->submission_values};
    }
    if (store->quotes[0].count > 0) {
        store->quote_values[0] = at;
        ok = ok &&
             db_array_values(store->quote_values + 1, store->quotes, quote_types, FEED_QUOTE_COUNT);
        commands[(*count)++] = (struct db_command){&store_quotes, store->quote_values};
    }
    if (store->held[0].count > 0) {
        store->held_values[0] = at;
        ok = ok &&
             db_array_values(store->held_values + 1, store->held, quote_types, FEED_QUOTE_COUNT) &&
             db_array_values(store->held_values + 1 + FEED_QUOTE_COUNT, store->held_why, held_types,
                             FEED_HELD_COUNT);
        commands[(*count)++] = (struct db_command){&store_held, store->held_values};
    }
    if (store->withdrawals[0].count > 0) {
        store->withdrawal_values[0] = at;
        ok = ok && db_array_values(store->withdrawal_values + 1, store->withdrawals,
                                   withdrawal_types, FEED_WITHDRAWAL_COUNT);
        commands[(*count)++] = (struct db_command){&store_withdrawals, store->withdrawal_values};
    }
    if (shown) {
        commands[(*count)++] = (struct db_command){&feed_notify, NULL};
    }
    return ok;
}
