/*
 * Days and instants. The hard part is the calendar: days_from_civil and back are the well-known
 * exact integer forms over 400-year eras, so that no time zone and no locale enters.
 */
#include <corridor/instant.h>

#include <time.h>

int64_t instant_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * INSTANT_SECOND + now.tv_nsec / 1000;
}

int64_t instant_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * INSTANT_SECOND + now.tv_nsec / 1000;
}

int32_t instant_day(int64_t instant)
{
    int64_t day = instant / INSTANT_DAY;
    return (int32_t)(instant % INSTANT_DAY < 0 ? day - 1 : day);
}

int64_t instant_day_end(int32_t day)
{
    return ((int64_t)day + 1) * INSTANT_DAY - 1;
}

struct civil {
    int year;
    int month;
    int day;
};

/* Years begin in March here, so that the leap day ends them. */
static int32_t days_from_civil(struct civil c)
{
    int y = c.month <= 2 ? c.year - 1 : c.year;
    int era = y / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static struct civil civil_from_days(int32_t days)
{
    int z = days + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = z - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted = (5 * day_of_year + 2) / 153;
    int month = shifted < 10 ? shifted + 3 : shifted - 9;
    return (struct civil){.year = year_of_era + era * 400 + (month <= 2),
                          .month = month,
                          .day = day_of_year - (153 * shifted + 2) / 5 + 1};
}

/* Writes `width` digits of value at `to`. */
static void put_digits(char *to, unsigned width, unsigned value)
{
    for (unsigned i = width; i-- > 0; value /= 10)
        to[i] = (char)('0' + value % 10);
}

/* The value of `width` digits at text[from], or -1. */
static int take_digits(struct span text, size_t from, unsigned width)
{
    int value = 0;
    if (from + width > text.len)
        return -1;
    for (unsigned i = 0; i < width; i++) {
        char c = text.at[from + i];
        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

size_t day_print(char *buffer, size_t size, int32_t day)
{
    if (size < DAY_TEXT_MAX)
        return 0;
    struct civil c = civil_from_days(day);
    memcpy(buffer, "0000-00-00", 11);
    put_digits(buffer, 4, (unsigned)c.year);
    put_digits(buffer + 5, 2, (unsigned)c.month);
    put_digits(buffer + 8, 2, (unsigned)c.day);
    return 10;
}

bool day_parse(int32_t *out, struct span text)
{
    if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-')
        return false;
    struct civil c = {take_digits(text, 0, 4), take_digits(text, 5, 2), take_digits(text, 8, 2)};
    if (c.year < 1970 || c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31)
        return false;
    int32_t day = days_from_civil(c);
    struct civil back = civil_from_days(day);
    if (back.month != c.month) /* the 31st of a month of 30 */
        return false;
    *out = day;
    return true;
}

size_t instant_print(char *buffer, size_t size, int64_t instant)
{
    if (size < INSTANT_TEXT_MAX)
        return 0;
    int32_t day = instant_day(instant);
    int64_t rest = instant - (int64_t)day * INSTANT_DAY;
    unsigned second = (unsigned)(rest / INSTANT_SECOND);
    unsigned micro = (unsigned)(rest % INSTANT_SECOND);
    size_t length = day_print(buffer, size, day);
    memcpy(buffer + length, "T00:00:00.000000Z", 18);
    put_digits(buffer + length + 1, 2, second / 3600);
    put_digits(buffer + length + 4, 2, second / 60 % 60);
    put_digits(buffer + length + 7, 2, second % 60);
    if (micro == 0) {
        memcpy(buffer + length + 9, "Z", 2);
        return length + 10;
    }
    put_digits(buffer + length + 10, 6, micro);
    return length + 17;
}

bool instant_parse(int64_t *out, struct span text)
{
    int32_t day;
    if (text.len < 20 || text.len > 27 || text.at[10] != 'T' || text.at[13] != ':' ||
        text.at[16] != ':' || text.at[text.len - 1] != 'Z' ||
        !day_parse(&day, (struct span){text.at, 10}))
        return false;
    int hour = take_digits(text, 11, 2);
    int minute = take_digits(text, 14, 2);
    int second = take_digits(text, 17, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    int64_t micro = 0;
    if (text.len > 20) {
        unsigned decimals = (unsigned)text.len - 21;
        int fraction = decimals > 0 && text.at[19] == '.' ? take_digits(text, 20, decimals) : -1;
        if (fraction < 0)
            return false;
        micro = fraction;
        for (unsigned i = decimals; i < 6; i++)
            micro *= 10;
    }
    *out = (int64_t)day * INSTANT_DAY +
           ((int64_t)hour * 3600 + minute * 60 + second) * INSTANT_SECOND + micro;
    return true;
}

/* Rewritten to the form above, then moved by the offset. */
bool instant_parse_any(int64_t *out, struct span text)
{
    char plain[INSTANT_TEXT_MAX];
    int64_t offset = 0;
    size_t end = text.len;
    if (end > 6 && (text.at[end - 6] == '+' || text.at[end - 6] == '-')) {
        int hours = take_digits(text, end - 5, 2);
        int minutes = take_digits(text, end - 2, 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || text.at[end - 3] != ':')
            return false;
        offset = (hours * INT64_C(3600) + minutes * INT64_C(60)) * INSTANT_SECOND;
        offset = text.at[end - 6] == '-' ? -offset : offset;
        end -= 6;
    } else if (end > 0 && text.at[end - 1] == 'Z') {
        end--;
    } else {
        return false;
    }
    size_t kept = end < 26 ? end : 26;
    if (end > 29 || (end > kept && take_digits(text, kept, (unsigned)(end - kept)) < 0))
        return false;
    memcpy(plain, text.at, kept);
    plain[kept] = 'Z';
    if (!instant_parse(out, (struct span){plain, kept + 1}))
        return false;
    *out -= offset;
    return true;
}

void period_print(char buffer[PERIOD_TEXT_MAX], int32_t day)
{
    struct civil c = civil_from_days(day);
    memcpy(buffer, "0000-Q0", 8);
    put_digits(buffer, 4, (unsigned)c.year);
    put_digits(buffer + 6, 1, (unsigned)((c.month - 1) / 3 + 1));
}

bool period_valid(struct span text)
{
    return text.len == 7 && take_digits(text, 0, 4) >= 1970 && text.at[4] == '-' &&
           text.at[5] == 'Q' && text.at[6] >= '1' && text.at[6] <= '4';
}
