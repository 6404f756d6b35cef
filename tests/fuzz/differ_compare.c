/*
 * Where two readings of one stream part. The hard part is time: llhttp refuses a line at its first
 * wrong byte, we when the line is whole. So where only llhttp has refused and ours still waits,
 * ours is given an end to what it waits for, and has to refuse it then.
 */
#include "differ.h"

#include <stdio.h>

static bool span_same(struct span one, struct span other)
{
    return one.len == other.len && (one.len == 0 || memcmp(one.at, other.at, one.len) == 0);
}

static const char *message_differs(const struct differ_message *our,
                                   const struct differ_message *their)
{
    if (!span_same(our->method, their->method)) {
        return "method";
    }
    if (!span_same(our->target, their->target)) {
        return "target";
    }
    if (our->minor != their->minor) {
        return "version";
    }
    if (our->field_count != their->field_count) {
        return "fields";
    }
    for (unsigned i = 0; i < our->field_count; i++) {
        if (!span_same(our->fields[i].name, their->fields[i].name)) {
            return "name";
        }
        if (!span_same(our->fields[i].value, their->fields[i].value)) {
            return "value";
        }
    }
    return NULL;
}

static const char *body_differs(const struct differ_message *our,
                                const struct differ_message *their)
{
    if (our->complete != their->complete) {
        return "end";
    }
    if (our->body != their->body || our->body_sum != their->body_sum) {
        return "body";
    }
    return our->complete && our->close != their->close ? "close" : NULL;
}

/* Whether ours, which waits, refuses once what it waits for has its end. */
static bool refuses_late(struct span stream)
{
    static const char *const ends[] = {"\r\n\r\n", "\n\r\n\r\n", " HTTP/1.1\r\n\r\n"};
    static char more[DIFFER_STREAM_MAX + 32];
    static struct differ_reading late;
    bool refuses = true;
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        memcpy(more, stream.at, stream.len);
        memcpy(more + stream.len, ends[i], strlen(ends[i]));
        differ_ours(&late, (struct span){more, stream.len + strlen(ends[i])}, NULL, 0);
        refuses = refuses && late.end == DIFFER_REFUSED;
    }
    return refuses;
}

/* The message a reading has at an index, when it began. */
static const struct differ_message *message_at(const struct differ_reading *reading, unsigned i)
{
    return i < reading->count ? &reading->messages[i] : NULL;
}

static bool refuses_at(const struct differ_reading *reading, unsigned i)
{
    return reading->end == DIFFER_REFUSED && i + 1 >= reading->count;
}

static void point_place(struct differ_point *point)
{
    size_t at = point->our == NULL ? point->stream.len : point->our->at;
    point->rest = (struct span){point->stream.at + at, point->stream.len - at};
    const char *end =
        point->rest.len < 4 ? NULL : memmem(point->rest.at, point->rest.len, "\r\n\r\n", 4);
    point->head = point->rest;
    if (end != NULL) {
        point->head.len = (size_t)(end - point->rest.at) + 4;
    }
}

bool differ_compare(struct differ_point *point, const struct differ_reading *ours,
                    const struct differ_reading *theirs, struct span stream)
{
    for (unsigned i = 0;; i++) {
        *point = (struct differ_point){.stream = stream, .ours = ours, .theirs = theirs};
        point->our = message_at(ours, i);
        point->their = message_at(theirs, i);
        bool ours_ends = point->our == NULL || !point->our->complete;
        bool theirs_ends = point->their == NULL || !point->their->complete;
        bool here = ours_ends && refuses_at(ours, i);
        bool there = theirs_ends && refuses_at(theirs, i);
        if ((here && there) || (point->our == NULL && point->their == NULL && here == there)) {
            return false;
        }
        if (there && !here && point->our != NULL && !point->our->complete && refuses_late(stream)) {
            return false;
        }
        if (there && !here && point->our == NULL && point->their == NULL &&
            theirs->fault_at >= stream.len) {
            return false;
        }
        point->refused_here = here;
        point->refused_there = there;
        if (!here && !there && point->our != NULL && point->their != NULL) {
            if (point->our->headed && point->their->headed) {
                point->what = message_differs(point->our, point->their);
            } else if (point->our->headed != point->their->headed) {
                point->what = "end";
            }
            if (point->what == NULL) {
                point->what = body_differs(point->our, point->their);
            }
            if (point->what == NULL && !point->our->complete) {
                return false;
            }
            if (point->what == NULL && !point->our->close) {
                continue;
            }
            if (point->what == NULL) {
                return false;
            }
        } else if (!here && !there) {
            point->what = "message"; /* only one of them sees one here */
        }
        point_place(point);
        return true;
    }
}

bool differ_same(const struct differ_reading *one, const struct differ_reading *other)
{
    if (one->count != other->count || one->end != other->end || one->status != other->status) {
        return false;
    }
    for (unsigned i = 0; i < one->count; i++) {
        const struct differ_message *a = &one->messages[i];
        const struct differ_message *b = &other->messages[i];
        if (a->headed != b->headed || a->close != b->close || message_differs(a, b) != NULL ||
            body_differs(a, b) != NULL) {
            return false;
        }
    }
    return true;
}

const struct differ_class *differ_judge(struct span stream, const size_t *cuts, size_t count,
                                        bool *good)
{
    static struct differ_reading ours;
    static struct differ_reading theirs;
    static struct differ_reading cut;
    struct differ_point point;
    differ_ours(&ours, stream, NULL, 0);
    differ_llhttp(&theirs, stream);
    *good = true;
    if (cuts != NULL) {
        differ_ours(&cut, stream, cuts, count);
        *good = differ_same(&ours, &cut);
    }
    if (!differ_compare(&point, &ours, &theirs, stream)) {
        return NULL;
    }
    const struct differ_class *class = differ_classify(&point);
    *good = *good && class != NULL;
    return class;
}

/* ---- For people ---- */

static void print_bytes(struct span bytes, size_t most)
{
    for (size_t i = 0; i < bytes.len && i < most; i++) {
        unsigned char byte = (unsigned char)bytes.at[i];
        if (byte == '\r' || byte == '\n') {
            printf("\\%c", byte == '\r' ? 'r' : 'n');
        } else if (byte >= 0x20 && byte < 0x7F) {
            putchar(byte);
        } else {
            printf("\\x%02x", byte);
        }
    }
    puts(bytes.len > most ? "..." : "");
}

static void print_reading(const char *who, const struct differ_reading *reading,
                          const struct differ_message *message)
{
    static const char *const ends[] = {"waits", "closes", "refuses"};
    printf("  %s %s after %u begun", who, ends[reading->end], reading->count);
    if (reading->fault != NULL) {
        printf(" (%s at byte %zu)", reading->fault, reading->fault_at);
    }
    if (message != NULL) {
        printf("; this one: %shead, body %llu, %scomplete%s", message->headed ? "" : "no ",
               (unsigned long long)message->body, message->complete ? "" : "not ",
               message->close ? ", close" : "");
    }
    puts("");
}

void differ_print(const struct differ_point *point)
{
    printf("  %s\n", point->refused_here    ? "refused by us only"
                     : point->refused_there ? "refused by llhttp only"
                                            : point->what);
    print_reading("ours", point->ours, point->our);
    print_reading("llhttp", point->theirs, point->their);
    printf("  ");
    print_bytes(point->rest, 900);
}
