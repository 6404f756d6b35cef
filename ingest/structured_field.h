/*
 * Structured Field Values for HTTP (RFC 8941), the dictionaries among them, read strictly and
 * without a copy: what the signature's headers are written in. Nothing is allocated and nothing
 * outlives the bytes that were given.
 */
#ifndef INGEST_STRUCTURED_FIELD_H
#define INGEST_STRUCTURED_FIELD_H

#include <corridor/base.h>

enum structured_type {
    STRUCTURED_INTEGER,
    STRUCTURED_DECIMAL,
    STRUCTURED_STRING,
    STRUCTURED_TOKEN,
    STRUCTURED_BYTES,
    STRUCTURED_BOOLEAN,
    STRUCTURED_LIST, /* an inner list */
};

struct structured_value {
    enum structured_type type;
    /* What stands between the quotes (escapes and all), colons or brackets; else the whole. Two
     * strings are the same when their texts are: RFC 8941 leaves one way to write each. */
    struct span text;
    int64_t integer; /* of an integer; of a boolean 0 or 1 */
};

/* Where reading stands. The text must outlive it. */
struct structured_reader {
    struct span rest;
    bool begun;
    const char *error; /* what was expected there; NULL while all is well */
};

void structured_begin(struct structured_reader *reader, struct span text);
/*
 * The next member of a dictionary, the next item of an inner list (begun on its text), the next
 * parameter of the member or item just read. False at the end, and on an error, which then stays.
 * Parameters that were not asked for are checked and passed over. A name that comes twice is given
 * twice (RFC 8941 lets the last one win; who asks should refuse).
 */
bool structured_next_member(struct structured_reader *reader, struct span *name,
                            struct structured_value *value);
bool structured_next_item(struct structured_reader *reader, struct structured_value *value);
bool structured_next_parameter(struct structured_reader *reader, struct span *name,
                               struct structured_value *value);

/*
 * Decodes the text of a STRUCTURED_BYTES into at most `size` bytes; *len is how many. False when it
 * is longer, or not written in the one way that encoding gives: padded, and with no bit set in the
 * padding (RFC 4648 section 3.5), so that no two texts mean the same bytes.
 */
MUST_CHECK bool structured_bytes(struct span text, uint8_t *bytes, size_t size, size_t *len);

#endif
