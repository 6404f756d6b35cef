/*
 * Every way in which our parser and llhttp may differ, and who is right. A row's condition is
 * looked up in the raw bytes, so that a refusal for a reason that is not there is a finding.
 * README.md beside this has the rows for people.
 */
#include "differ.h"
#include "differ_look.h"

#include <llhttp/llhttp.h>

/* ---- What is asked about a difference ---- */

static bool refused_here(const struct differ_point *point, const char *fault)
{
    return point->refused_here && strcmp(point->ours->fault, fault) == 0;
}

static bool refused_there(const struct differ_point *point, const char *error)
{
    return point->refused_there && strcmp(point->theirs->fault, error) == 0;
}

static bool differs(const struct differ_point *point, const char *what)
{
    return point->what != NULL && strcmp(point->what, what) == 0;
}

static unsigned field(const struct differ_point *point, const char *name, struct span *value)
{
    return look_field(point->head, name, value);
}

/* The request line, behind at most one empty line. */
static struct span request_line(const struct differ_point *point)
{
    bool empty = point->rest.len > 2 && memcmp(point->rest.at, "\r\n", 2) == 0;
    return look_line(point->rest, empty ? 2 : 0);
}

/* The request's target: what lies between the first blank of its line and its version. */
static struct span line_target(const struct differ_point *point)
{
    struct span line = request_line(point);
    const char *blank = line.len == 0 ? NULL : memchr(line.at, ' ', line.len);
    size_t from = blank == NULL ? line.len : (size_t)(blank - line.at) + 1;
    return (struct span){line.at + from, line.len < from + 9 ? 0 : line.len - from - 9};
}

/* The line at which our head parser stopped: it had gone past its end. */
static struct span our_line(const struct differ_point *point)
{
    size_t past = point->ours->fault_at;
    return look_line(point->stream, past == 0 ? 0 : past - 1);
}

static struct span our_body_line(const struct differ_point *point)
{
    return look_line(point->stream, point->ours->fault_at);
}

/* The line at which llhttp stopped; it may point at the byte behind it. */
static struct span their_line(const struct differ_point *point)
{
    size_t at = point->theirs->fault_at;
    while (at > 0 && at <= point->stream.len && point->stream.at[at - 1] == '\n') {
        at--;
    }
    return look_line(point->stream, at);
}

static bool blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* Whether our message has a field with that element in its list. `name` is in lower case. */
static bool list_has(const struct differ_point *point, const char *name, const char *element)
{
    for (unsigned i = 0; point->our != NULL && i < point->our->field_count; i++) {
        const struct differ_field *one = &point->our->fields[i];
        if (look_is(one->name, name) && look_list_has(one->value, element)) {
            return true;
        }
    }
    return false;
}

/* ---- Refused by us only: the request line ---- */

static bool is_lines_before(const struct differ_point *point)
{
    return (refused_here(point, "The request line does not begin with a method.") ||
            refused_here(point, "This is not HTTP.") ||
            refused_here(point, "A line ends in a bare LF.") || differs(point, "message")) &&
           point->rest.len > 0 && (point->rest.at[0] == '\r' || point->rest.at[0] == '\n');
}

static bool is_other_protocol(const struct differ_point *point)
{
    struct span line = request_line(point);
    return (refused_here(point, "The request line does not end in an HTTP version.") ||
            refused_here(point, "The request line is too short.")) &&
           (memmem(line.at, line.len, " RTSP/", 6) != NULL ||
            memmem(line.at, line.len, " ICE/", 5) != NULL);
}

static bool is_http_0_9(const struct differ_point *point)
{
    return (refused_here(point, "The request line does not end in an HTTP version.") ||
            refused_here(point, "The request line is too short.")) &&
           (point->their == NULL || !point->their->headed || point->their->minor == 9) &&
           !look_version(request_line(point));
}

static bool is_version(const struct differ_point *point)
{
    return refused_here(point, "Only HTTP/1.0 and HTTP/1.1 are spoken here.") &&
           !look_version(request_line(point));
}

static bool is_connect(const struct differ_point *point)
{
    return refused_here(point, "CONNECT") && span_is(point->our->method, "CONNECT");
}

static bool is_asterisk(const struct differ_point *point)
{
    return refused_here(point, "The request's target is not valid.") &&
           span_is(line_target(point), "*") && !span_is(point->our->method, "OPTIONS");
}

static bool is_target_empty(const struct differ_point *point)
{
    return refused_here(point, "The request line is too short.") && line_target(point).len == 0 &&
           look_version(request_line(point));
}

static bool is_target(const struct differ_point *point)
{
    return refused_here(point, "The request's target is not valid.") &&
           !look_target(line_target(point));
}

static bool is_target_long(const struct differ_point *point)
{
    return (refused_here(point, "The target is too long.") ||
            refused_here(point, "The request line is too long.")) &&
           request_line(point).len > 8192;
}

/* ---- Refused by us only: fields ---- */

static bool is_bare_lf(const struct differ_point *point)
{
    size_t at = point->ours->fault_at;
    return refused_here(point, "A line ends in a bare LF.") && at > 1 &&
           point->stream.at[at - 1] == '\n' && point->stream.at[at - 2] != '\r';
}

static bool is_folded(const struct differ_point *point)
{
    struct span line = our_line(point);
    return refused_here(point, "A header line is not a name, a colon and a value.") &&
           line.len > 0 && blank(line.at[0]);
}

static bool is_nameless(const struct differ_point *point)
{
    struct span line = our_line(point);
    return refused_here(point, "A header line is not a name, a colon and a value.") &&
           line.len > 0 && line.at[0] == ':';
}

static bool is_fields_many(const struct differ_point *point)
{
    unsigned lines = 0;
    for (size_t i = 0; i < point->head.len; i++) {
        lines += point->head.at[i] == '\n';
    }
    return refused_here(point, "There are too many headers.") && lines > 101;
}

static bool is_head_long(const struct differ_point *point)
{
    return refused_here(point, "The head is too long.") && point->head.len >= 16384;
}

static bool is_host_missing(const struct differ_point *point)
{
    struct span host;
    return refused_here(point, "HTTP/1.1 needs a Host.") && field(point, "host", &host) == 0;
}

static bool is_host_repeated(const struct differ_point *point)
{
    struct span host;
    return refused_here(point, "There is more than one Host.") && field(point, "host", &host) > 1;
}

static bool is_host_invalid(const struct differ_point *point)
{
    struct span host;
    return refused_here(point, "Host is not valid.") && field(point, "host", &host) > 0 &&
           !look_host(host);
}

static bool is_expect(const struct differ_point *point)
{
    struct span expect;
    return refused_here(point, "The only expectation known is 100-continue.") &&
           field(point, "expect", &expect) > 0;
}

static bool is_length_empty(const struct differ_point *point)
{
    struct span length;
    return refused_here(point, "Content-Length is empty.") &&
           field(point, "content-length", &length) > 0 && length.len == 0;
}

static bool is_length_huge(const struct differ_point *point)
{
    struct span length;
    return refused_here(point, "Content-Length does not fit.") &&
           field(point, "content-length", &length) == 1 && length.len >= 20;
}

static bool is_coding_empty(const struct differ_point *point)
{
    struct span coding;
    return refused_here(point, "The only transfer coding known is chunked.") &&
           field(point, "transfer-encoding", &coding) > 0 && coding.len == 0;
}

static bool is_coding_other(const struct differ_point *point)
{
    struct span coding;
    return refused_here(point, "The only transfer coding known is chunked.") &&
           field(point, "transfer-encoding", &coding) > 0 && !look_is(coding, "chunked");
}

static bool is_coding_1_0(const struct differ_point *point)
{
    struct span coding;
    struct span line = request_line(point);
    return refused_here(point, "HTTP/1.0 has no Transfer-Encoding.") && line.len > 0 &&
           line.at[line.len - 1] == '0' && field(point, "transfer-encoding", &coding) > 0;
}

/* ---- Refused by us only: chunks ---- */

static bool chunk_refused(const struct differ_point *point)
{
    return refused_here(point, "The chunked body is malformed.") && !point->ours->in_trailers;
}

static bool is_chunk_digits(const struct differ_point *point)
{
    return chunk_refused(point) && look_digits(our_body_line(point)) > 8;
}

static bool is_chunk_line_long(const struct differ_point *point)
{
    return chunk_refused(point) && our_body_line(point).len > 254;
}

static bool is_chunk_extension_wrong(const struct differ_point *point)
{
    return chunk_refused(point) && !look_chunk_line(our_body_line(point));
}

static bool is_chunk_extensions_many(const struct differ_point *point)
{
    return chunk_refused(point) && look_chunk_line(our_body_line(point)) &&
           point->ours->fault_at - point->our->at > 16384;
}

static bool trailer_refused(const struct differ_point *point)
{
    return refused_here(point, "The chunked body is malformed.") && point->ours->in_trailers;
}

static bool is_trailer_bare_lf(const struct differ_point *point)
{
    size_t at = point->ours->fault_at;
    return trailer_refused(point) && point->stream.at[at] == '\n' &&
           point->stream.at[at - 1] != '\r';
}

static bool is_trailer_folded(const struct differ_point *point)
{
    struct span line = our_body_line(point);
    return trailer_refused(point) && line.len > 0 && blank(line.at[0]);
}

static bool is_trailer_nameless(const struct differ_point *point)
{
    struct span line = our_body_line(point);
    return trailer_refused(point) && line.len > 0 && line.at[0] == ':';
}

static bool is_trailer_long(const struct differ_point *point)
{
    return trailer_refused(point) && point->ours->fault_at > 16384 + point->our->at;
}

static bool is_trailers_many(const struct differ_point *point)
{
    unsigned lines = 0;
    if (!trailer_refused(point)) {
        return false;
    }
    for (size_t at = point->ours->fault_at; at > point->our->at; at--) {
        lines += point->stream.at[at - 1] == '\n' ? 1 : 0;
    }
    return lines > 101;
}

/* ---- Refused by llhttp only ---- */

static struct span line_method(const struct differ_point *point)
{
    struct span line = request_line(point);
    const char *end = line.len == 0 ? NULL : memchr(line.at, ' ', line.len);
    return (struct span){line.at, end == NULL ? line.len : (size_t)(end - line.at)};
}

static bool is_method_pri(const struct differ_point *point)
{
    return (refused_there(point, "HPE_INVALID_VERSION") ||
            refused_there(point, "HPE_PAUSED_H2_UPGRADE") || differs(point, "end")) &&
           point->our != NULL && span_is(line_method(point), "PRI");
}

static bool is_method_unknown(const struct differ_point *point)
{
    if (!refused_there(point, "HPE_INVALID_METHOD") || point->our == NULL ||
        !look_token(line_method(point))) {
        return false;
    }
    for (int method = HTTP_DELETE; method <= HTTP_SOURCE; method++) {
        if (span_is(line_method(point), llhttp_method_name((llhttp_method_t)method))) {
            return false;
        }
    }
    return true;
}

static bool is_length_tab(const struct differ_point *point)
{
    struct span line = their_line(point);
    return refused_there(point, "HPE_INVALID_CONTENT_LENGTH") && point->our != NULL &&
           !point->their->headed && memchr(line.at, '\t', line.len) != NULL;
}

static bool is_coding_tab(const struct differ_point *point)
{
    struct span coding;
    return refused_there(point, "HPE_INVALID_TRANSFER_ENCODING") && point->our != NULL &&
           field(point, "transfer-encoding", &coding) == 1 && look_is(coding, "chunked") &&
           coding.at[coding.len] == '\t';
}

static bool is_chunk_extension_right(const struct differ_point *point)
{
    return (refused_there(point, "HPE_STRICT") || refused_there(point, "HPE_INVALID_CHUNK_SIZE")) &&
           point->our != NULL && point->our->headed &&
           memchr(their_line(point).at, ';', their_line(point).len) != NULL &&
           look_chunk_line(their_line(point));
}

static bool is_trailer_framing(const struct differ_point *point)
{
    struct span value;
    return point->refused_there && point->our != NULL && point->our->headed &&
           point->their != NULL && point->their->headed &&
           (look_field(point->rest, "transfer-encoding", &value) > 1 ||
            look_field(point->rest, "content-length", &value) > 0);
}

/* ---- Accepted by both, and read otherwise ---- */

static bool is_keep_alive_1_0(const struct differ_point *point)
{
    return differs(point, "close") && point->our->minor == 0 && point->our->close;
}

static bool is_close_proxy(const struct differ_point *point)
{
    return differs(point, "close") && point->their->close &&
           !list_has(point, "connection", "close") && list_has(point, "proxy-connection", "close");
}

static bool is_close_missed(const struct differ_point *point)
{
    return differs(point, "close") && point->our->close && list_has(point, "connection", "close");
}

static bool is_close_trailer(const struct differ_point *point)
{
    struct span value;
    return differs(point, "close") && point->their->close &&
           !list_has(point, "connection", "close") &&
           field(point, "transfer-encoding", &value) == 1 &&
           (look_field(point->rest, "connection", &value) > 0 ||
            look_field(point->rest, "proxy-connection", &value) > 0);
}

const struct differ_class differ_classes[] = {
    {"lines-before", DIFFER_WE_ARE_STRICT,
     "RFC 9112 2.2 wants at least one empty line let pass; llhttp skips any number, and bare CR or "
     "LF",
     is_lines_before},
    {"other-protocol", DIFFER_WE_ARE_RIGHT,
     "RFC 9112 2.3: the name is HTTP; llhttp takes RTSP and ICE", is_other_protocol},
    {"http-0.9", DIFFER_WE_ARE_RIGHT,
     "RFC 9112 3: a line ends in a version; llhttp takes one without for HTTP/0.9", is_http_0_9},
    {"version", DIFFER_WE_ARE_STRICT, "505; llhttp also takes 0.9 and 2.0", is_version},
    {"connect", DIFFER_WE_ARE_STRICT, "501: we are no proxy", is_connect},
    {"asterisk", DIFFER_WE_ARE_RIGHT, "RFC 9112 3.2.4: \"*\" is for OPTIONS only", is_asterisk},
    {"target-empty", DIFFER_WE_ARE_RIGHT,
     "RFC 9112 3: a target is needed; llhttp takes none after CONNECT", is_target_empty},
    {"target", DIFFER_WE_ARE_RIGHT,
     "RFC 9112 3.2 and RFC 3986: bytes, percent-encoding, form; llhttp looks for blanks and "
     "controls",
     is_target},
    {"target-long", DIFFER_WE_ARE_STRICT, "414 above 8 KiB", is_target_long},
    {"bare-lf", DIFFER_WE_ARE_STRICT,
     "RFC 9112 2.2 allows to take it for a line's end; another reader may not", is_bare_lf},
    {"folded", DIFFER_WE_ARE_STRICT, "RFC 9112 5.2: reject, or join; llhttp joins", is_folded},
    {"nameless", DIFFER_WE_ARE_RIGHT, "RFC 9110 5.1: a field's name is a token", is_nameless},
    {"fields-many", DIFFER_WE_ARE_STRICT, "431 above 100", is_fields_many},
    {"head-long", DIFFER_WE_ARE_STRICT, "431 above 16 KiB", is_head_long},
    {"host-missing", DIFFER_WE_ARE_RIGHT, "RFC 9112 3.2; llhttp leaves Host to the application",
     is_host_missing},
    {"host-repeated", DIFFER_WE_ARE_RIGHT, "RFC 9112 3.2", is_host_repeated},
    {"host-invalid", DIFFER_WE_ARE_STRICT,
     "RFC 9110 7.2, and of the names it allows only those in use", is_host_invalid},
    {"expect", DIFFER_WE_ARE_STRICT,
     "417 (RFC 9110 10.1.1); llhttp leaves Expect to the application", is_expect},
    {"length-empty", DIFFER_WE_ARE_RIGHT,
     "RFC 9110 8.6: digits; llhttp reads none, or those of a folded line", is_length_empty},
    {"length-huge", DIFFER_WE_ARE_STRICT, "413: no route takes it", is_length_huge},
    {"coding-empty", DIFFER_WE_ARE_RIGHT,
     "RFC 9112 6.1: 1#transfer-coding; llhttp then sees no body, or that of a folded line",
     is_coding_empty},
    {"coding-other", DIFFER_WE_ARE_STRICT, "501 (RFC 9112 6.1): chunked alone", is_coding_other},
    {"coding-1.0", DIFFER_WE_ARE_RIGHT, "RFC 9112 6.1: its framing is faulty", is_coding_1_0},
    {"chunk-digits", DIFFER_WE_ARE_STRICT, "8 digits are enough; llhttp reads 16", is_chunk_digits},
    {"chunk-line-long", DIFFER_WE_ARE_STRICT, "256 bytes (RFC 9112 7.1.1 wants a limit)",
     is_chunk_line_long},
    {"chunk-extension-wrong", DIFFER_WE_ARE_RIGHT, "RFC 9112 7.1.1: the grammar of extensions",
     is_chunk_extension_wrong},
    {"chunk-extensions-many", DIFFER_WE_ARE_STRICT, "16 KiB a body (RFC 9112 7.1.1 wants a limit)",
     is_chunk_extensions_many},
    {"trailer-nameless", DIFFER_WE_ARE_RIGHT, "RFC 9110 5.1: a field's name is a token",
     is_trailer_nameless},
    {"trailer-bare-lf", DIFFER_WE_ARE_STRICT, "as a head's", is_trailer_bare_lf},
    {"trailer-folded", DIFFER_WE_ARE_STRICT, "as a head's", is_trailer_folded},
    {"trailers-many", DIFFER_WE_ARE_STRICT, "100, as of a head's", is_trailers_many},
    {"trailer-long", DIFFER_WE_ARE_STRICT, "16 KiB, as a head", is_trailer_long},
    {"method-pri", DIFFER_ELSEWHERE,
     "llhttp keeps it for HTTP/2's preface; ours is 501 by the engine, as any unknown method",
     is_method_pri},
    {"method-unknown", DIFFER_ELSEWHERE,
     "RFC 9110 16.1: the set is open; llhttp has a list, our engine answers 501",
     is_method_unknown},
    {"length-tab", DIFFER_WE_ARE_RIGHT, "RFC 9110 5.5: a tab behind a value is a blank",
     is_length_tab},
    {"coding-tab", DIFFER_WE_ARE_RIGHT, "RFC 9110 5.5: a tab behind a value is a blank",
     is_coding_tab},
    {"chunk-extension-right", DIFFER_WE_ARE_RIGHT,
     "RFC 9112 7.1.1: blanks around \"=\" and \";\", quoted values, several",
     is_chunk_extension_right},
    {"trailer-framing", DIFFER_WE_ARE_RIGHT,
     "RFC 9110 6.5.1: a trailer that is not understood is dropped, and never changes the framing",
     is_trailer_framing},
    {"keep-alive-1.0", DIFFER_WE_ARE_STRICT,
     "RFC 9112 9.3: we end the connection after every HTTP/1.0 request", is_keep_alive_1_0},
    {"close-proxy", DIFFER_WE_ARE_RIGHT,
     "Proxy-Connection is no field of HTTP/1.1; llhttp reads it as Connection", is_close_proxy},
    {"close-missed", DIFFER_WE_ARE_RIGHT,
     "RFC 9110 7.6.1: Connection is a list with blanks of both kinds; llhttp misses \"close\" "
     "before "
     "a tab, and would run the next request",
     is_close_missed},
    {"close-trailer", DIFFER_WE_ARE_RIGHT, "RFC 9110 6.5.1: Connection is no trailer",
     is_close_trailer},
};
const size_t differ_class_count = COUNT_OF(differ_classes);

const struct differ_class *differ_classify(const struct differ_point *point)
{
    for (size_t i = 0; i < differ_class_count; i++) {
        if (differ_classes[i].is(point)) {
            return &differ_classes[i];
        }
    }
    return NULL;
}
