/*
 * One line to standard error for what an operator must know: "2026-03-01T12:00:00.123Z warn
 * message". Control characters in a message are replaced, so that a line stays one. Never log an
 * address, a query or a person's words. Safe from any thread.
 */
#ifndef CORRIDOR_LOG_H
#define CORRIDOR_LOG_H

#include <corridor/base.h>

#include <stdatomic.h>

enum log_level {
    LOG_LEVEL_DEBUG,
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARN,
    LOG_LEVEL_ERROR
};

/* Lines below the level are dropped. Default: LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);

void log_debug(const char *format, ...) PRINTF_LIKE(1, 2);
void log_info(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *format, ...) PRINTF_LIKE(1, 2);
void log_error(const char *format, ...) PRINTF_LIKE(1, 2);

/* One place that may want to speak too often; a static variable of the caller, all zero. */
struct log_site {
    _Atomic int64_t next;    /* monotonic milliseconds from which it may speak again */
    _Atomic uint32_t silent; /* lines held back since it last did */
};
/* Like log_warn, at most once a second for the site; the next line says how many were held back. */
void log_warn_sometimes(struct log_site *site, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
