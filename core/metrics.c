/*
 * The registry behind /metrics. Numbers are changed without a lock wherever they live; only the
 * list of who has numbers is guarded, and only scrapes and start-up take that lock.
 */
#include <corridor/metrics.h>

#include <pthread.h>

const uint32_t metric_bucket_us[METRIC_BUCKETS] = {
    50,    100,   250,    500,    1000,   2500,    5000,    10000,
    25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000,
};

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static struct metric *registry;
static struct metric_collector *collectors;

void metric_register(struct metric *metric)
{
    pthread_mutex_lock(&registry_lock);
    /* Behind the last of its name, else at the end: the format wants one block a name. */
    struct metric **place = &registry;
    bool found = false;
    for (struct metric **at = &registry; *at != NULL; at = &(*at)->next) {
        if (*at == metric) {
            goto done;
        }
        bool same = strcmp((*at)->name, metric->name) == 0;
        if (same || !found) {
            place = &(*at)->next;
        }
        found = found || same;
    }
    metric->next = *place;
    *place = metric;
done:
    pthread_mutex_unlock(&registry_lock);
}

void metric_collector_add(struct metric_collector *collector)
{
    pthread_mutex_lock(&registry_lock);
    collector->next = collectors;
    collectors = collector;
    pthread_mutex_unlock(&registry_lock);
}

void metric_collector_remove(struct metric_collector *collector)
{
    pthread_mutex_lock(&registry_lock);
    for (struct metric_collector **at = &collectors; *at != NULL; at = &(*at)->next) {
        if (*at == collector) {
            *at = collector->next;
            break;
        }
    }
    pthread_mutex_unlock(&registry_lock);
}

void metric_observe(struct metric_histogram *histogram, uint64_t us)
{
    unsigned bucket = 0;
    while (bucket < METRIC_BUCKETS && us > metric_bucket_us[bucket]) {
        bucket++;
    }
    metric_bump(&histogram->buckets[bucket], 1);
    metric_bump(&histogram->sum_us, us);
}

void metric_histogram_merge(struct metric_histogram *to, const struct metric_histogram *from)
{
    for (unsigned i = 0; i <= METRIC_BUCKETS; i++) {
        metric_bump(&to->buckets[i], atomic_load_explicit(&from->buckets[i], memory_order_relaxed));
    }
    metric_bump(&to->sum_us, atomic_load_explicit(&from->sum_us, memory_order_relaxed));
}

static void metric_seconds(struct out *out, uint64_t us)
{
    out_printf(out, "%llu.%06llu", (unsigned long long)(us / 1000000),
               (unsigned long long)(us % 1000000));
}

void metric_histogram_write(struct out *out, const char *name, const char *labels,
                            const struct metric_histogram *histogram)
{
    const char *comma = labels[0] == '\0' ? "" : ",";
    uint64_t count = 0;
    for (unsigned i = 0; i <= METRIC_BUCKETS; i++) {
        count += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
        out_printf(out, "%s_bucket{%s%sle=\"", name, labels, comma);
        if (i < METRIC_BUCKETS) {
            metric_seconds(out, metric_bucket_us[i]);
        } else {
            out_text(out, "+Inf");
        }
        out_text(out, "\"} ");
        out_uint(out, count);
        out_char(out, '\n');
    }
    out_printf(out, "%s_sum{%s} ", name, labels);
    metric_seconds(out, atomic_load_explicit(&histogram->sum_us, memory_order_relaxed));
    out_printf(out, "\n%s_count{%s} ", name, labels);
    out_uint(out, count);
    out_char(out, '\n');
}

void metrics_write(struct out *out)
{
    pthread_mutex_lock(&registry_lock);
    const char *name = "";
    for (const struct metric *metric = registry; metric != NULL; metric = metric->next) {
        if (strcmp(name, metric->name) != 0) {
            name = metric->name;
            out_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, metric->help, name,
                       metric->kind == METRIC_COUNTER ? "counter" : "gauge");
        }
        out_text(out, name);
        if (metric->labels != NULL) {
            out_printf(out, "{%s}", metric->labels);
        }
        out_char(out, ' ');
        int64_t value = atomic_load_explicit(&metric->value, memory_order_relaxed);
        if (metric->kind == METRIC_GAUGE_SECONDS) {
            metric_seconds(out, (uint64_t)value);
        } else {
            out_int(out, value);
        }
        out_char(out, '\n');
    }
    for (const struct metric_collector *at = collectors; at != NULL; at = at->next) {
        at->write(out, at->arg);
    }
    pthread_mutex_unlock(&registry_lock);
}
