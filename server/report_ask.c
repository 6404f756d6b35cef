/* What a report is asked for: which, in which format, of which quarters, as known when. Pure. */
#include "server/report.h"

#include "server/ask.h"

#include <stdio.h>

static const struct {
    const char *suffix;
    const char *type;
} formats[REPORT_FORMAT_COUNT] = {
#define REPORT_FORMAT_ROW(name, suffix, type) {suffix, type},
    REPORT_FORMATS(REPORT_FORMAT_ROW)};

const char *report_format_suffix(enum report_format format)
{
    return formats[format].suffix;
}

const char *report_format_type(const struct report *report, enum report_format format)
{
    return report->sdmx ? "application/vnd.sdmx.data+csv; version=1.0.0; charset=utf-8"
                        : formats[format].type;
}

bool report_parse(struct span file, const struct report **report, enum report_format *format)
{
    const char *point = memrchr(file.at, '.', file.len);
    if (point == NULL)
        return false;
    struct span name = {file.at, (size_t)(point - file.at)};
    struct span suffix = {point + 1, file.len - name.len - 1};
    *report = report_find(name);
    for (unsigned i = 0; *report != NULL && i < REPORT_FORMAT_COUNT; i++) {
        if (span_is(suffix, formats[i].suffix)) {
            *format = (enum report_format)i;
            return !(*report)->sdmx || i == REPORT_CSV;
        }
    }
    return false;
}

static const char allowed_period[] = "a quarter from 1970-Q1 to the current one: 2011-Q3";

static bool fail(struct report_fault *fault, const char *parameter, struct span received,
                 const char *allowed)
{
    *fault = (struct report_fault){parameter, received, allowed};
    return false;
}

static bool read_period(char period[PERIOD_TEXT_MAX], const char *parameter, struct span text,
                        int64_t now, struct report_fault *fault)
{
    char current[PERIOD_TEXT_MAX];
    period[0] = '\0';
    if (text.at == NULL)
        return true;
    period_print(current, instant_day(now));
    if (!period_valid(text) || memcmp(text.at, current, PERIOD_TEXT_MAX - 1) > 0)
        return fail(fault, parameter, text, allowed_period);
    memcpy(period, text.at, PERIOD_TEXT_MAX - 1);
    period[PERIOD_TEXT_MAX - 1] = '\0';
    return true;
}

bool report_ask_read(struct report_ask *ask, struct span period, struct span from, struct span to,
                     struct span as_of, int64_t now, struct report_fault *fault)
{
    ask->as_of = INSTANT_NEVER;
    if (period.at != NULL && (from.at != NULL || to.at != NULL))
        return fail(fault, "period", period, "either period, or from and to");
    if (!read_period(ask->from, period.at != NULL ? "period" : "from",
                     period.at != NULL ? period : from, now, fault) ||
        !read_period(ask->to, period.at != NULL ? "period" : "to", period.at != NULL ? period : to,
                     now, fault))
        return false;
    if (ask->from[0] != '\0' && ask->to[0] != '\0' && strcmp(ask->from, ask->to) > 0)
        return fail(fault, "to", to, "a quarter that is not before from");
    if (as_of.at != NULL && (!ask_instant(&ask->as_of, as_of, now) || ask->as_of > now))
        return fail(fault, "as_of", as_of, ASK_ALLOWED_INSTANT);
    return true;
}

void report_ask_print(char query[REPORT_QUERY_MAX], const struct report_ask *ask)
{
    char as_of[INSTANT_TEXT_MAX] = "";
    bool one = ask->from[0] != '\0' && strcmp(ask->from, ask->to) == 0;
    struct {
        const char *name;
        const char *value;
    } parts[] = {{"period", one ? ask->from : ""},
                 {"from", one ? "" : ask->from},
                 {"to", one ? "" : ask->to},
                 {"as_of", as_of}};
    size_t len = 0;
    if (ask->as_of != INSTANT_NEVER)
        instant_print(as_of, sizeof(as_of), ask->as_of);
    query[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].value[0] != '\0')
            len += (size_t)snprintf(query + len, REPORT_QUERY_MAX - len, "%c%s=%s",
                                    len == 0 ? '?' : '&', parts[i].name, parts[i].value);
    }
}
