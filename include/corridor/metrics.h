/*
 * Counters, gauges and histograms, told at /metrics in Prometheus' text format 0.0.4. A module
 * declares its own as static variables, registers them once at start, and changes them from any
 * thread. Names end in _total for counters, and carry their unit (_seconds, _bytes).
 */
#ifndef CORRIDOR_METRICS_H
#define CORRIDOR_METRICS_H

#include <corridor/out.h>

#include <stdatomic.h>

enum metric_kind {
    METRIC_COUNTER,
    METRIC_GAUGE,
    METRIC_GAUGE_SECONDS /* its value is in microseconds */
};

struct metric {
    enum metric_kind kind;
    const char *name;   /* "corridor_snapshot_offers" */
    const char *labels; /* "source=\"ecb\"" or NULL; metrics of one name stand next to each other
                           when registered so */
    const char *help;
    _Atomic int64_t value;
    struct metric *next; /* in the registry's list */
};

/* Adds it to the registry for the life of the program; before threads start. A repeat is ignored.
 */
void metric_register(struct metric *metric);

static inline void metric_add(struct metric *metric, int64_t amount)
{
    atomic_fetch_add_explicit(&metric->value, amount, memory_order_relaxed);
}
static inline void metric_set(struct metric *metric, int64_t value)
{
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

/* Upper bounds of the latency buckets in microseconds; the last bucket is everything above. */
#define METRIC_BUCKETS 16
extern const uint32_t metric_bucket_us[METRIC_BUCKETS];

/* Written by one thread only, read by any: plain loads and stores, no lock prefix. */
struct metric_histogram {
    _Atomic uint64_t buckets[METRIC_BUCKETS + 1];
    _Atomic uint64_t sum_us;
};
void metric_observe(struct metric_histogram *histogram, uint64_t us);
/* Adds `from` into `to`; how histograms of several threads become one. */
void metric_histogram_merge(struct metric_histogram *to, const struct metric_histogram *from);
/* The lines of one series; `labels` without braces, may be "". # HELP and # TYPE are the caller's.
 */
void metric_histogram_write(struct out *out, const char *name, const char *labels,
                            const struct metric_histogram *histogram);

/* One that is written by the owning thread only. */
static inline void metric_bump(_Atomic uint64_t *counter, uint64_t amount)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + amount,
                          memory_order_relaxed);
}

/* Something that writes its own lines at each scrape (the HTTP engine's per-worker numbers do). */
struct metric_collector {
    void (*write)(struct out *out, void *arg);
    void *arg;
    struct metric_collector *next;
};
void metric_collector_add(struct metric_collector *collector);
void metric_collector_remove(struct metric_collector *collector);

/* Everything, in text format. Any thread. */
void metrics_write(struct out *out);

#endif
