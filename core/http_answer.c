/*
 * Answers made once and sent many times. One block holds the head, the head of its 304 and the
 * body; only what changes with every reply (Date, Connection, CORS) is left to the sending worker.
 */
#include "http_engine.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const char *http_status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } texts[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {301, "Moved Permanently"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i].status == status) {
            return texts[i].text;
        }
    }
    return "Unknown";
}

static void head_field(struct out *out, const char *name, const char *value)
{
    if (value != NULL) {
        assert(strpbrk(value, "\r\n") == NULL);
        out_text(out, name);
        out_bytes(out, ": ", 2);
        out_text(out, value);
        out_bytes(out, "\r\n", 2);
    }
}

void http_head_write(struct out *out, const struct http_head *head, int status)
{
    out_text(out, "HTTP/1.1 ");
    out_int(out, status);
    out_char(out, ' ');
    out_text(out, http_status_text(status));
    out_bytes(out, "\r\n", 2);
    if (status != 304) {
        head_field(out, "Content-Type", head->content_type);
        head_field(out, "Content-Encoding", head->content_encoding);
    }
    head_field(out, "ETag", head->etag);
    head_field(out, "Cache-Control", head->cache_control);
    head_field(out, "Vary", head->vary);
    for (unsigned i = 0; i < head->field_count; i++) {
        head_field(out, head->fields[i].name, head->fields[i].value);
    }
}

struct http_answer *http_answer_new(const struct http_head *head, struct span body)
{
    struct http_answer *answer = NULL;
    struct out lines;
    out_init(&lines, OUT_LIMIT_DEFAULT);
    http_head_write(&lines, head, head->status);
    if (head->status != 204 && head->status != 304) {
        out_text(&lines, "Content-Length: ");
        out_uint(&lines, body.len);
        out_bytes(&lines, "\r\n", 2);
    }
    size_t head_len = lines.len;
    if (head->etag != NULL) {
        http_head_write(&lines, head, 304);
    }
    size_t etag_len = head->etag == NULL ? 0 : strlen(head->etag);
    if (out_failed(&lines)) {
        goto done;
    }
    answer = malloc(sizeof *answer + lines.len + body.len + etag_len);
    if (answer == NULL) {
        goto done;
    }
    *answer = (struct http_answer){.refs = 1,
                                   .status = (uint16_t)head->status,
                                   .caches = head->cache_control != NULL,
                                   .file = -1};
    char *at = answer->bytes;
    memcpy(at, lines.at, lines.len);
    answer->head = (struct span){at, head_len};
    answer->head304 = (struct span){at + head_len, lines.len - head_len};
    at += lines.len;
    if (body.len > 0) {
        memcpy(at, body.at, body.len);
    }
    answer->body = (struct span){at, body.len};
    if (head->etag != NULL) {
        memcpy(at + body.len, head->etag, etag_len);
        answer->etag = (struct span){at + body.len, etag_len};
    }
done:
    out_free(&lines);
    return answer;
}

static _Atomic unsigned files;

static void file_close(int file)
{
    close(file);
    atomic_fetch_sub_explicit(&files, 1, memory_order_relaxed);
}

/* A file in memory that holds the bytes; -1: it could not be made, or there are enough. */
static int file_with(struct span bytes)
{
    int file = -1;
    if (atomic_fetch_add_explicit(&files, 1, memory_order_relaxed) < HTTP_FILES_MOST) {
        file = memfd_create("answer", MFD_CLOEXEC);
    }
    if (file < 0) {
        atomic_fetch_sub_explicit(&files, 1, memory_order_relaxed);
    } else if (write(file, bytes.at, bytes.len) != (ssize_t)bytes.len) {
        file_close(file);
        file = -1;
    }
    return file;
}

struct http_answer *http_answer_ref(struct http_answer *answer)
{
    atomic_fetch_add_explicit(&answer->refs, 1, memory_order_relaxed);
    return answer;
}

void http_answer_unref(struct http_answer *answer)
{
    if (answer != NULL && atomic_fetch_sub_explicit(&answer->refs, 1, memory_order_acq_rel) == 1) {
        if (answer->file >= 0) {
            file_close(answer->file);
        }
        free(answer);
    }
}

void http_answer_file(struct http_answer *answer)
{
    int none = -1;
    if (answer->file >= 0 || answer->body.len < HTTP_FILE_LEAST) {
        return;
    }
    int file = file_with(answer->body);
    /* Workers share the answers made at the start, and two may come here at once. */
    if (file >= 0 && !atomic_compare_exchange_strong(&answer->file, &none, file)) {
        file_close(file);
    }
}

size_t http_answer_size(const struct http_answer *answer)
{
    return sizeof *answer + answer->head.len + answer->head304.len +
           answer->body.len * (answer->file < 0 ? 1 : 2) + answer->etag.len;
}

bool http_etag_matches(struct span list, struct span etag)
{
    if (span_is(list, "*")) {
        return true;
    }
    if (etag.len > 2 && memcmp(etag.at, "W/", 2) == 0) {
        etag = (struct span){etag.at + 2, etag.len - 2};
    }
    /* An entity tag has no quote inside, so finding it whole, quotes included, is enough. */
    return etag.len > 0 && memmem(list.at, list.len, etag.at, etag.len) != NULL;
}
