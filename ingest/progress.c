/*
 * The progress line. It must cost nothing where nobody looks (a pipe, a log) and never outlive its
 * command: it is rewritten in place and taken away at the end.
 */
#include <ingest/progress.h>

#include <corridor/instant.h>

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define BETWEEN_MS   100
#define ESTIMATED_MS 2000 /* before this the time left would be a guess */

static int64_t now_ms(void)
{
    return instant_monotonic() / 1000;
}

void progress_start(struct progress *progress, const char *what, uint64_t total)
{
    *progress = (struct progress){.what = what, .total = total, .on = isatty(STDERR_FILENO) == 1};
    if (progress->on) {
        progress->started = now_ms();
    }
}

void progress_update(struct progress *progress, uint64_t count, uint64_t done)
{
    if (!progress->on) {
        return;
    }
    int64_t now = now_ms();
    if (progress->shown && now - progress->shown < BETWEEN_MS) {
        return;
    }
    progress->shown = now;
    int64_t elapsed = now - progress->started;
    fprintf(stderr, "\r\033[K%" PRIu64 " %s", count, progress->what);
    if (progress->total > 0 && done <= progress->total) {
        uint64_t part = done * 1000 / progress->total;
        fprintf(stderr, ", %" PRIu64 " %%", part / 10);
        if (elapsed >= ESTIMATED_MS && part > 0) {
            int64_t left = elapsed * (1000 - (int64_t)part) / (int64_t)part / 1000;
            fprintf(stderr, ", %" PRId64 ":%02" PRId64 " left", left / 60, left % 60);
        }
    }
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->on && progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    progress->on = false;
}
