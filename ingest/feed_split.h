/*
 * A body taken apart into the texts of its quotes, as it comes and within bounds: JSON Lines, or
 * one JSON document that is a quote or an array of quotes. Where a quote ends is found by brackets
 * and quotes alone; what stands in it is its reader's to judge.
 */
#ifndef INGEST_FEED_SPLIT_H
#define INGEST_FEED_SPLIT_H

#include <corridor/out.h>
#include <corridor/refusal.h>

enum feed_format {
    FEED_LINES,    /* application/x-ndjson; lines of white space are passed over */
    FEED_DOCUMENT, /* application/json */
};

struct feed_split {
    enum feed_format format;
    int state;
    unsigned depth;
    bool in_string;
    bool escaped;
    bool given;        /* `text` was given, and is emptied next time */
    struct out text;   /* a quote that came in pieces, at most QUOTE_BYTES_MAX + 1 bytes of it */
    bool said;         /* the line under way is not blank, if only where it was not kept */
    uint64_t line;     /* of JSON Lines, counted from 1: the one under way */
    uint64_t elements; /* texts given */
};

enum feed_split_result {
    FEED_SPLIT_MORE,   /* the input is used up */
    FEED_SPLIT_TEXT,   /* a whole quote, or QUOTE_BYTES_MAX + 1 bytes of one that is too long */
    FEED_SPLIT_BROKEN, /* nothing of it can be taken: *why says why */
};

void feed_split_init(struct feed_split *split, enum feed_format format);
void feed_split_free(struct feed_split *split);
/*
 * Takes bytes from the front of *input until a text is whole. *text lies in the input or in the
 * split, until the next call. On FEED_SPLIT_BROKEN *why is set.
 */
enum feed_split_result feed_split_next(struct feed_split *split, struct span *input,
                                       struct span *text, struct refusal *why);
/* The input is over: the last line (FEED_SPLIT_TEXT, once), FEED_SPLIT_MORE when all is well, or
 * FEED_SPLIT_BROKEN. An array without an element is well; a body without anything is not. */
enum feed_split_result feed_split_end(struct feed_split *split, struct span *text,
                                      struct refusal *why);

#endif
