/*
 * What is decided on a submission's head, in this order: who sent it, that it is theirs to send,
 * its key, its type, whether it can be stored now. Only then is a byte of its body read.
 */
#include "ingest/feed_http.h"

#include "ingest/feed_metrics.h"
#include "ingest/feed_reader.h"

#include <corridor/db.h>

#include <stdio.h>
#include <time.h>

static enum http_result problem(struct http_request *req, int status, const char *code,
                                const char *title, const char *reason, const char *field,
                                struct span received, const char *allowed)
{
    const struct http_problem what = {.status = status,
                                      .code = code,
                                      .title = title,
                                      .detail = reason,
                                      .parameter = field,
                                      .received = received,
                                      .allowed = allowed,
                                      .retry_after =
                                          status == 503 || status == 409 ? FEED_RETRY_S : 0,
                                      .more = "code",
                                      .more_text = span_of(code)};
    feed_metrics_refused_request(status);
    return http_problem(req, &what);
}

bool feed_http_party(struct http_request *req, bool has_body, struct feed_auth *auth)
{
    const struct feed_server *server = http_data(req);
    struct feed_fault fault;
    struct out base;
    out_init(&base, FEED_SIGNATURE_BASE_MAX);
    bool ok =
        feed_auth_check(&server->auth, req, has_body, (int64_t)time(NULL), auth, &fault, &base);
    if (ok && (auth->who.kind != FEED_OPERATOR || !span_is(http_param(req, "id"), auth->who.id))) {
        ok = feed_fault_set(&fault, FEED_NOT_YOURS, "id",
                            "this key is that of %s \"%s\", not of the operator in the address",
                            auth->who.kind == FEED_OPERATOR ? "the operator" : "the researcher",
                            auth->who.id);
    }
    if (!ok) {
        feed_digest_free(auth->digest);
        auth->digest = NULL;
        feed_metrics_refused_request(feed_fault_status(fault.code));
        (void)feed_auth_refuse(req, &fault, out_span(&base));
    }
    out_free(&base);
    return ok;
}

/* Idempotency-Key: 1 to 255 visible characters, quoted or not. False: the answer is given. */
static bool find_key(struct http_request *req, char key[FEED_KEY_MAX + 1], bool required)
{
    struct span value;
    unsigned count = http_header(req, "Idempotency-Key", &value);
    key[0] = '\0';
    if (count == 0 && !required) {
        return true;
    }
    if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"') {
        value = (struct span){value.at + 1, value.len - 2};
    }
    bool good = count == 1 && value.len >= 1 && value.len <= FEED_KEY_MAX;
    for (size_t i = 0; good && i < value.len; i++) {
        good = value.at[i] > ' ' && value.at[i] < 0x7f && value.at[i] != '"';
    }
    if (!good) {
        (void)problem(req, 400, count == 0 ? "key-missing" : "key-malformed",
                      "An Idempotency-Key is needed",
                      "Give each submission an Idempotency-Key of your own, for example a UUID, "
                      "and repeat it only to repeat the same submission.",
                      "Idempotency-Key", count == 0 ? (struct span){0} : value,
                      "once; 1 to 255 visible ASCII characters without \"");
        return false;
    }
    memcpy(key, value.at, value.len);
    key[value.len] = '\0';
    return true;
}

static bool starts_with(struct span value, const char *type)
{
    size_t len = strlen(type);
    if (value.len < len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        char c = value.at[i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c + 32) : c) != type[i]) {
            return false;
        }
    }
    return value.len == len || value.at[len] == ';' || value.at[len] == ' ';
}

static bool find_format(struct http_request *req, enum feed_format *format, bool *gzip)
{
    struct span type;
    struct span encoding;
    unsigned types = http_header(req, "Content-Type", &type);
    unsigned encodings = http_header(req, "Content-Encoding", &encoding);
    bool lines =
        starts_with(type, "application/x-ndjson") || starts_with(type, "application/jsonl");
    if (types != 1 || (!lines && !starts_with(type, "application/json"))) {
        (void)problem(req, 415, "unknown-type", "The body's type is not known here",
                      "Say by Content-Type what the body is.", "Content-Type", type,
                      "application/json or application/x-ndjson");
        return false;
    }
    *gzip = encodings == 1 && (starts_with(encoding, "gzip") || starts_with(encoding, "x-gzip"));
    if (encodings > 1 || (encodings == 1 && !*gzip && !starts_with(encoding, "identity"))) {
        (void)problem(req, 415, "unknown-encoding", "The body's encoding is not known here",
                      "A body may be packed with gzip, or not at all.", "Content-Encoding",
                      encoding, "gzip");
        return false;
    }
    *format = lines ? FEED_LINES : FEED_DOCUMENT;
    return true;
}

/* The only parameter is dry_run, where there is one. */
static bool find_dry_run(struct http_request *req, bool may, bool *dry_run)
{
    struct span name;
    struct span value;
    *dry_run = false;
    for (unsigned i = 0; i < http_query_count(req); i++) {
        http_query_at(req, i, &name, &value);
        bool known = may && span_is(name, "dry_run") && http_query_count(req) == 1;
        if (!known || !(span_is(value, "true") || span_is(value, "false"))) {
            char field[64];
            (void)snprintf(field, sizeof field, "%.*s", (int)(name.len < 60 ? name.len : 60),
                           name.at);
            (void)problem(req, 400, "bad-parameter", "A parameter is not understood",
                          "There is no such parameter here, or not with this value.", field, value,
                          may ? "dry_run=true or dry_run=false" : "no parameter");
            return false;
        }
        *dry_run = span_is(value, "true");
    }
    return true;
}

/* Whether a submission can be taken now; else the answer is given. */
static bool can_store(struct http_request *req, const struct feed_server *server,
                      const char *operator_id, const char *key)
{
    if (key[0] != '\0' && feed_writer_has(server->writer, operator_id, key)) {
        (void)problem(req, 409, "still-running", "The submission is still being taken",
                      "A submission with this Idempotency-Key is under way. Ask again for its "
                      "receipt in a moment.",
                      "Idempotency-Key", (struct span){0}, NULL);
        return false;
    }
    if (!db_ready(server->db) || !server->durable) {
        (void)problem(req, 503, "database-away", "Nothing can be stored now",
                      "The database is away; nothing of this submission was taken.", NULL,
                      (struct span){0}, NULL);
        return false;
    }
    if (feed_writer_full(server->writer)) {
        (void)problem(req, 503, "queue-full", "Too many quotes are waiting",
                      "Too many quotes wait to be stored; nothing of this submission was taken.",
                      NULL, (struct span){0}, NULL);
        return false;
    }
    return true;
}

static struct feed_submission *make(struct http_request *req, const struct feed_auth *auth,
                                    enum feed_kind kind, const char *key)
{
    struct feed_submission *submission = feed_submission_new(req);
    if (!submission) {
        (void)problem(req, 503, "no-memory", "Memory is short", "Nothing was taken.", NULL,
                      (struct span){0}, NULL);
        return NULL;
    }
    submission->kind = kind;
    submission->signed_at = auth->created;
    memcpy(submission->operator_id, auth->who.id, sizeof submission->operator_id);
    memcpy(submission->key_id, auth->who.keyid, sizeof submission->key_id);
    memcpy(submission->nonce, auth->nonce, sizeof submission->nonce);
    (void)snprintf(submission->key, sizeof submission->key, "%s", key);
    return submission;
}

static enum http_result take(struct http_request *req, enum feed_kind kind, const char *source)
{
    struct feed_server *server = http_data(req);
    struct feed_auth auth;
    struct feed_submission *submission = NULL;
    char key[FEED_KEY_MAX + 1];
    enum feed_format format;
    bool gzip;
    bool dry_run;
    if (!feed_http_party(req, true, &auth)) {
        return HTTP_DONE;
    }
    if (find_dry_run(req, kind == FEED_QUOTES, &dry_run) && find_key(req, key, !dry_run) &&
        find_format(req, &format, &gzip) &&
        can_store(req, server, auth.who.id, dry_run ? "" : key)) {
        submission = make(req, &auth, kind, dry_run ? "" : key);
    }
    if (!submission) {
        feed_digest_free(auth.digest);
        return HTTP_DONE;
    }
    submission->dry_run = dry_run;
    (void)snprintf(submission->source, sizeof submission->source, "%s", source);
    return feed_reader_begin(server->writer, submission, auth.digest, format, gzip);
}

enum http_result feed_post_quotes(struct http_request *req)
{
    return take(req, FEED_QUOTES, "POST quotes");
}

enum http_result feed_put_book(struct http_request *req)
{
    return take(req, FEED_BOOK, "PUT book");
}

enum http_result feed_delete_quote(struct http_request *req)
{
    struct feed_server *server = http_data(req);
    struct feed_auth auth;
    struct span ref = http_param(req, "ref");
    char key[FEED_KEY_MAX + 1];
    bool dry_run;
    if (!feed_http_party(req, false, &auth) || !find_dry_run(req, false, &dry_run) ||
        !find_key(req, key, true) || !can_store(req, server, auth.who.id, key)) {
        return HTTP_DONE;
    }
    if (ref.len > QUOTE_REF_MAX) {
        return problem(req, 404, "no-such-quote", "There is no such quote",
                       "A ref has at most 100 characters.", "ref", ref, NULL);
    }
    struct feed_submission *submission = make(req, &auth, FEED_WITHDRAW, key);
    if (!submission) {
        return HTTP_DONE;
    }
    (void)snprintf(submission->ref, sizeof submission->ref, "%.*s", (int)ref.len, ref.at);
    (void)snprintf(submission->source, sizeof submission->source, "DELETE quotes/%s",
                   submission->ref);
    enum http_result result = http_defer(req, NULL, NULL);
    feed_writer_submit(server->writer, submission);
    return result;
}
