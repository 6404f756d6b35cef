/*
 * Survey rows into the record. The hard part is to be quick and exact at once: the file goes by
 * COPY into a temporary table, what the record already has is told by the content's digest, and the
 * rest is stored by one statement per table in a transaction that begins only when the whole file
 * is known to be good.
 */
#include <ingest/rpw_store.h>

#include <ingest/import_session.h>
#include <ingest/operator_directory.h>

#include <stdio.h>
#include <stdlib.h>

/* Columns of the temporary table, in the order of COPY. */
#define INCOMING(X)                              \
    X(LINE, line, "bigint")                      \
    X(SOURCE_ID, source_id, "text")              \
    X(CONTENT, content, "bytea")                 \
    X(PERIOD, period, "text")                    \
    X(CORRIDOR, corridor, "text")                \
    X(OPERATOR, operator, "text")                \
    X(FIRM, firm, "text")                        \
    X(FIRM_TYPE, firm_type, "text")              \
    X(PAY_IN, pay_in, "text[]")                  \
    X(ACCESS_POINT, access_point, "text[]")      \
    X(PAY_OUT, pay_out, "text[]")                \
    X(SPEED, speed, "text")                      \
    X(COVERAGE, coverage, "text")                \
    X(TRANSPARENT, transparent, "boolean")       \
    X(SEND_CURRENCY, send_currency, "text")      \
    X(REFERENCE_RATE, reference_rate, "numeric") \
    X(COLLECTED_ON, collected_on, "date")        \
    X(PUBLISHED, published, "jsonb")             \
    X(PRINCIPAL_200, principal_200, "numeric")   \
    X(FEE_200, fee_200, "numeric")               \
    X(RATE_200, rate_200, "numeric")             \
    X(MARGIN_200, margin_200, "numeric")         \
    X(TOTAL_200, total_200, "numeric")           \
    X(CONSISTENT_200, consistent_200, "boolean") \
    X(PRINCIPAL_500, principal_500, "numeric")   \
    X(FEE_500, fee_500, "numeric")               \
    X(RATE_500, rate_500, "numeric")             \
    X(MARGIN_500, margin_500, "numeric")         \
    X(TOTAL_500, total_500, "numeric")           \
    X(CONSISTENT_500, consistent_500, "boolean")

#define INCOMING_ENUM(name, column, type)   IN_##name,
#define INCOMING_NAME(name, column, type)   #column,
#define INCOMING_COLUMN(name, column, type) ", " #column " " type
enum incoming {
    INCOMING(INCOMING_ENUM) INCOMING_COUNT
};
static const char *const incoming_columns[INCOMING_COUNT] = {INCOMING(INCOMING_NAME)};

/* Of the session that takes a file: what its joins hash is some 50 bytes a row. */
static const char session_sql[] = "SET work_mem = '128MB'; SET temp_buffers = '64MB'";

static const char create_sql[] =
    "CREATE TEMPORARY TABLE incoming (place bigint GENERATED ALWAYS AS IDENTITY" INCOMING(
        INCOMING_COLUMN) ")";

/*
 * An id names a row of one quarter. Where a file has it in another quarter too (its two sheets may
 * count alike), that is another row: it is kept under its id and quarter, 123@2017-Q1, the earlier
 * row under the id alone. Within a quarter a second row of an id is refused.
 */
static const char apart_sql[] =
    "UPDATE incoming i SET source_id = i.source_id || '@' || i.period FROM ("
    " SELECT DISTINCT ON (source_id) source_id, period FROM incoming"
    " WHERE source_id IN (SELECT source_id FROM incoming"
    "                     GROUP BY source_id HAVING min(period) <> max(period))"
    " ORDER BY source_id, place) r "
    "WHERE r.source_id = i.source_id AND r.period <> i.period";

static const char repeated_sql[] =
    "WITH gone AS ("
    " DELETE FROM incoming i USING ("
    "  SELECT source_id, min(place) AS first FROM incoming"
    "  GROUP BY source_id HAVING count(*) > 1) r"
    " WHERE r.source_id = i.source_id AND i.place > r.first RETURNING i.line) "
    "SELECT line FROM gone ORDER BY line";

/*
 * What the record lacks: unknown rows, and those whose latest version reads otherwise. They are
 * numbered here, so that a row and its prices are stored without asking for the number again. This
 * table is narrow and is what joins hash; the wide rows are read past it in their order, never
 * sorted.
 */
static const char fresh_sql[] = "CREATE TEMPORARY TABLE fresh AS "
                                "SELECT i.place, before.corridor AS corridor_before,"
                                "  nextval('corridor.observation_id_seq') AS id "
                                "FROM incoming i LEFT JOIN LATERAL ("
                                "  SELECT o.content, o.corridor FROM corridor.observation o"
                                "  WHERE o.source = 'rpw' AND o.source_id = i.source_id"
                                "  ORDER BY o.recorded_at DESC LIMIT 1) before ON true "
                                "WHERE before.content IS DISTINCT FROM i.content";

static const char operators_sql[] = "INSERT INTO corridor.operator (id, name, type, origin) "
                                    "SELECT operator, (array_agg(firm ORDER BY place))[1],"
                                    "       mode() WITHIN GROUP (ORDER BY firm_type), 'survey' "
                                    "FROM incoming JOIN fresh USING (place) GROUP BY operator "
                                    "ON CONFLICT (id) DO NOTHING";

static const char observations_sql[] =
    "INSERT INTO corridor.observation (id, submission, source, source_id, content, period, "
    "corridor,"
    " operator, firm, firm_type, pay_in, access_point, pay_out, speed, coverage, transparent,"
    " send_currency, reference_rate, collected_on, published) OVERRIDING SYSTEM VALUE "
    "SELECT f.id, $1::bigint, 'rpw', source_id, content, period, corridor, operator, firm,"
    " firm_type, pay_in, access_point, pay_out, speed, coverage, transparent, send_currency,"
    " reference_rate, collected_on, published "
    "FROM incoming JOIN fresh f USING (place)";

static const char prices_sql[] =
    "INSERT INTO corridor.observed_price (observation, price_point_usd, principal, fee, rate,"
    " margin_pct, total_cost_pct, consistent) "
    "SELECT f.id, p.* FROM incoming i JOIN fresh f USING (place) CROSS JOIN LATERAL (VALUES"
    " (200, principal_200, fee_200, rate_200, margin_200, total_200, consistent_200),"
    " (500, principal_500, fee_500, rate_500, margin_500, total_500, consistent_500)"
    ") p (point, principal, fee, rate, margin_pct, total_cost_pct, consistent) "
    "WHERE p.principal IS NOT NULL AND p.total_cost_pct IS NOT NULL";

/* A correction may move a row: both corridors changed. */
static const char changes_sql[] =
    "INSERT INTO corridor.change_log (corridor) "
    "SELECT i.corridor FROM incoming i JOIN fresh USING (place) "
    "UNION SELECT corridor_before FROM fresh WHERE corridor_before IS NOT NULL";

struct rpw_store {
    struct db_session *session;
    struct operator_directory *operators;
    bool gathering;
};

static bool load_operators(struct rpw_store *store)
{
    struct db_result *known = db_session_query(
        store->session,
        "SELECT id, name, origin <> 'demonstration' FROM corridor.operator ORDER BY id", NULL, 0);
    size_t count = known ? db_result_rows(known) : 0;
    bool ok = known != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        ok = operator_directory_enter(store->operators, db_result_span(known, i, 0),
                                      db_result_span(known, i, 1), db_result_bool(known, i, 2));
    }
    db_result_free(known);
    return ok;
}

struct rpw_store *rpw_store_open(struct db_session *session)
{
    struct rpw_store *store = calloc(1, sizeof *store);
    if (!store) {
        return NULL;
    }
    store->session = session;
    store->operators = operator_directory_new();
    store->gathering = store->operators && load_operators(store) &&
                       db_session_script(session, session_sql) &&
                       db_session_script(session, create_sql) &&
                       db_session_copy_begin(session, "incoming", incoming_columns, INCOMING_COUNT);
    if (!store->gathering) {
        rpw_store_close(store);
        return NULL;
    }
    return store;
}

void rpw_store_close(struct rpw_store *store)
{
    if (store) {
        operator_directory_free(store->operators);
        free(store);
    }
}

static struct span text_or_null(const char *text)
{
    return text[0] != '\0' ? span_of(text) : (struct span){NULL, 0};
}

static void set_price(const struct rpw_price *price, struct span *values)
{
    if (price->present) {
        values[0] = span_of(price->principal);
        values[1] = text_or_null(price->fee);
        values[2] = text_or_null(price->rate);
        values[3] = text_or_null(price->margin_pct);
        values[4] = span_of(price->total_cost_pct);
    }
    if (price->checked) {
        values[5] = span_of(price->consistent ? "t" : "f");
    }
}

enum rpw_stored rpw_store_add(struct rpw_store *store, const struct rpw_observation *o,
                              struct span published, uint64_t line)
{
    static const char hex[] = "0123456789abcdef";
    char line_text[IMPORT_NUMBER_SIZE];
    char content[2 * sizeof o->content + 3] = "\\x";
    char pay_in[SERVICE_SET_TEXT_MAX];
    char access_point[SERVICE_SET_TEXT_MAX];
    char pay_out[SERVICE_SET_TEXT_MAX];
    struct span values[INCOMING_COUNT] = {{NULL, 0}};
    const char *operator_id = operator_directory_find(store->operators, o->firm);
    if (!operator_id) {
        return RPW_STORED_NO_NAME;
    }
    for (size_t i = 0; i < sizeof o->content; i++) {
        content[2 + 2 * i] = hex[o->content[i] >> 4];
        content[3 + 2 * i] = hex[o->content[i] & 15U];
    }
    (void)snprintf(line_text, sizeof line_text, "%llu", (unsigned long long)line);
    values[IN_LINE] = span_of(line_text);
    values[IN_SOURCE_ID] = o->id;
    values[IN_CONTENT] = span_of(content);
    values[IN_PERIOD] = span_of(o->period);
    values[IN_CORRIDOR] = span_of(o->corridor);
    values[IN_OPERATOR] = span_of(operator_id);
    values[IN_FIRM] = o->firm;
    values[IN_FIRM_TYPE] = span_of(firm_type_code(o->service.firm_type));
    values[IN_PAY_IN] = (struct span){pay_in, pay_in_set_print(pay_in, o->service.pay_in)};
    values[IN_ACCESS_POINT] =
        (struct span){access_point, access_point_set_print(access_point, o->service.access_point)};
    values[IN_PAY_OUT] = (struct span){pay_out, pay_out_set_print(pay_out, o->service.pay_out)};
    values[IN_SPEED] = span_of(speed_code(o->service.speed));
    values[IN_COVERAGE] = span_of(coverage_code(o->service.coverage));
    values[IN_TRANSPARENT] = span_of(o->transparent ? "t" : "f");
    values[IN_SEND_CURRENCY] = o->currency ? span_of(o->currency->code) : (struct span){NULL, 0};
    values[IN_REFERENCE_RATE] = text_or_null(o->reference_rate);
    values[IN_COLLECTED_ON] = text_or_null(o->collected_on);
    values[IN_PUBLISHED] = published;
    set_price(&o->prices[0], &values[IN_PRINCIPAL_200]);
    set_price(&o->prices[1], &values[IN_PRINCIPAL_500]);
    return db_session_copy_row(store->session, values) ? RPW_STORED : RPW_STORED_FAILED;
}

/* What the summary tells of a file, in one pass over its wide rows. */
#define FACTS(X)                                                                                 \
    X("corridors", "count(DISTINCT corridor)")                                                   \
    X("operators", "count(DISTINCT operator)")                                                   \
    X("periods", "count(DISTINCT period)")                                                       \
    X("rows not transparent", "count(*) FILTER (WHERE NOT transparent)")                         \
    X("rows without a price", "count(*) FILTER (WHERE total_200 IS NULL AND total_500 IS NULL)") \
    X("contradictory price points", "count(*) FILTER (WHERE NOT consistent_200)"                 \
                                    " + count(*) FILTER (WHERE NOT consistent_500)")
#define FACT_NAME(name, sql) name,
#define FACT_SQL(name, sql)  ", " sql
static const char facts_sql[] = "SELECT count(*)" FACTS(FACT_SQL) " FROM incoming";
static const char *const fact_names[] = {FACTS(FACT_NAME)};

static bool tell_facts(struct rpw_store *store, struct import_summary *summary, uint64_t *kept)
{
    struct db_result *result = db_session_query(store->session, facts_sql, NULL, 0);
    int64_t count = 0;
    bool ok = result && db_result_int64(result, 0, 0, &count);
    *kept = (uint64_t)count;
    for (size_t i = 0; ok && i < COUNT_OF(fact_names); i++) {
        ok = db_result_int64(result, 0, i + 1, &count);
        import_summary_fact(summary, fact_names[i], (uint64_t)count);
    }
    db_result_free(result);
    return ok;
}

/* Everything that only looks: what is there, and what of it the record lacks. */
static bool compare(struct rpw_store *store, struct import_summary *summary)
{
    struct db_session *session = store->session;
    uint64_t kept = 0;
    if (!db_session_copy_end(session, NULL) || !db_session_script(session, apart_sql) ||
        !import_refuse_lines(session, repeated_sql, rpw_refusal_text(RPW_REFUSED_REPEATED),
                             summary) ||
        !db_session_script(session, fresh_sql) || !db_session_script(session, "ANALYZE fresh") ||
        !import_count(session, "SELECT count(*) FROM fresh WHERE corridor_before IS NULL",
                      &summary->added) ||
        !import_count(session, "SELECT count(*) FROM fresh WHERE corridor_before IS NOT NULL",
                      &summary->corrected) ||
        !tell_facts(store, summary, &kept)) {
        return false;
    }
    summary->unchanged = kept - summary->added - summary->corrected;
    return true;
}

bool rpw_store_commit(struct rpw_store *store, struct import_summary *summary,
                      const unsigned char *digest)
{
    struct db_session *session = store->session;
    char submission[IMPORT_NUMBER_SIZE];
    const char *const params[] = {submission};
    if (!compare(store, summary)) {
        return false;
    }
    if (summary->added + summary->corrected == 0) {
        return true;
    }
    if (db_session_begin(session) &&
        import_submission(session, "survey", summary, digest, submission) &&
        db_session_exec(session, operators_sql, NULL, 0) &&
        db_session_exec(session, observations_sql, params, 1) &&
        db_session_exec(session, prices_sql, NULL, 0) &&
        db_session_exec(session, changes_sql, NULL, 0) &&
        db_session_script(session, "NOTIFY corridor_changes") && db_session_commit(session)) {
        return true;
    }
    db_session_rollback(session);
    return false;
}
