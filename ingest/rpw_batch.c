/*
 * Rows into the record by COPY. The hard part is that COPY can only add: what the record has is
 * asked before, for all rows of the batch at once, and the rows are numbered here, so that a row
 * and its prices are stored without asking for the number again.
 */
#include <ingest/rpw_batch.h>

#include <ingest/import_session.h>

#include <corridor/db_session.h>
#include <corridor/out.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    TEXTS_FIRST = 1536 * 1024,
    /* Of a row's texts all but id, firm and published row: digits, codes, a digest. */
    FIXED_TEXTS = 2048,
    CONTENT_SIZE = 2 + 2 * 32 /* as bytea's text: \x and hexadecimal digits */
};

/* What a row gives of its observation, in the order of COPY; what is the same for all goes before
 * it. */
#define OBSERVED(X)                   \
    X(SOURCE_ID, source_id)           \
    X(CONTENT, content)               \
    X(PERIOD, period)                 \
    X(CORRIDOR, corridor)             \
    X(OPERATOR, operator)             \
    X(FIRM, firm)                     \
    X(FIRM_TYPE, firm_type)           \
    X(PAY_IN, pay_in)                 \
    X(ACCESS_POINT, access_point)     \
    X(PAY_OUT, pay_out)               \
    X(SPEED, speed)                   \
    X(COVERAGE, coverage)             \
    X(TRANSPARENT, transparent)       \
    X(SEND_CURRENCY, send_currency)   \
    X(REFERENCE_RATE, reference_rate) \
    X(COLLECTED_ON, collected_on)     \
    X(PUBLISHED, published)

#define OBSERVED_ENUM(name, column) ROW_##name,
#define OBSERVED_NAME(name, column) #column,
enum observed {
    OBSERVED(OBSERVED_ENUM) ROW_COUNT
};
static_assert(sizeof((struct rpw_storing *)0)->submission == IMPORT_NUMBER_SIZE,
              "a submission's number has its room");
static_assert((int)ROW_COUNT == (int)RPW_BATCH_OBSERVED, "a row has a place for each column");

enum {
    BEFORE = 3 /* id, submission, source */
};
static const char *const observation_columns[] = {"id", "submission", "source",
                                                  OBSERVED(OBSERVED_NAME)};
static const char *const price_columns[] = {
    "observation", "price_point_usd", "principal",      "fee",
    "rate",        "margin_pct",      "total_cost_pct", "consistent"};

/* The latest version of each row that the record has, by its place in the batch. */
static const char known_sql[] =
    "SELECT i.n - 1, o.content, o.corridor "
    "FROM unnest($1::text[]) WITH ORDINALITY i (source_id, n) CROSS JOIN LATERAL ("
    "  SELECT v.content, v.corridor FROM corridor.observation v"
    "  WHERE v.source = 'rpw' AND v.source_id = i.source_id"
    "  ORDER BY v.recorded_at DESC LIMIT 1) o";

static const char empty_sql[] =
    "SELECT NOT EXISTS (SELECT FROM corridor.observation WHERE source = 'rpw')";

static const char numbers_sql[] =
    "SELECT nextval('corridor.observation_id_seq') FROM generate_series(1, $1::integer)";

struct rpw_batch *rpw_batch_new(void)
{
    struct rpw_batch *batch = calloc(1, sizeof *batch);
    if (batch) {
        batch->texts = malloc(TEXTS_FIRST);
        batch->size = TEXTS_FIRST;
    }
    if (!batch || !batch->texts) {
        rpw_batch_free(batch);
        return NULL;
    }
    return batch;
}

void rpw_batch_free(struct rpw_batch *batch)
{
    if (batch) {
        free(batch->texts);
        free(batch);
    }
}

void rpw_batch_clear(struct rpw_batch *batch)
{
    batch->count = 0;
    batch->len = 0;
}

/* ---- Gathering ---- */

bool rpw_batch_is_full(const struct rpw_batch *batch, size_t bytes)
{
    return batch->count == RPW_BATCH_ROWS ||
           (batch->count > 0 && batch->size - batch->len < bytes + FIXED_TEXTS);
}

static struct span keep(struct rpw_batch *batch, struct span text)
{
    struct span kept = {batch->texts + batch->len, text.len};
    memcpy(batch->texts + batch->len, text.at, text.len);
    batch->len += text.len;
    return kept;
}

/* "" is null. */
static struct span keep_or_null(struct rpw_batch *batch, const char *text)
{
    return text[0] != '\0' ? keep(batch, span_of(text)) : (struct span){NULL, 0};
}

static struct span truth(bool value)
{
    return span_of(value ? "t" : "f");
}

static struct span keep_content(struct rpw_batch *batch, const unsigned char content[32])
{
    static const char hex[] = "0123456789abcdef";
    char text[CONTENT_SIZE] = "\\x";
    for (size_t i = 0; i < 32; i++) {
        text[2 + 2 * i] = hex[content[i] >> 4];
        text[3 + 2 * i] = hex[content[i] & 15U];
    }
    return keep(batch, (struct span){text, sizeof text});
}

static void add_price(struct rpw_batch *batch, const struct rpw_price *price, struct span *values)
{
    values[0] = (struct span){NULL, 0};
    if (price->present) {
        values[0] = keep(batch, span_of(price->principal));
        values[1] = keep_or_null(batch, price->fee);
        values[2] = keep_or_null(batch, price->rate);
        values[3] = keep_or_null(batch, price->margin_pct);
        values[4] = keep(batch, span_of(price->total_cost_pct));
        values[5] = price->checked ? truth(price->consistent) : (struct span){NULL, 0};
    }
}

bool rpw_batch_add(struct rpw_batch *batch, const struct rpw_observation *o, struct span source_id,
                   const char *operator_id, unsigned operator_number, struct span published)
{
    size_t needed = source_id.len + o->firm.len + published.len + FIXED_TEXTS;
    if (batch->size - batch->len < needed) {
        /* One row larger than a batch of them: nothing points into the texts yet. */
        char *grown = realloc(batch->texts, needed);
        if (!grown) {
            return false;
        }
        batch->texts = grown;
        batch->size = needed;
    }
    struct rpw_batch_row *row = &batch->rows[batch->count++];
    struct span *values = row->observed;
    char set[SERVICE_SET_TEXT_MAX];
    row->operator_number = operator_number;
    row->firm_type = o->service.firm_type;
    row->firm = keep(batch, o->firm);
    memcpy(row->corridor, o->corridor, sizeof row->corridor);
    values[ROW_SOURCE_ID] = keep(batch, source_id);
    values[ROW_CONTENT] = keep_content(batch, o->content);
    values[ROW_PERIOD] = keep(batch, span_of(o->period));
    values[ROW_CORRIDOR] = span_of(row->corridor);
    values[ROW_OPERATOR] = span_of(operator_id);
    values[ROW_FIRM] = row->firm;
    values[ROW_FIRM_TYPE] = span_of(firm_type_code(o->service.firm_type));
    values[ROW_PAY_IN] = keep(batch, (struct span){set, pay_in_set_print(set, o->service.pay_in)});
    values[ROW_ACCESS_POINT] =
        keep(batch, (struct span){set, access_point_set_print(set, o->service.access_point)});
    values[ROW_PAY_OUT] =
        keep(batch, (struct span){set, pay_out_set_print(set, o->service.pay_out)});
    values[ROW_SPEED] = span_of(speed_code(o->service.speed));
    values[ROW_COVERAGE] = span_of(coverage_code(o->service.coverage));
    values[ROW_TRANSPARENT] = truth(o->transparent);
    values[ROW_SEND_CURRENCY] = o->currency ? span_of(o->currency->code) : (struct span){NULL, 0};
    values[ROW_REFERENCE_RATE] = keep_or_null(batch, o->reference_rate);
    values[ROW_COLLECTED_ON] = keep_or_null(batch, o->collected_on);
    values[ROW_PUBLISHED] = keep(batch, published);
    for (size_t i = 0; i < RPW_PRICE_POINTS; i++) {
        add_price(batch, &o->prices[i], row->prices[i]);
    }
    return true;
}

/* ---- Storing ---- */

/* A record without survey rows need not be asked for each: only this import adds any. */
static bool ask_whether_empty(struct db_session *session, struct rpw_storing *storing)
{
    if (!storing->asked) {
        struct db_result *result = db_session_query(session, empty_sql, NULL, 0);
        storing->asked = result != NULL;
        storing->record_empty = result && db_result_bool(result, 0, 0);
        db_result_free(result);
    }
    return storing->asked;
}

/* Which rows the record has, and whether as they are. */
static bool compare(struct rpw_batch *batch, struct db_session *session,
                    struct rpw_storing *storing)
{
    struct out ids;
    for (size_t i = 0; i < batch->count; i++) {
        batch->rows[i].state = RPW_BATCH_ADDED;
    }
    if (!ask_whether_empty(session, storing) || storing->record_empty) {
        return storing->asked;
    }
    out_init(&ids, OUT_LIMIT_DEFAULT);
    for (size_t i = 0; i < batch->count; i++) {
        import_array_add(&ids, batch->rows[i].observed[ROW_SOURCE_ID]);
    }
    const char *const params[] = {import_array_end(&ids)};
    struct db_result *known =
        params[0] ? db_session_query(session, known_sql, params, COUNT_OF(params)) : NULL;
    size_t count = known ? db_result_rows(known) : 0;
    bool ok = known != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        int64_t at = 0;
        ok = db_result_int64(known, i, 0, &at) && at >= 0 && (size_t)at < batch->count;
        if (ok) {
            struct rpw_batch_row *row = &batch->rows[at];
            struct span content = db_result_span(known, i, 1);
            bool same = content.len == CONTENT_SIZE &&
                        memcmp(content.at, row->observed[ROW_CONTENT].at, CONTENT_SIZE) == 0;
            row->state = same ? RPW_BATCH_UNCHANGED : RPW_BATCH_CORRECTED;
            (void)snprintf(row->corridor_before, sizeof row->corridor_before, "%s",
                           db_result_text(known, i, 2));
        }
    }
    db_result_free(known);
    out_free(&ids);
    return ok;
}

/* `numbers` has one for each fresh row. */
static bool copy_observations(const struct rpw_batch *batch, struct db_session *session,
                              const struct db_result *numbers, const char *submission)
{
    struct span values[BEFORE + RPW_BATCH_OBSERVED] = {
        {NULL, 0}, span_of(submission), span_of("rpw")};
    size_t number = 0;
    bool ok = db_session_copy_begin(session, "observation", observation_columns,
                                    COUNT_OF(observation_columns));
    for (size_t i = 0; ok && i < batch->count; i++) {
        const struct rpw_batch_row *row = &batch->rows[i];
        if (row->state != RPW_BATCH_UNCHANGED) {
            values[0] = db_result_span(numbers, number++, 0);
            memcpy(values + BEFORE, row->observed, sizeof row->observed);
            ok = db_session_copy_row(session, values);
        }
    }
    return ok && db_session_copy_end(session, NULL);
}

static bool copy_prices(const struct rpw_batch *batch, struct db_session *session,
                        const struct db_result *numbers)
{
    static const char *const points[RPW_PRICE_POINTS] = {"200", "500"};
    struct span values[2 + RPW_BATCH_PRICE];
    size_t number = 0;
    bool ok =
        db_session_copy_begin(session, "observed_price", price_columns, COUNT_OF(price_columns));
    for (size_t i = 0; ok && i < batch->count; i++) {
        const struct rpw_batch_row *row = &batch->rows[i];
        if (row->state == RPW_BATCH_UNCHANGED) {
            continue;
        }
        values[0] = db_result_span(numbers, number++, 0);
        for (size_t p = 0; ok && p < RPW_PRICE_POINTS; p++) {
            if (row->prices[p][0].at) {
                values[1] = span_of(points[p]);
                memcpy(values + 2, row->prices[p], sizeof row->prices[p]);
                ok = db_session_copy_row(session, values);
            }
        }
    }
    return ok && db_session_copy_end(session, NULL);
}

bool rpw_batch_store(struct rpw_batch *batch, struct db_session *session,
                     struct rpw_storing *storing)
{
    char count[IMPORT_NUMBER_SIZE];
    const char *const params[] = {count};
    size_t fresh = 0;
    if (!compare(batch, session, storing)) {
        return false;
    }
    for (size_t i = 0; i < batch->count; i++) {
        fresh += batch->rows[i].state != RPW_BATCH_UNCHANGED;
    }
    if (fresh == 0) {
        return true;
    }
    if (storing->submission[0] == '\0' && !import_submission_number(session, storing->submission)) {
        return false;
    }
    (void)snprintf(count, sizeof count, "%zu", fresh);
    struct db_result *numbers = db_session_query(session, numbers_sql, params, COUNT_OF(params));
    bool ok = numbers && copy_observations(batch, session, numbers, storing->submission) &&
              copy_prices(batch, session, numbers);
    db_result_free(numbers);
    return ok;
}
