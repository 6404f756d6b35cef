/* The head of a report's answer: what it is, when it is of, what explains it and who may use it. */
#include "server/report.h"

#include <openssl/evp.h>
#include <stdio.h>

#define EXPOSED \
    "Content-Digest, Content-Disposition, Corridor-As-Of, Corridor-Fingerprint, ETag, Link"
#define LICENCE "https://creativecommons.org/licenses/by/4.0/"

/* A question with its as_of has one answer; without it the answer lasts until something is learned.
 */
#define CACHE_FIXED  "public, max-age=3600"
#define CACHE_LATEST "public, max-age=60, stale-while-revalidate=300"

static void add(struct report_head *head, const char *name, const char *value)
{
    head->fields[head->head.field_count++] = (struct http_field){name, value};
}

static void write_link(struct report_head *head, const struct report_ask *ask,
                       enum report_format format, int64_t as_of)
{
    char query[REPORT_QUERY_MAX];
    struct report_ask fixed = *ask;
    const char *name = ask->report->name;
    fixed.as_of = as_of;
    report_ask_print(query, &fixed);
    int len = snprintf(head->link, sizeof(head->link),
                       "</v1/reports/%s.%s%s>; rel=\"canonical\", "
                       "</v1/methodology>; rel=\"describedby\"; type=\"application/json\", "
                       "<" LICENCE ">; rel=\"license\"",
                       name, report_format_suffix(format), query);
    if (format == REPORT_CSV)
        (void)snprintf(head->link + len, sizeof(head->link) - (size_t)len,
                       ", </v1/reports/%s.csv-metadata.json>; rel=\"describedby\"; "
                       "type=\"application/csvm+json\"",
                       name);
}

static void write_name(struct report_head *head, const struct report_ask *ask,
                       enum report_format format)
{
    char period[2 * PERIOD_TEXT_MAX + 8] = "";
    if (ask->from[0] != '\0' || ask->to[0] != '\0')
        (void)snprintf(period, sizeof(period), "-%s%s%s", ask->from,
                       strcmp(ask->from, ask->to) == 0 ? "" : "-to-",
                       strcmp(ask->from, ask->to) == 0 ? "" : ask->to);
    (void)snprintf(head->disposition, sizeof(head->disposition),
                   "attachment; filename=\"corridor-%s%s.%s\"", ask->report->name, period,
                   report_format_suffix(format));
}

void report_head_fill(struct report_head *head, const struct report_ask *ask,
                      enum report_format format, enum http_encoding encoding,
                      const struct report_standing *standing)
{
    head->head = (struct http_head){
        .status = 200,
        .content_type = report_format_type(ask->report, format),
        .content_encoding = encoding == HTTP_GZIP ? "gzip" : NULL,
        .etag = head->etag,
        .cache_control = ask->as_of == INSTANT_NEVER ? CACHE_LATEST : CACHE_FIXED,
        .vary = format == REPORT_XLSX ? NULL : "Accept-Encoding",
        .fields = head->fields,
    };
    (void)snprintf(head->etag, sizeof(head->etag), "\"%.32s-%s%s\"", standing->fingerprint,
                   report_format_suffix(format), encoding == HTTP_GZIP ? "-gzip" : "");
    instant_print(head->as_of, sizeof(head->as_of), standing->as_of);
    (void)snprintf(head->fingerprint, sizeof(head->fingerprint), "sha-256:%s",
                   standing->fingerprint);
    write_link(head, ask, format, standing->as_of);
    write_name(head, ask, format);
    add(head, "Corridor-As-Of", head->as_of);
    add(head, "Corridor-Fingerprint", head->fingerprint);
    add(head, "Link", head->link);
    add(head, "Content-Disposition", head->disposition);
    add(head, "Access-Control-Expose-Headers", EXPOSED);
}

void report_digest_print(char text[REPORT_DIGEST_MAX], const unsigned char digest[32])
{
    unsigned char base64[48];
    EVP_EncodeBlock(base64, digest, 32);
    (void)snprintf(text, REPORT_DIGEST_MAX, "sha-256=:%s:", (const char *)base64);
}
