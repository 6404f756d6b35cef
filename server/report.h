/*
 * Reports: whole tables of the record, streamed. What they are, their columns and their units stand
 * in const tables here, from which SQL, header lines, metadata and the workbook's dictionary all
 * come, so that they cannot differ.
 */
#ifndef SERVER_REPORT_H
#define SERVER_REPORT_H

#include <corridor/db.h>
#include <corridor/http.h>
#include <corridor/instant.h>

enum report_type {
    REPORT_CODE,    /* one of our codes, or a number that is a name */
    REPORT_LIST,    /* codes divided by REPORT_SEPARATOR */
    REPORT_TEXT,    /* from outside: guarded in CSV against being run as a formula */
    REPORT_DECIMAL, /* exact; a string in JSON, as everywhere in the API */
    REPORT_INTEGER,
    REPORT_BOOLEAN,
    REPORT_DATE,
};
#define REPORT_SEPARATOR ";"

struct report_column {
    const char *name;
    enum report_type type;
    const char *unit; /* NULL: none */
    const char *means;
};

#define REPORT_SOURCES_MAX 2U
struct report {
    const char *name; /* "services" */
    const char *title;
    const char *means;
    const struct report_column *columns;
    size_t column_count;
    /* The views it is read from, one after the other, each with these columns. */
    const char *sources[REPORT_SOURCES_MAX];
    const char *order;  /* of rows within each; unique, so that the same report is the same bytes */
    bool sdmx;          /* SDMX-CSV 1.0: no other format, and a media type of its own */
    bool own_structure; /* and one of our own, not the United Nations' */
    bool stand;         /* made of worked-out figures: its as_of is the last time they were */
};
const struct report *report_find(struct span name); /* NULL: none */
const struct report *report_all(size_t *count);

#define REPORT_FORMATS(X)                                    \
    X(CSV, "csv", "text/csv; charset=utf-8; header=present") \
    X(JSONL, "jsonl", "application/jsonl; charset=utf-8")    \
    X(JSON, "json", "application/json; charset=utf-8")       \
    X(XLSX, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
#define REPORT_FORMAT_ENUM(name, suffix, type) REPORT_##name,
enum report_format {
    REPORT_FORMATS(REPORT_FORMAT_ENUM) REPORT_FORMAT_COUNT
};
const char *report_format_suffix(enum report_format format);                            /* "csv" */
const char *report_format_type(const struct report *report, enum report_format format); /* media */

/* "services.csv" or "series.sdmx.csv" taken apart. False when there is no such report or format. */
MUST_CHECK bool report_parse(struct span file, const struct report **report,
                             enum report_format *format);

/* ---- The question ---- */

struct report_ask {
    const struct report *report;
    char from[PERIOD_TEXT_MAX]; /* "" for the first there is */
    char to[PERIOD_TEXT_MAX];   /* "" for the last */
    int64_t as_of;              /* INSTANT_NEVER: as the record is now */
};
/* What is wrong with one. */
struct report_fault {
    const char *parameter; /* NULL: nothing is */
    struct span received;
    const char *allowed;
};
/*
 * Reads period, from, to and as_of; at = NULL where one was not given. now bounds them. False with
 * *fault set. Pure.
 */
MUST_CHECK bool report_ask_read(struct report_ask *ask, struct span period, struct span from,
                                struct span to, struct span as_of, int64_t now,
                                struct report_fault *fault);
/* The query that asks for exactly this, "?from=2011-Q1&to=2011-Q3&as_of=…", or "". */
#define REPORT_QUERY_MAX 96
void report_ask_print(char query[REPORT_QUERY_MAX], const struct report_ask *ask);

/* ---- What the record held (report_sql.c) ---- */

#define REPORT_FINGERPRINT_MAX 65 /* hexadecimal SHA-256 */
struct report_standing {
    int64_t as_of; /* what ask.as_of came to */
    char fingerprint[REPORT_FINGERPRINT_MAX];
};
/* Reads the row of a standing statement. False when it cannot be read. */
MUST_CHECK bool report_standing_read(struct report_standing *standing, const struct report_ask *ask,
                                     const struct db_result *rows);

/* Writes the statements out of the tables, once, before threads start. */
void report_sql_open(void);
void report_sql_close(void);

/* A report's question as parameters of its first statements. */
struct report_params {
    char as_of[INSTANT_TEXT_MAX]; /* "" */
    const char *values[3];        /* from, to, as_of */
};
void report_params_set(struct report_params *params, const struct report_ask *ask);

#define REPORT_STEPS_MAX (2U + REPORT_SOURCES_MAX)
/*
 * The steps of a stream: the question is left in settings, the standing is read (step
 * REPORT_STEP_STANDING), then the rows come from `copies` COPYs. params must live until it is
 * asked. Returns the count.
 */
enum {
    REPORT_STEP_SETTINGS,
    REPORT_STEP_STANDING,
    REPORT_STEP_ROWS
};
size_t report_steps(struct db_step steps[REPORT_STEPS_MAX], size_t *copies,
                    const struct report_ask *ask, enum report_format format,
                    const struct report_params *params);

/* ---- Heads (report_head.c) ---- */

/* Everything that stands in the head of a report's answer, with the texts it points to. */
#define REPORT_FIELDS_MAX 8U
struct report_head {
    struct http_head head;
    struct http_field fields[REPORT_FIELDS_MAX];
    char etag[96];
    char as_of[INSTANT_TEXT_MAX];
    char fingerprint[16 + REPORT_FINGERPRINT_MAX];
    char link[640];
    char disposition[128];
};
void report_head_fill(struct report_head *head, const struct report_ask *ask,
                      enum report_format format, enum http_encoding encoding,
                      const struct report_standing *standing);

/* "sha-256=:…:", as Content-Digest says it (RFC 9530). */
#define REPORT_DIGEST_MAX 64
void report_digest_print(char text[REPORT_DIGEST_MAX], const unsigned char digest[32]);

/* ---- Answers ---- HTTP_LATER: the reply will come, and the caller defers the request. */

/* Streams rows as CSV, JSON Lines or JSON (report_stream.c). */
enum http_result report_stream(struct http_request *req, const struct report_ask *ask,
                               enum report_format format, enum http_encoding encoding);
void report_stream_metrics(void);
/* The workbook (report_workbook.c): made in a file by a thread of its own, then sent. */
enum http_result report_workbook(struct http_request *req, const struct report_ask *ask);
/* Ends those being made, while the workers still run. */
void report_workbooks_stop(void);

/* The reports as a DCAT catalogue, and the structure of our SDMX files (report_catalogue.c). */
void report_catalogue(struct out *out);
void report_structure(struct out *out);
/* CSVW: the columns of a CSV (report_meta.c). Written into out. */
void report_csvw(struct out *out, const struct report *report);

#endif
