/* The few words every file needs: attributes that make a mistake a warning, and a span of bytes. */
#ifndef CORRIDOR_BASE_H
#define CORRIDOR_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The result says whether it worked; dropping it is a mistake. */
#define MUST_CHECK                   __attribute__((warn_unused_result))
#define PRINTF_LIKE(position, first) __attribute__((format(printf, position, first)))
#define COUNT_OF(array)              (sizeof(array) / sizeof((array)[0]))

/* Bytes that somebody else owns, not terminated: what parsers take and give. */
struct span {
    const char *at;
    size_t len;
};

static inline struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

static inline bool span_is(struct span s, const char *text)
{
    return s.len == strlen(text) && (s.len == 0 || memcmp(s.at, text, s.len) == 0);
}

#endif
