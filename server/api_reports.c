/* /v1/reports/{file}: whole tables, and what their columns are. */
#include "server/answer.h"
#include "server/api.h"
#include "server/report.h"
#include "server/routes.h"
#include "server/worker.h"

#include <stdlib.h>

#define STANDING_LIMIT 5000 /* ms the record may take */
#define METADATA       ".csv-metadata.json"

static enum http_result unknown(struct http_request *req, struct span file)
{
    return api_not_found(req, "unknown-report", "There is no such report", "file", file,
                         "services, corridors, series or operators, and a format: .csv, .jsonl, "
                         ".json or .xlsx; .sdmx.csv and -quarterly.sdmx.csv of corridors and "
                         "series; .csv-metadata.json describes the columns");
}

/* ---- What the columns are, and what there is ---- */

static enum http_result reply_described(struct http_request *req, struct out *out, const char *type)
{
    char etag[ANSWER_ETAG_MAX];
    answer_etag(etag, out_span(out));
    return http_reply_encoded(
        req, &(struct http_head){.status = 200, .content_type = type, .etag = etag});
}

static enum http_result metadata(struct http_request *req, const struct report *report)
{
    if (!api_parameters(req, NULL, 0))
        return HTTP_DONE;
    struct out *out = http_out(req);
    report_csvw(out, report);
    return reply_described(req, out, "application/csvm+json");
}

enum http_result api_report_structure(struct http_request *req)
{
    if (!api_parameters(req, NULL, 0))
        return HTTP_DONE;
    struct out *out = http_out(req);
    report_structure(out);
    return reply_described(req, out, "application/vnd.sdmx.structure+xml; version=2.1");
}

enum http_result api_data_catalogue(struct http_request *req)
{
    if (!api_parameters(req, NULL, 0))
        return HTTP_DONE;
    struct out *out = http_out(req);
    report_catalogue(out);
    return reply_described(req, out, "application/ld+json");
}

/* ---- Without the rows: HEAD, and "has it changed?" ---- */

struct look {
    struct http_request *req;
    struct report_ask ask;
    enum report_format format;
    enum http_encoding encoding;
    struct report_standing standing;
    bool read;
};

static enum http_result send(struct http_request *req, const struct report_ask *ask,
                             enum report_format format, enum http_encoding encoding)
{
    return format == REPORT_XLSX ? report_workbook(req, ask)
                                 : report_stream(req, ask, format, encoding);
}

static void look_rows(size_t step, const struct db_result *rows, void *arg)
{
    struct look *look = arg;
    if (step == REPORT_STEP_STANDING)
        look->read = report_standing_read(&look->standing, &look->ask, rows);
}

static void looked(const struct db_reply *reply, void *arg)
{
    struct look *look = arg;
    struct report_head head = {.etag = ""};
    if (reply->outcome != DB_OK) {
        (void)api_db_problem(look->req, reply);
        goto out;
    }
    if (!look->read) {
        (void)api_unavailable(look->req, "The report cannot be read.", 60);
        goto out;
    }
    report_head_fill(&head, &look->ask, look->format, look->encoding, &look->standing);
    /* Neither has a body, so nothing is pulled. */
    if (http_is_head(look->req) || http_unchanged(look->req, head.etag))
        (void)http_reply_stream(look->req, &head.head, &(struct http_producer){0});
    else
        (void)send(look->req, &look->ask, look->format, look->encoding);
out:
    free(look);
}

static enum http_result look(struct http_request *req, const struct report_ask *ask,
                             enum report_format format, enum http_encoding encoding)
{
    struct report_params params;
    struct db_step steps[REPORT_STEPS_MAX];
    size_t copies;
    struct look *look = calloc(1, sizeof(*look));
    if (look == NULL)
        return api_unavailable(req, "Memory is short.", 5);
    *look = (struct look){.req = req, .ask = *ask, .format = format, .encoding = encoding};
    report_params_set(&params, ask);
    (void)report_steps(steps, &copies, ask, format, &params);
    if (db_read_at_once(worker_context(req)->db, steps, REPORT_STEP_ROWS, STANDING_LIMIT, look_rows,
                        looked, look) == NULL) {
        free(look);
        return api_unavailable(req, "The server is stopping.", 5);
    }
    return HTTP_LATER;
}

/* ---- The question ---- */

static bool is_metadata(struct span file, const struct report **report)
{
    size_t len = sizeof(METADATA) - 1;
    if (file.len <= len || memcmp(file.at + file.len - len, METADATA, len) != 0)
        return false;
    *report = report_find((struct span){file.at, file.len - len});
    return *report != NULL;
}

enum http_result api_report(struct http_request *req)
{
    struct api_parameter parameters[] = {
        {.name = "period"}, {.name = "from"}, {.name = "to"}, {.name = "as_of"}};
    struct span file = http_param(req, "file");
    struct span condition;
    struct report_ask ask;
    struct report_fault fault;
    enum report_format format;
    enum http_encoding encoding = HTTP_IDENTITY;
    const struct report *report = NULL;
    if (is_metadata(file, &report))
        return metadata(req, report);
    if (!report_parse(file, &report, &format))
        return unknown(req, file);
    if (!api_parameters(req, parameters, COUNT_OF(parameters)))
        return HTTP_DONE;
    ask.report = report;
    if (!report_ask_read(&ask, parameters[0].value, parameters[1].value, parameters[2].value,
                         parameters[3].value, instant_now(), &fault))
        return api_bad_parameter(req, fault.parameter, fault.received, fault.allowed);
    if (format != REPORT_XLSX) {
        int chosen = http_choose_stream_encoding(req);
        if (chosen < 0)
            return http_problem(req, &(struct http_problem){
                                         .status = 406,
                                         .code = "not-acceptable",
                                         .title = "No encoding offered here is acceptable",
                                         .allowed = "gzip or identity, in Accept-Encoding",
                                     });
        encoding = (enum http_encoding)chosen;
    }
    bool glance = http_is_head(req) || http_header(req, "If-None-Match", &condition) > 0;
    enum http_result result =
        glance ? look(req, &ask, format, encoding) : send(req, &ask, format, encoding);
    return result == HTTP_LATER ? http_defer(req, NULL, NULL) : result;
}
