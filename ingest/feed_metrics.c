/* Counters by status and by refusal code, the histogram of commits, the depth of the queue. */
#include "ingest/feed_metrics.h"

#include <corridor/metrics.h>

#include <stdio.h>

#define QUOTES_HELP "Quotes by what became of them."

static struct metric quotes[FEED_STATUSES] = {
    [FEED_ACCEPTED] = {METRIC_COUNTER, "corridor_ingest_quotes_total", "status=\"accepted\"",
                       QUOTES_HELP, 0, NULL},
    [FEED_QUARANTINED] = {METRIC_COUNTER, "corridor_ingest_quotes_total", "status=\"quarantined\"",
                          QUOTES_HELP, 0, NULL},
    [FEED_REFUSED] = {METRIC_COUNTER, "corridor_ingest_quotes_total", "status=\"refused\"",
                      QUOTES_HELP, 0, NULL},
    [FEED_UNCHANGED] = {METRIC_COUNTER, "corridor_ingest_quotes_total", "status=\"unchanged\"",
                        QUOTES_HELP, 0, NULL},
};
static struct metric received = {METRIC_COUNTER,
                                 "corridor_ingest_received_total",
                                 NULL,
                                 "Quotes in submissions that were stored.",
                                 0,
                                 NULL};
static struct metric submissions = {
    METRIC_COUNTER, "corridor_ingest_submissions_total", NULL, "Submissions stored.", 0, NULL};
static struct metric withdrawn = {
    METRIC_COUNTER, "corridor_ingest_withdrawn_total", NULL, "Prices withdrawn.", 0, NULL};
static struct metric batches[] = {
    {METRIC_COUNTER, "corridor_ingest_batches_total", "decided=\"asked\"",
     "Transactions that submissions shared, by how they were decided.", 0, NULL},
    {METRIC_COUNTER, "corridor_ingest_batches_total", "decided=\"recalled\"",
     "Transactions that submissions shared, by how they were decided.", 0, NULL},
};
static struct metric batched = {METRIC_COUNTER,
                                "corridor_ingest_batched_submissions_total",
                                NULL,
                                "Submissions in these transactions.",
                                0,
                                NULL};
static struct metric queue_submissions = {METRIC_GAUGE,
                                          "corridor_ingest_queue_submissions",
                                          NULL,
                                          "Submissions waiting for the writer.",
                                          0,
                                          NULL};
static struct metric queue_quotes = {
    METRIC_GAUGE, "corridor_ingest_queue_quotes", NULL, "Quotes in these submissions.", 0, NULL};
static struct metric streams = {METRIC_GAUGE,
                                "corridor_ingest_streams",
                                NULL,
                                "Long submissions that are being stored as they come.",
                                0,
                                NULL};
static struct metric answered[] = {
    {METRIC_COUNTER, "corridor_ingest_requests_refused_total", "status=\"400\"",
     "Requests answered with an error.", 0, NULL},
    {METRIC_COUNTER, "corridor_ingest_requests_refused_total", "status=\"401\"",
     "Requests answered with an error.", 0, NULL},
    {METRIC_COUNTER, "corridor_ingest_requests_refused_total", "status=\"409\"",
     "Requests answered with an error.", 0, NULL},
    {METRIC_COUNTER, "corridor_ingest_requests_refused_total", "status=\"422\"",
     "Requests answered with an error.", 0, NULL},
    {METRIC_COUNTER, "corridor_ingest_requests_refused_total", "status=\"503\"",
     "Requests answered with an error.", 0, NULL},
    {METRIC_COUNTER, "corridor_ingest_requests_refused_total", "status=\"other\"",
     "Requests answered with an error.", 0, NULL},
};
static const int answered_status[] = {400, 401, 409, 422, 503};

static struct metric by_code[REFUSAL_COUNT];
static char by_code_labels[REFUSAL_COUNT][64];
static struct metric_histogram commits;

static void write_commits(struct out *out, void *arg)
{
    (void)arg;
    out_text(out, "# HELP corridor_ingest_commit_seconds From a whole submission to its COMMIT.\n"
                  "# TYPE corridor_ingest_commit_seconds histogram\n");
    metric_histogram_write(out, "corridor_ingest_commit_seconds", "", &commits);
}
static struct metric_collector collector = {write_commits, NULL, NULL};

void feed_metrics_register(void)
{
    for (size_t i = 0; i < FEED_STATUSES; i++) {
        metric_register(&quotes[i]);
    }
    for (int code = REFUSAL_NONE + 1; code < REFUSAL_COUNT; code++) {
        (void)snprintf(by_code_labels[code], sizeof by_code_labels[code], "code=\"%s\"",
                       refusal_word((enum refusal_code)code));
        by_code[code] = (struct metric){METRIC_COUNTER,
                                        "corridor_ingest_refusals_total",
                                        by_code_labels[code],
                                        "Quotes refused or quarantined, by code.",
                                        0,
                                        NULL};
        metric_register(&by_code[code]);
    }
    metric_register(&received);
    metric_register(&submissions);
    metric_register(&withdrawn);
    metric_register(&batches[false]);
    metric_register(&batches[true]);
    metric_register(&batched);
    metric_register(&queue_submissions);
    metric_register(&queue_quotes);
    metric_register(&streams);
    for (size_t i = 0; i < COUNT_OF(answered); i++) {
        metric_register(&answered[i]);
    }
    metric_collector_add(&collector);
}

void feed_tally_add(struct feed_tally *tally, const struct feed_item *item)
{
    tally->status[item->status]++;
    tally->code[item->why.code]++;
}

void feed_metrics_stored(const struct feed_tally *tally)
{
    for (size_t i = 0; i < FEED_STATUSES; i++) {
        metric_add(&received, tally->status[i]);
        metric_add(&quotes[i], tally->status[i]);
    }
    for (int code = REFUSAL_NONE + 1; code < REFUSAL_COUNT; code++) {
        if (tally->code[code] > 0) {
            metric_add(&by_code[code], tally->code[code]);
        }
    }
}

void feed_metrics_submission(void)
{
    metric_add(&submissions, 1);
}

void feed_metrics_withdrawn(int64_t prices)
{
    metric_add(&withdrawn, prices);
}

void feed_metrics_refused_request(int status)
{
    size_t i = 0;
    while (i < COUNT_OF(answered_status) && answered_status[i] != status) {
        i++;
    }
    metric_add(&answered[i], 1);
}

void feed_metrics_commit(uint64_t us)
{
    metric_observe(&commits, us);
}

void feed_metrics_batch(size_t count, bool recalled)
{
    metric_add(&batches[recalled], 1);
    metric_add(&batched, (int64_t)count);
}

void feed_metrics_queue(size_t waiting, size_t waiting_quotes)
{
    metric_set(&queue_submissions, (int64_t)waiting);
    metric_set(&queue_quotes, (int64_t)waiting_quotes);
}

void feed_metrics_streams(int64_t change)
{
    metric_add(&streams, change);
}
