/*
 * POST /v1/observations: a researcher reports a transfer that was paid for. The document is short,
 * so it is read whole; one statement takes the nonce, holds the transfer against the offer of its
 * moment and stores it (sql/0025-shopped.sql), and the answer follows its COMMIT. A receipt makes a
 * repeat safe, so no Idempotency-Key is needed.
 */
#include "ingest/feed_http.h"

#include "ingest/feed_metrics.h"
#include "ingest/shopped_read.h"

#include <corridor/db.h>
#include <corridor/log.h>

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum {
    STORE_MS = 10000,
    STORE_PARAMS = 18,
    STORE_STATE = 0, /* columns */
    STORE_TRANSFER,
    STORE_FOUND,
    STORE_DECLARED,
};

static const struct db_statement store = {
    "feed_store_shopped",
    "SELECT state, transfer, trim_scale(found_pct), trim_scale(declared_pct) FROM "
    "corridor.store_shopped("
    "$1, $2, $3::bigint, $4, $5, $6, $7, $8, $9, $10, $11::numeric, $12::numeric, $13::numeric,"
    " $14, $15, $16, $17::timestamptz, decode($18, 'hex'))",
    STORE_PARAMS};

static enum http_result problem(struct http_request *req, int status, const char *code,
                                const char *title, const struct refusal *why)
{
    const struct http_problem what = {
        .status = status,
        .code = code,
        .title = title,
        .detail = why->reason,
        .parameter = why->field[0] != '\0' ? why->field : NULL,
        .retry_after = status == 503 ? 1 : 0,
        .more = "code",
        .more_text = why->code != REFUSAL_NONE ? span_of(refusal_word(why->code)) : span_of(code)};
    feed_metrics_refused_request(status);
    return http_problem(req, &what);
}

static enum http_result refused(struct http_request *req, const struct refusal *why)
{
    bool broken = why->code != REFUSAL_NONE && refusal_group(why->code) == REFUSAL_OF_DOCUMENT;

    return problem(req, broken ? 400 : 422, "observation-refused", "The observation is refused",
                   why);
}

static void answer(struct http_request *req, const struct db_result *row, bool known)
{
    const struct http_head head = {.status = known ? 200 : 201,
                                   .content_type = "application/json",
                                   .cache_control = "no-store"};
    struct out *out = http_out(req);
    int64_t transfer = 0;
    bool numbered = db_result_int64(row, 0, STORE_TRANSFER, &transfer);

    json_open(out, '{');
    json_key(out, "observation");
    if (numbered)
        json_int(out, transfer);
    else
        json_none(out);
    json_member_text(out, "status", db_result_text(row, 0, STORE_STATE));
    json_member_text(out, "found_cost_pct", db_result_text(row, 0, STORE_FOUND));
    json_member_text(out, "declared_cost_pct", db_result_text(row, 0, STORE_DECLARED));
    json_close(out, '}');
    (void)http_reply_out(req, &head);
}

/* What the nonce's state says, where it was not taken. */
static void disbelieved(struct http_request *req, const char *state)
{
    bool used = strcmp(state, "used") == 0;
    struct feed_fault fault;

    (void)feed_fault_set(&fault, used ? FEED_NONCE_USED : FEED_SIGNATURE_WRONG,
                         used ? "nonce" : "Signature", "%s",
                         used ? "this nonce was used before; sign every request with a new one"
                              : "the key is not valid any more");
    feed_metrics_refused_request(feed_fault_status(fault.code));
    (void)feed_auth_refuse(req, &fault, (struct span){0});
}

static void on_stored(const struct db_reply *reply, void *arg)
{
    struct http_request *req = arg;
    struct refusal why = {.code = REFUSAL_NONE};
    const char *state =
        reply->outcome == DB_OK ? db_result_text(reply->result, 0, STORE_STATE) : "";

    if (reply->outcome != DB_OK) {
        static struct log_site site;
        log_warn_sometimes(&site, "an observation was not stored: %s: %s",
                           db_outcome_code(reply->outcome), reply->message);
        (void)snprintf(why.reason, sizeof(why.reason),
                       "It is not known to be stored. Send it again; its receipt makes that safe.");
        (void)problem(req, 503, "database-away", "Nothing can be stored now", &why);
    } else if (strcmp(state, "stored") == 0 || strcmp(state, "known") == 0) {
        answer(req, reply->result, state[0] == 'k');
    } else if (strcmp(state, "other") == 0) {
        (void)snprintf(why.field, sizeof(why.field), "/receipt_sha256");
        (void)snprintf(why.reason, sizeof(why.reason),
                       "You have reported another transfer with this receipt.");
        (void)problem(req, 409, "receipt-reused", "The receipt is another transfer's", &why);
    } else if (strcmp(state, "no operator") == 0) {
        why.code = REFUSAL_UNKNOWN_OPERATOR;
        (void)snprintf(why.field, sizeof(why.field), "/operator");
        (void)snprintf(why.reason, sizeof(why.reason), "/v1/operators lists those that there are.");
        (void)refused(req, &why);
    } else {
        disbelieved(req, state);
    }
}

static enum http_result store_it(struct http_request *req, struct feed_server *server,
                                 const struct feed_auth *auth, const struct shopped *s)
{
    char signed_at[24];
    char amount[MONEY_TEXT_MAX];
    char paid[MONEY_TEXT_MAX];
    char received[MONEY_TEXT_MAX];
    char observed_at[INSTANT_TEXT_MAX];
    struct refusal away = {.code = REFUSAL_NONE,
                           .reason = "The database is away; the observation was not taken."};

    (void)snprintf(signed_at, sizeof(signed_at), "%" PRId64, auth->created);
    (void)money_print(amount, sizeof(amount), s->amount, s->send);
    (void)money_print(paid, sizeof(paid), s->paid, s->send);
    (void)money_print(received, sizeof(received), s->received, s->receive);
    (void)instant_print(observed_at, sizeof(observed_at), s->observed_at);
    const char *const params[STORE_PARAMS] = {
        auth->who.keyid,
        auth->nonce,
        signed_at,
        auth->who.id,
        s->operator_id,
        s->ref[0] != '\0' ? s->ref : NULL,
        s->corridor,
        s->first_transfer ? "first_transfer" : "regular",
        s->send->code,
        s->receive->code,
        amount,
        paid,
        received,
        pay_in_code(s->pay_in),
        access_point_code(s->access_point),
        pay_out_code(s->pay_out),
        observed_at,
        s->receipt,
    };
    if (!db_ready(server->db) || !server->durable ||
        db_query(server->db, &store, params, STORE_MS, on_stored, req) == NULL)
        return problem(req, 503, "database-away", "Nothing can be stored now", &away);
    return http_defer(req, NULL, NULL);
}

enum http_result feed_post_observation(struct http_request *req)
{
    struct feed_server *server = http_data(req);
    struct feed_auth auth = {.digest = NULL};
    struct feed_fault fault;
    struct shopped shopped;
    struct refusal refusal;
    struct out base;
    struct span body = http_body(req);
    enum http_result result;

    out_init(&base, FEED_SIGNATURE_BASE_MAX);
    bool believed =
        feed_auth_check(&server->auth, req, true, (int64_t)time(NULL), &auth, &fault, &base);
    if (believed && auth.who.kind != FEED_RESEARCHER)
        believed = feed_fault_set(&fault, FEED_NOT_YOURS, "keyid",
                                  "this key is that of the operator \"%s\"; observations are sent "
                                  "with a researcher's",
                                  auth.who.id);
    if (believed) {
        feed_digest_add(auth.digest, body);
        believed = feed_digest_end(auth.digest, &fault);
    }
    if (!believed) {
        feed_metrics_refused_request(feed_fault_status(fault.code));
        result = feed_auth_refuse(req, &fault, out_span(&base));
    } else if (!shopped_read(&shopped, body, instant_now(), &refusal)) {
        result = refused(req, &refusal);
    } else {
        result = store_it(req, server, &auth, &shopped);
    }
    feed_digest_free(auth.digest);
    out_free(&base);
    return result;
}
