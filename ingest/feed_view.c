/*
 * What an operator asks about its own: quotes, submissions, a receipt. Signed like everything else,
 * so a nonce is taken in the transaction that reads. The answers are written by PostgreSQL row by
 * row, and joined here.
 */
#include "ingest/feed_http.h"

#include "ingest/feed_metrics.h"
#include "ingest/feed_stream.h"

#include <corridor/db.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LIMIT_MS   10000
#define PAGE       100
#define PAGE_TEXT  "101" /* one more, to know whether there is a next page */
#define ANSWER_MAX ((size_t)16 << 20)

static const struct db_statement take_nonce = {
    "feed_take_nonce",
    "SELECT state FROM corridor.feed_take_nonces(ARRAY[$1::text], ARRAY[$2::text],"
    " ARRAY[$3::bigint])",
    3};

#define INSTANT(value) "to_char(" value " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

/* Every service of a page has a row at least, so that the page's end is known. */
#define QUOTE_LIST                                                                                 \
    "q.id, q.recorded_at, q.price, q.send_currency, q.receive_currency, q.pay_in, q.access_point," \
    " q.pay_out, q.speed, q.coverage, q.pickup_points, q.tariff, q.receive_fee, q.tax_pct, q.min," \
    " q.max, q.valid_from, q.valid_until"

/* Lines around a macro would be cut to a word each. */
/* clang-format off */
static const struct db_statement read_quotes = {
    "feed_read_quotes",
    "SELECT s.ref, json_build_object('ref', s.ref, 'corridor', s.corridor, 'price', p.price,"
    " 'status', p.status, 'quote', p.id, 'code', p.code, 'field', p.field, 'reason', p.reason,"
    " 'recorded_at', " INSTANT("p.recorded_at") ", 'valid_from', " INSTANT("p.valid_from") ","
    " 'valid_until', " INSTANT("p.valid_until") ", 'send_currency', p.send_currency,"
    " 'receive_currency', p.receive_currency, 'pay_in', p.pay_in, 'access_point', p.access_point,"
    " 'pay_out', p.pay_out, 'speed', p.speed, 'coverage', p.coverage, 'pickup_points',"
    " p.pickup_points, 'tariff', p.tariff, 'receive_fee', trim_scale(p.receive_fee)::text,"
    " 'tax_pct', trim_scale(p.tax_pct)::text, 'min', trim_scale(p.min)::text, 'max',"
    " trim_scale(p.max)::text)::text, p.id IS NOT NULL FROM (SELECT * FROM corridor.service WHERE"
    " operator = $1 AND ref > $2 ORDER BY ref LIMIT " PAGE_TEXT ") s LEFT JOIN LATERAL (SELECT"
    " CASE WHEN q.valid_until <= now() THEN 'expired' WHEN q.valid_from > now() THEN 'announced'"
    " ELSE 'current' END AS status, NULL AS code, NULL AS field, NULL AS reason, " QUOTE_LIST
    " FROM corridor.current_offer c JOIN corridor.quote q ON q.id = c.quote AND q.recorded_at ="
    " c.recorded_at WHERE c.service = s.id UNION ALL SELECT CASE k.state WHEN 'waiting' THEN"
    " 'quarantined' ELSE k.state END, q.code, q.field, q.reason, " QUOTE_LIST " FROM"
    " corridor.quarantined_quote q JOIN corridor.quarantine k USING (id) WHERE q.service = s.id"
    " AND (k.state = 'waiting' OR (k.state = 'rejected' AND (q.recorded_at, q.id) > ALL (SELECT"
    " c.recorded_at, c.quote FROM corridor.current_offer c WHERE c.service = q.service AND"
    " c.price = q.price UNION ALL SELECT w.recorded_at, w.id FROM corridor.withdrawal w WHERE"
    " w.service = q.service AND w.price = q.price UNION ALL SELECT l.recorded_at, l.id FROM"
    " corridor.quarantined_quote l WHERE l.service = q.service AND l.price = q.price AND l.id <>"
    " q.id)))) p ON true ORDER BY s.ref, p.price DESC, p.recorded_at, p.id",
    2};
/* clang-format on */

/* How many a submission withdrew stands in the head of its answer alone; only a body has a digest.
 * Lines around a macro would be cut to a word each. */
/* clang-format off */
static const struct db_statement read_submissions = {
    "feed_read_submissions",
    "SELECT id, json_build_object('submission', id, 'key', idempotency_key, 'received_at',"
    " " INSTANT("recorded_at") ", 'what', source, 'sha256', CASE WHEN source NOT LIKE 'DELETE %' THEN"
    " encode(sha256, 'hex') END, 'signed_by', key_id, 'counts', json_build_object('quotes', rows_read,"
    " 'accepted', taken, 'quarantined', quarantined, 'refused', refused, 'unchanged', unchanged,"
    " 'withdrawn', coalesce(substring(coalesce(answer, (SELECT body FROM corridor.submission_answer"
    " WHERE submission = id AND part = 0)) FROM '\"withdrawn\":([0-9]+)')::bigint, 0)))::text, true FROM"
    " corridor.submission WHERE operator = $1 AND idempotency_key IS NOT NULL AND id > $2::bigint"
    " ORDER BY id LIMIT " PAGE_TEXT,
    2};
/* clang-format on */

static const struct db_statement read_submission = {
    "feed_read_submission",
    "SELECT id, answer, status FROM corridor.submission WHERE operator = $1 AND idempotency_key = "
    "$2",
    2};

struct view {
    struct http_request *req;
    struct db *db;
    const struct db_statement *statement;
    const char *list; /* the member that has the rows */
    char operator_id[FEED_PARTY_ID_MAX + 1];
    char nonce[FEED_SIGNATURE_NONCE_MAX + 1];
    char key_id[FEED_SIGNATURE_KEYID_MAX + 1];
    char signed_at[24];
    char second[FEED_KEY_MAX + 1]; /* what the page begins behind, or the key */
    struct db_value nonce_values[3], values[2];
    struct db_command commands[2];
    struct db_transaction *transaction;
    char state[16]; /* of the nonce */
    char last[FEED_KEY_MAX + 1];
    bool more;
    int64_t submission; /* 0: none */
    bool in_pieces;
    struct out out;
};

static void view_free(struct view *view)
{
    db_transaction_close(view->transaction);
    out_free(&view->out);
    free(view);
}

static void say(struct http_request *req, int status, const char *code, const char *title,
                const char *reason, const char *field, struct span received)
{
    const struct http_problem problem = {.status = status,
                                         .code = code,
                                         .title = title,
                                         .detail = reason,
                                         .parameter = field,
                                         .received = received,
                                         .retry_after = status == 503 ? FEED_RETRY_S : 0,
                                         .more = "code",
                                         .more_text = span_of(code)};
    feed_metrics_refused_request(status);
    (void)http_problem(req, &problem);
}

/* A ref or key within a link. */
static void write_encoded(struct out *out, const char *text)
{
    for (; *text; text++) {
        if ((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
            (*text >= '0' && *text <= '9') || strchr("-._~", *text)) {
            out_char(out, *text);
        } else {
            out_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
        }
    }
}

static void list_answer(struct view *view)
{
    struct out link;
    out_init(&link, 2048);
    out_printf(&link, "</v1/operators/%s/%s?after=", view->operator_id, view->list);
    write_encoded(&link, view->last);
    out_text(&link, ">; rel=\"next\"");
    out_char(&link, '\0');
    json_close(&view->out, ']');
    json_close(&view->out, '}');
    out_char(&view->out, '\n');
    const struct http_field next = {"Link", out_failed(&link) ? "" : link.at};
    const struct http_head head = {.status = 200,
                                   .content_type = "application/json",
                                   .cache_control = "no-store",
                                   .fields = &next,
                                   .field_count = view->more ? 1 : 0};
    if (out_failed(&view->out)) {
        say(view->req, 500, "too-long", "The answer is too long", "It cannot be written.", NULL,
            (struct span){0});
    } else {
        (void)http_reply_bytes(view->req, &head, out_span(&view->out));
    }
    out_free(&link);
}

static void on_read(const struct db_reply *reply, void *arg)
{
    struct view *view = arg;
    struct feed_fault fault;
    if (reply->outcome != DB_OK) {
        say(view->req, 503, "database-away", "This cannot be read now",
            "The database did not answer. Ask again in a moment.", NULL, (struct span){0});
    } else if (strcmp(view->state, "fresh") != 0) {
        bool used = strcmp(view->state, "used") == 0;
        (void)feed_fault_set(&fault, used ? FEED_NONCE_USED : FEED_SIGNATURE_WRONG,
                             used ? "nonce" : "Signature", "%s",
                             used ? "this nonce was used before; sign every request with a new one"
                                  : "the key is not valid any more");
        feed_metrics_refused_request(feed_fault_status(fault.code));
        (void)feed_auth_refuse(view->req, &fault, (struct span){0});
    } else if (view->list) {
        list_answer(view);
    } else if (view->submission == 0) {
        say(view->req, 404, "no-such-submission", "There is no such submission",
            "Nothing was stored under this key. If you sent it, send it again.", "key",
            span_of(view->second));
    } else if (view->in_pieces) {
        feed_answer_pieces(view->req, view->db, 200, view->submission);
    } else {
        const struct http_head head = {
            .status = 200, .content_type = "application/json", .cache_control = "no-store"};
        (void)http_reply_bytes(view->req, &head, out_span(&view->out));
    }
    view_free(view);
}

static void on_rows(size_t step, const struct db_result *rows, void *arg)
{
    struct view *view = arg;
    size_t count = db_result_rows(rows);
    size_t different = 0;
    if (step == 0) {
        (void)snprintf(view->state, sizeof view->state, "%s", db_result_text(rows, 0, 0));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *place = db_result_text(rows, i, 0);
        if (!view->list) {
            struct span answer = db_result_span(rows, i, 1);
            view->submission = strtoll(place, NULL, 10);
            view->in_pieces = !answer.at;
            if (answer.at) {
                out_span_append(&view->out, answer);
            }
            return;
        }
        if (strcmp(place, view->last) != 0 && ++different > PAGE) {
            view->more = true;
            return;
        }
        (void)snprintf(view->last, sizeof view->last, "%s", place);
        if (db_result_bool(rows, i, 2)) {
            json_raw(&view->out, db_result_span(rows, i, 1));
        }
    }
}

static struct db_value value_of(const char *text)
{
    return (struct db_value){text, strlen(text), false};
}

static enum http_result begin(struct http_request *req, const struct db_statement *statement,
                              const char *list, struct span second)
{
    struct feed_server *server = http_data(req);
    struct feed_auth auth;
    if (!feed_http_party(req, false, &auth)) {
        return HTTP_DONE;
    }
    struct view *view = calloc(1, sizeof *view);
    if (!view) {
        say(req, 503, "no-memory", "Memory is short", "Ask again in a moment.", NULL,
            (struct span){0});
        return HTTP_DONE;
    }
    view->req = req;
    view->db = server->db;
    view->statement = statement;
    view->list = list;
    out_init(&view->out, ANSWER_MAX);
    memcpy(view->operator_id, auth.who.id, sizeof view->operator_id);
    memcpy(view->nonce, auth.nonce, sizeof view->nonce);
    memcpy(view->key_id, auth.who.keyid, sizeof view->key_id);
    (void)snprintf(view->signed_at, sizeof view->signed_at, "%" PRId64, auth.created);
    (void)snprintf(view->second, sizeof view->second, "%.*s", (int)second.len, second.at);
    view->nonce_values[0] = value_of(view->key_id);
    view->nonce_values[1] = value_of(view->nonce);
    view->nonce_values[2] = value_of(view->signed_at);
    view->values[0] = value_of(view->operator_id);
    view->values[1] = value_of(view->second);
    view->commands[0] = (struct db_command){&take_nonce, view->nonce_values};
    view->commands[1] = (struct db_command){statement, view->values};
    if (list) {
        json_open(&view->out, '{');
        json_key(&view->out, list);
        json_open(&view->out, '[');
    }
    view->transaction = db_transaction_open(view->db);
    if (!view->transaction) {
        say(req, 503, "ending", "The program is ending", "Ask again in a moment.", NULL,
            (struct span){0});
        view_free(view);
        return HTTP_DONE;
    }
    enum http_result result = http_defer(req, NULL, NULL);
    db_transaction_run(view->transaction, view->commands, 2, DB_COMMIT, LIMIT_MS, on_rows, on_read,
                       view);
    return result;
}

/* `after`, the only parameter. False: the answer is given. */
static bool find_after(struct http_request *req, bool number, struct span *after)
{
    struct span name;
    struct span value;
    *after = number ? span_of("0") : span_of("");
    for (unsigned i = 0; i < http_query_count(req); i++) {
        http_query_at(req, i, &name, &value);
        bool good = span_is(name, "after") && http_query_count(req) == 1 &&
                    value.len <= (number ? 18U : QUOTE_REF_MAX);
        for (size_t k = 0; good && number && k < value.len; k++) {
            good = value.at[k] >= '0' && value.at[k] <= '9';
        }
        if (!good || (number && value.len == 0)) {
            say(req, 400, "bad-parameter", "A parameter is not understood",
                number ? "The only parameter is after, a submission's number."
                       : "The only parameter is after, a ref.",
                "after", value);
            return false;
        }
        *after = value;
    }
    return true;
}

enum http_result feed_get_quotes(struct http_request *req)
{
    struct span after;
    return find_after(req, false, &after) ? begin(req, &read_quotes, "quotes", after) : HTTP_DONE;
}

enum http_result feed_get_submissions(struct http_request *req)
{
    struct span after;
    return find_after(req, true, &after) ? begin(req, &read_submissions, "submissions", after)
                                         : HTTP_DONE;
}

enum http_result feed_get_submission(struct http_request *req)
{
    struct span key = http_param(req, "key");
    if (key.len > FEED_KEY_MAX) {
        say(req, 404, "no-such-submission", "There is no such submission",
            "A key has at most 255 characters.", "key", key);
        return HTTP_DONE;
    }
    return begin(req, &read_submission, NULL, key);
}
