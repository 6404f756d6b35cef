/*
 * A report on its way from PostgreSQL to a reader, row by row. The hard part is that two sides wait
 * for each other and neither may be held for: rows are gathered up to a piece, then the database is
 * left alone until the reader has taken it, so a report of any length and a reader of any speed
 * cost the same memory.
 *
 *   ASKED ── standing read: head sent ──▶ ROWS ── last row ──▶ ENDED ── trailer sent
 *     │                                    └── failed: the connection is cut, so that it shows
 *     └── failed, or no turn in time: problem
 */
#include "server/api.h"
#include "server/report.h"
#include "server/worker.h"

#include <corridor/log.h>
#include <corridor/metrics.h>

#include <assert.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <zlib.h>

#define PIECE      ((size_t)64 << 10) /* gathered before the database is left alone */
#define WORTHWHILE ((size_t)16 << 10) /* a reader that waits is called when so much is there */
#define LIMIT_MS   DB_STREAM_MAX_MS
#define TURN_MS    10000 /* for a connection, and for the plan */
#define GZIP_LEVEL 4     /* of the ones that cost little, the closest */

enum stage {
    ASKED,
    ROWS,
    ENDED,
    FAILED
};

#define OUTCOME(name)                                                                            \
    {                                                                                            \
        METRIC_COUNTER, "corridor_reports_total", "outcome=\"" name "\"", "Reports streamed", 0, \
            NULL                                                                                 \
    }
static struct metric whole = OUTCOME("whole");
static struct metric cut = OUTCOME("cut");         /* by the database, or the reader left */
static struct metric refused = OUTCOME("refused"); /* no turn, or no database */

void report_stream_metrics(void)
{
    metric_register(&whole);
    metric_register(&cut);
    metric_register(&refused);
}

struct report_run {
    struct http_request *req;
    struct report_ask ask;
    enum report_format format;
    enum http_encoding encoding;
    enum stage stage;
    struct db_request *request; /* NULL once it has ended */
    struct event turn;          /* ASKED: its time is up */
    struct report_head head;
    struct report_standing standing;
    struct out rows; /* gathered, not yet handed on */
    bool full;       /* and the database left alone */
    bool waiting;    /* the reader is, for rows */
    bool any;        /* a row has come */
    bool sent;       /* all of it */
    z_stream gzip;
    EVP_MD_CTX *digest;
    char digest_text[REPORT_DIGEST_MAX];
};

static void run_free(struct report_run *run)
{
    metric_add(run->sent ? &whole : run->stage == ASKED ? &refused : &cut, 1);
    if (run->request != NULL)
        db_cancel(run->request);
    event_del(&run->turn);
    if (run->encoding == HTTP_GZIP)
        deflateEnd(&run->gzip);
    EVP_MD_CTX_free(run->digest);
    out_free(&run->rows);
    free(run);
}

/* ---- What stands before and behind the rows ---- */

static void write_opening(struct report_run *run)
{
    struct out *out = &run->rows;
    const struct report *report = run->ask.report;
    if (run->format == REPORT_CSV) {
        for (size_t i = 0; i < report->column_count; i++)
            out_printf(out, "%s%s", i == 0 ? "" : ",", report->columns[i].name);
        out_char(out, '\n');
    } else if (run->format == REPORT_JSON) {
        json_open(out, '{');
        json_member_text(out, "report", report->name);
        json_member_text(out, "title", report->title);
        json_member_text(out, "from", run->ask.from[0] == '\0' ? NULL : run->ask.from);
        json_member_text(out, "to", run->ask.to[0] == '\0' ? NULL : run->ask.to);
        json_member_text(out, "as_of", run->head.as_of);
        json_member_text(out, "fingerprint", run->head.fingerprint);
        json_member_text(out, "licence", "https://creativecommons.org/licenses/by/4.0/");
        json_key(out, "rows");
        out_text(out, "[\n");
    }
}

static void write_closing(struct report_run *run)
{
    if (run->format == REPORT_JSON)
        out_text(&run->rows, run->any ? "\n]}\n" : "]}\n");
}

/* ---- From the record ---- */

static void wake(struct report_run *run)
{
    if (run->waiting) {
        run->waiting = false;
        http_resume(run->req);
    }
}

static bool take_row(size_t step, struct span row, void *arg)
{
    struct report_run *run = arg;
    (void)step;
    if (run->format == REPORT_JSON) {
        out_text(&run->rows, run->any ? ",\n" : "");
        row.len--; /* its line end */
    }
    out_span_append(&run->rows, row);
    run->any = true;
    if (out_failed(&run->rows))
        run->stage = FAILED;
    if (run->rows.len >= WORTHWHILE)
        wake(run);
    run->full = run->rows.len >= PIECE || run->stage == FAILED;
    return !run->full;
}

static enum http_pull pull(struct http_request *req, struct out *out, void *arg);

static void done(struct http_request *req, void *arg)
{
    (void)req;
    run_free(arg);
}

/* The standing has been read: the head can be sent, and the rows are on their way. */
static void begin(struct report_run *run)
{
    const struct http_producer producer = {pull, done, run};
    run->stage = ROWS;
    event_del(&run->turn);
    report_head_fill(&run->head, &run->ask, run->format, run->encoding, &run->standing);
    struct http_head *head = &run->head.head;
    run->head.fields[head->field_count++] = (struct http_field){"Trailer", "Content-Digest"};
    assert(head->field_count <= REPORT_FIELDS_MAX);
    write_opening(run);
    (void)http_reply_stream(run->req, head, &producer);
}

static void take_step(size_t step, const struct db_result *rows, void *arg)
{
    struct report_run *run = arg;
    if (step != REPORT_STEP_STANDING)
        return;
    if (report_standing_read(&run->standing, &run->ask, rows)) {
        begin(run);
        return;
    }
    /* The database has it otherwise than we think. */
    db_cancel(run->request);
    run->request = NULL;
    (void)api_unavailable(run->req, "The report cannot be read.", 60);
    run_free(run);
}

static void ended(const struct db_reply *reply, void *arg)
{
    static struct log_site site;
    struct report_run *run = arg;
    run->request = NULL;
    if (run->stage == ASKED) {
        (void)api_db_problem(run->req, reply);
        run_free(run);
        return;
    }
    if (reply->outcome != DB_OK) {
        log_warn_sometimes(&site, "a report was cut short (%s): %s",
                           db_outcome_code(reply->outcome), reply->message);
        run->stage = FAILED;
    } else if (run->stage == ROWS) {
        run->stage = ENDED;
        write_closing(run);
    }
    wake(run);
}

static void turn_is_up(evutil_socket_t socket, short what, void *arg)
{
    struct report_run *run = arg;
    (void)socket;
    (void)what;
    (void)api_unavailable(run->req, "Too many reports are being read.", 20);
    run_free(run);
}

/* ---- To the reader ---- */

static bool hash(struct report_run *run, const struct out *out, size_t from)
{
    return EVP_DigestUpdate(run->digest, out->at + from, out->len - from) == 1;
}

/* zlib only reads what it is given, but its type cannot say so. */
static bool pack(struct report_run *run, struct out *out, struct span bytes, bool last)
{
    union {
        const char *in;
        Bytef *bytes;
    } from = {.in = bytes.at};
    z_stream *gzip = &run->gzip;
    gzip->next_in = from.bytes;
    gzip->avail_in = (uInt)bytes.len;
    do {
        char *to = out_room(out, PIECE);
        if (to == NULL)
            return false;
        gzip->next_out = (Bytef *)to;
        gzip->avail_out = (uInt)PIECE;
        int result = deflate(gzip, last ? Z_FINISH : Z_NO_FLUSH);
        out->len += PIECE - gzip->avail_out;
        if (result == Z_STREAM_END)
            return true;
        if (result != Z_OK && result != Z_BUF_ERROR)
            return false;
    } while (gzip->avail_out == 0);
    return !last;
}

static bool hand_on(struct report_run *run, struct out *out, bool last)
{
    size_t from = out->len;
    if (run->encoding == HTTP_GZIP) {
        if (!pack(run, out, out_span(&run->rows), last))
            return false;
    } else {
        out_span_append(out, out_span(&run->rows));
    }
    out_clear(&run->rows);
    return !out_failed(out) && hash(run, out, from);
}

static enum http_pull finish(struct report_run *run)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (EVP_DigestFinal_ex(run->digest, digest, NULL) != 1)
        return HTTP_PULL_ABORT;
    report_digest_print(run->digest_text, digest);
    http_trailer(run->req, "Content-Digest", run->digest_text);
    run->sent = true;
    return HTTP_PULL_END;
}

static enum http_pull pull(struct http_request *req, struct out *out, void *arg)
{
    struct report_run *run = arg;
    size_t from = out->len;
    (void)req;
    if (run->stage == FAILED)
        return HTTP_PULL_ABORT;
    bool last = run->stage == ENDED;
    if (!hand_on(run, out, last))
        return HTTP_PULL_ABORT;
    if (last)
        return finish(run);
    if (run->full) {
        run->full = false;
        db_stream_resume(run->request);
    }
    run->waiting = out->len == from;
    return run->waiting ? HTTP_PULL_WAIT : HTTP_PULL_MORE;
}

/* ---- The beginning ---- */

static bool ready(struct report_run *run)
{
    run->digest = EVP_MD_CTX_new();
    return run->digest != NULL && EVP_DigestInit_ex(run->digest, EVP_sha256(), NULL) == 1 &&
           (run->encoding != HTTP_GZIP ||
            deflateInit2(&run->gzip, GZIP_LEVEL, Z_DEFLATED, MAX_WBITS + 16, MAX_MEM_LEVEL,
                         Z_DEFAULT_STRATEGY) == Z_OK);
}

enum http_result report_stream(struct http_request *req, const struct report_ask *ask,
                               enum report_format format, enum http_encoding encoding)
{
    static const struct timeval turn = {TURN_MS / 1000, 0};
    struct report_params params;
    struct db_step steps[REPORT_STEPS_MAX];
    size_t copies;
    struct report_run *run = calloc(1, sizeof(*run));
    if (run == NULL)
        return api_unavailable(req, "Memory is short.", 5);
    *run = (struct report_run){.req = req, .ask = *ask, .format = format, .encoding = encoding};
    out_init(&run->rows, 2 * PIECE);
    evtimer_assign(&run->turn, http_worker_base(http_worker_of(req)), turn_is_up, run);
    if (!ready(run)) {
        run_free(run);
        return api_unavailable(req, "Memory is short.", 5);
    }
    report_params_set(&params, ask);
    size_t count = report_steps(steps, &copies, ask, format, &params);
    run->request = db_stream(worker_context(req)->reports, steps, count, copies, LIMIT_MS,
                             take_step, take_row, ended, run);
    if (run->request == NULL) {
        run_free(run);
        return api_unavailable(req, "The server is stopping.", 5);
    }
    evtimer_add(&run->turn, &turn);
    return HTTP_LATER;
}
