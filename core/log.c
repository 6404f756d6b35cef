/*
 * Lines to standard error. Each is one write(2) of at most 1 KiB, so that lines of several threads,
 * and of the two programs on one terminal, never mix.
 */
#include <corridor/log.h>

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LOG_LINE 1024

static _Atomic int log_threshold = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&log_threshold, (int)level);
}

/* What snprintf says it would have written, to what it has: less the NUL when it was cut. */
static size_t log_written(int wanted, size_t room)
{
    size_t len = wanted < 0 ? 0 : (size_t)wanted;
    return len < room ? len : room - 1;
}

__attribute__((format(printf, 2, 0))) static void log_line(enum log_level level, const char *format,
                                                           va_list list)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    char line[LOG_LINE];
    struct timespec now;
    struct tm utc;
    if ((int)level < atomic_load_explicit(&log_threshold, memory_order_relaxed)) {
        return;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t len = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &utc);
    size_t room = sizeof line - len;
    len += log_written(
        snprintf(line + len, room, ".%03ldZ %s ", now.tv_nsec / 1000000, names[level]), room);
    size_t start = len;
    room = sizeof line - len;
    len += log_written(vsnprintf(line + len, room, format, list), room);
    for (size_t i = start; i < len; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F) {
            line[i] = '?';
        }
    }
    line[len++] = '\n'; /* in the place of the NUL */
    /* Nowhere to tell it if standard error itself fails. */
    ssize_t ignored = write(STDERR_FILENO, line, len);
    (void)ignored;
}

#define LOG_AT(level)                  \
    do {                               \
        va_list list;                  \
        va_start(list, format);        \
        log_line(level, format, list); \
        va_end(list);                  \
    } while (0)

void log_debug(const char *format, ...)
{
    LOG_AT(LOG_LEVEL_DEBUG);
}

void log_info(const char *format, ...)
{
    LOG_AT(LOG_LEVEL_INFO);
}

void log_warn(const char *format, ...)
{
    LOG_AT(LOG_LEVEL_WARN);
}

void log_error(const char *format, ...)
{
    LOG_AT(LOG_LEVEL_ERROR);
}

void log_warn_sometimes(struct log_site *site, const char *format, ...)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    int64_t ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    int64_t next = atomic_load_explicit(&site->next, memory_order_relaxed);
    /* Of several threads that come at once, one wins the exchange and speaks. */
    if (ms < next || !atomic_compare_exchange_strong(&site->next, &next, ms + 1000)) {
        atomic_fetch_add_explicit(&site->silent, 1, memory_order_relaxed);
        return;
    }
    uint32_t silent = atomic_exchange(&site->silent, 0);
    LOG_AT(LOG_LEVEL_WARN);
    if (silent > 0) {
        log_warn("the line above was held back %u times", silent);
    }
}
