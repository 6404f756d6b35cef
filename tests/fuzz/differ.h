/*
 * Our parser and llhttp on the same bytes. Both readings are written down in one form
 * (differ_ours.c, differ_llhttp.c); differ_compare.c finds the first place where they part, and
 * differ_class.c holds every way in which they may, with a judgement. What fits none of its rows is
 * a finding.
 */
#ifndef DIFFER_H
#define DIFFER_H

#include <corridor/base.h>

#define DIFFER_STREAM_MAX   ((size_t)40 << 10) /* bytes of a stream */
#define DIFFER_MESSAGES_MAX 12U
#define DIFFER_FIELDS_MAX   128U /* kept of a message; more are only counted */

struct differ_field {
    struct span name;
    struct span value; /* without surrounding blanks */
};

struct differ_message {
    size_t at; /* its first byte in the stream; of llhttp's, unset */
    struct span method;
    struct span target;
    unsigned minor;
    struct differ_field fields[DIFFER_FIELDS_MAX];
    unsigned field_count;
    uint64_t body; /* bytes, and a sum over them */
    uint64_t body_sum;
    bool headed;   /* the head is whole */
    bool complete; /* and the body */
    bool close;    /* nothing after it is read */
};

enum differ_end {
    DIFFER_WAITS,   /* the last message is not complete; more bytes are wanted */
    DIFFER_CLOSED,  /* the last message said so; what follows was not looked at */
    DIFFER_REFUSED, /* the last message is not accepted */
};

struct differ_reading {
    struct differ_message messages[DIFFER_MESSAGES_MAX];
    unsigned count; /* begun */
    enum differ_end end;
    unsigned status;   /* ours: what a refusal is answered with */
    const char *fault; /* why it is refused: our words, or llhttp's name of the error */
    size_t fault_at;   /* the byte at which it was, in the stream */
    bool in_trailers;  /* ours: it is a trailer that is refused */
};

/* Reads a stream as the engine does. `cuts`: how the bytes arrive, ascending. */
void differ_ours(struct differ_reading *out, struct span stream, const size_t *cuts, size_t count);
/* Reads it as llhttp does, in one piece. Its spans stay valid until the next call. */
void differ_llhttp(struct differ_reading *out, struct span stream);

/* Where two readings part. */
struct differ_point {
    struct span stream;
    struct span rest; /* of the stream, from the message's first byte */
    struct span head; /* of `rest`, the head as far as it goes, its empty line included */
    const struct differ_reading *ours;
    const struct differ_reading *theirs;
    const struct differ_message *our; /* the message; NULL when it did not begin */
    const struct differ_message *their;
    bool refused_here; /* and accepted, or not yet refused, by llhttp */
    bool refused_there;
    const char *what; /* what differs of a message both accepted: "method", "target", ... */
};

/* False when both read the same. */
bool differ_compare(struct differ_point *point, const struct differ_reading *ours,
                    const struct differ_reading *theirs, struct span stream);
/* Whether ours, cut anywhere, is what it is whole. */
bool differ_same(const struct differ_reading *one, const struct differ_reading *other);

enum differ_judgement {
    DIFFER_WE_ARE_RIGHT,  /* the RFC says so, and llhttp does otherwise */
    DIFFER_WE_ARE_STRICT, /* the RFC allows both; we refuse what is doubtful or above a limit */
    DIFFER_ELSEWHERE,     /* the same in the end: what our parser lets by, the engine decides */
};

struct differ_class {
    const char *name;
    enum differ_judgement judgement;
    const char *why;
    bool (*is)(const struct differ_point *point);
};

extern const struct differ_class differ_classes[];
extern const size_t differ_class_count;
/* NULL: a finding. */
const struct differ_class *differ_classify(const struct differ_point *point);
/* Prints both readings where they part. */
void differ_print(const struct differ_point *point);

/*
 * Both readings of a stream, and the class of their difference, or NULL. *good is false when the
 * difference has no class, or when cuts change our reading. `cuts` may be NULL.
 */
const struct differ_class *differ_judge(struct span stream, const size_t *cuts, size_t count,
                                        bool *good);

#endif
