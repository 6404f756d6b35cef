/*
 * corridor demo: loads or extends the demonstration market. The hard part is restraint: invented
 * prices must never stand among real ones, and the record never forgets, so in doubt it does
 * nothing.
 */
#include <ingest/demo.h>

#include <ingest/demo_load.h>

#include <corridor/codes.h>
#include <corridor/instant.h>

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define NAME          "demo"
#define HISTORY_YEARS 3
#define FIRST_YEAR    2010 /* for --today; before it levels of prices and rates mean nothing */

const char demo_details[] =
    "Loads an invented market, with three years of history: fictional operators, marked as such "
    "in\n"
    "everything that is made from it. Where it is there already, it is extended to today. The "
    "same\n"
    "release and the same day always make the same market. A database that holds real quotes or\n"
    "surveys is refused, because the record forgets nothing.\n"
    "\n"
    "  --if-empty           say so and succeed, instead of refusing, where real data are\n"
    "  --today YYYY-MM-DD   pretend that this past day is today\n";

static int64_t now_ms(void)
{
    return instant_monotonic() / 1000;
}

/* Days since 1970 of a date that exists. */
static bool parse_day(int64_t *day, const char *text)
{
    static const char form[] = "dddd-dd-dd";
    int numbers[3] = {0};
    size_t part = 0;
    if (strlen(text) != strlen(form)) {
        return false;
    }
    for (size_t i = 0; form[i]; i++) {
        if (form[i] == '-') {
            if (text[i] != '-') {
                return false;
            }
            part++;
        } else if (isdigit((unsigned char)text[i])) {
            numbers[part] = numbers[part] * 10 + text[i] - '0';
        } else {
            return false;
        }
    }
    struct tm date = {
        .tm_year = numbers[0] - 1900, .tm_mon = numbers[1] - 1, .tm_mday = numbers[2]};
    struct tm normal = date;
    *day = timegm(&normal) / DEMO_DAY;
    return numbers[0] >= FIRST_YEAR && normal.tm_mon == date.tm_mon &&
           normal.tm_mday == date.tm_mday;
}

/* The first day of the history that ends on a day. */
static int64_t years_before(int64_t day)
{
    time_t seconds = (time_t)(day * DEMO_DAY);
    struct tm date;
    gmtime_r(&seconds, &date);
    date.tm_year -= HISTORY_YEARS;
    return timegm(&date) / DEMO_DAY; /* 29 February becomes 1 March */
}

static void print_day(char buffer[16], int64_t day)
{
    time_t seconds = (time_t)(day * DEMO_DAY);
    struct tm date;
    gmtime_r(&seconds, &date);
    strftime(buffer, 16, "%Y-%m-%d", &date);
}

static enum command_exit say(enum demo_outcome outcome, const struct demo_report *report,
                             bool if_empty, int64_t today, int64_t ms)
{
    char day[16];
    switch (outcome) {
    case DEMO_LOADED:
    case DEMO_EXTENDED:
        print_day(day, today);
        printf("demonstration market %s %s: %zu corridors, %" PRIu64 " operators, %" PRIu64
               " services, %" PRIu64 " quotes, %" PRIu64 " rates added in %" PRId64 ".%" PRId64
               " s; none of it is real\n",
               outcome == DEMO_LOADED ? "loaded up to" : "extended to", day, demo_corridor_count,
               report->operators, report->services, report->quotes, report->rates, ms / 1000,
               ms % 1000 / 100);
        return COMMAND_OK;
    case DEMO_UP_TO_DATE:
        print_day(day, report->through);
        printf("the demonstration market is there up to %s: nothing to do\n", day);
        return COMMAND_OK;
    case DEMO_REAL_DATA:
        if (if_empty) {
            puts("the database holds real data: no demonstration market is loaded");
            return COMMAND_OK;
        }
        return command_failed(NAME, "the database holds real quotes or surveys, and invented ones "
                                    "could never be taken out again; use an empty database");
    case DEMO_FAILED:
        break;
    }
    return COMMAND_FAILED;
}

enum command_exit demo_command(int argc, char **argv)
{
    bool if_empty = false;
    int64_t started = now_ms();
    int64_t now = (int64_t)time(NULL) / DEMO_DAY;
    int64_t today = now;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--if-empty") == 0) {
            if_empty = true;
        } else if (strcmp(argv[i], "--today") == 0 && i + 1 < argc) {
            i++;
            if (!parse_day(&today, argv[i]) || today > now) {
                return command_usage(NAME,
                                     "--today is '%.40s'; it must be a date from %d-01-01 to today",
                                     argv[i], FIRST_YEAR);
            }
        } else {
            return command_usage(NAME, "'%.40s' is not something it takes, or lacks its value",
                                 argv[i]);
        }
    }
    if (!codes_open()) {
        return command_failed(NAME, "ICU has no data about countries and currencies");
    }
    enum command_exit status = COMMAND_FAILED;
    struct db_session *session = command_database(NAME, "corridor_ingest");
    if (session) {
        struct demo_report report;
        enum demo_outcome outcome = demo_load(session, NAME, years_before(today), today, &report);
        status = say(outcome, &report, if_empty, today, now_ms() - started);
        db_session_close(session);
    }
    codes_close();
    return status;
}
