/*
 * Days and instants in UTC: how they are read and written. Days count from 1970-01-01, instants
 * in microseconds from its midnight. Pure, but for the two clocks.
 */
#ifndef CORRIDOR_INSTANT_H
#define CORRIDOR_INSTANT_H

#include <corridor/base.h>

#define INSTANT_SECOND   INT64_C(1000000)
#define INSTANT_DAY      (86400 * INSTANT_SECOND)
#define INSTANT_NEVER    INT64_MAX /* an end that is not set */
#define INSTANT_TEXT_MAX 32
#define DAY_TEXT_MAX     16
#define PERIOD_TEXT_MAX  8 /* "2014-Q2" and its NUL */

int64_t instant_now(void);
/* Microseconds of a clock that only goes forward, from nowhere in particular: for durations. */
int64_t instant_monotonic(void);
int32_t instant_day(int64_t instant);
/* The last microsecond of a day. */
int64_t instant_day_end(int32_t day);

/* "2026-03-01T12:00:00.123456Z", without the fraction when it is zero. Returns the length. */
size_t instant_print(char *buffer, size_t size, int64_t instant);
/* The same form, with at most six decimals, "Z" only; years 1970 to 9999. */
MUST_CHECK bool instant_parse(int64_t *out, struct span text);
/* RFC 3339 as other programs write it: also an offset ("+01:00") for "Z", and up to nine decimals,
 * of which those past the sixth are dropped. Capital T and Z; no leap seconds. */
MUST_CHECK bool instant_parse_any(int64_t *out, struct span text);

/* "2026-03-01"; a day that exists, years 1970 to 9999. */
size_t day_print(char *buffer, size_t size, int32_t day);
MUST_CHECK bool day_parse(int32_t *out, struct span text);

/* The quarter of a day, "2014-Q2". */
void period_print(char buffer[PERIOD_TEXT_MAX], int32_t day);
/* True for "2014-Q2", years 1970 to 9999. Periods order as their texts do. */
MUST_CHECK bool period_valid(struct span text);

#endif
