/*
 * What is taken out of a note. The hard part is telling a telephone number from an amount of money,
 * since both are long rows of digits: amounts are grouped by three, telephone numbers are not.
 */
#include "server/web/note_text.h"

#include <stdlib.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

static const char TAKEN[] = "[…]";

enum {
    PHONE_DIGITS_MIN = 7, /* of the shortest local numbers */
    GROUPS_MAX = 12,
};

/* ---- Characters ---- */

static UChar32 next(struct span text, size_t *at)
{
    const uint8_t *bytes = (const uint8_t *)text.at;
    int32_t i = (int32_t)*at;
    UChar32 c;

    U8_NEXT(bytes, i, (int32_t)text.len, c);
    *at = (size_t)i;
    return c;
}

static int digit(UChar32 c)
{
    return c < 0 ? -1 : u_charDigitValue(c);
}

/* Control characters but the line end, and those that embed, override or isolate a direction. */
static bool is_unwanted(UChar32 c)
{
    return c < 0 || (c != '\n' && u_charType(c) == U_CONTROL_CHAR) ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

static bool is_blank(UChar32 c)
{
    return c != '\n' && u_isUWhiteSpace(c);
}

/* ---- Links and e-mail addresses ---- */

/* Last parts of host names that are taken for such without a "www." before them. */
static const char *const TOP_LEVELS[] = {"com",  "net",  "org",  "info", "biz",    "app",
                                         "link", "shop", "site", "club", "online", "xyz",
                                         "top",  "live", "page", "dev",  "mobi"};

static bool is_top_level(struct span label)
{
    if (label.len == 2) /* a country's */
        return u_isalpha((UChar32)(uint8_t)label.at[0]) && u_isalpha((UChar32)(uint8_t)label.at[1]);
    for (size_t i = 0; i < COUNT_OF(TOP_LEVELS); i++) {
        if (label.len == strlen(TOP_LEVELS[i]) &&
            strncasecmp(label.at, TOP_LEVELS[i], label.len) == 0)
            return true;
    }
    return false;
}

static bool begins_with(struct span word, const char *with)
{
    return word.len >= strlen(with) && strncasecmp(word.at, with, strlen(with)) == 0;
}

/* "example.org", "example.org/page": labels with dots between, the last one a known one. */
static bool is_host(struct span word)
{
    size_t end = 0;
    size_t dot = SIZE_MAX;

    while (end < word.len && strchr("/?#:", word.at[end]) == NULL) {
        unsigned char c = (unsigned char)word.at[end];

        if (c == '.' && (end == 0 || word.at[end - 1] == '.'))
            return false;
        if (c == '.')
            dot = end;
        else if (c < 0x80 && c != '-' && u_isalnum(c) == 0)
            return false;
        end++;
    }
    /* One letter is more often a slip of the space bar, unless a page follows. */
    return dot != SIZE_MAX && (dot > 1 || end < word.len) &&
           is_top_level((struct span){word.at + dot + 1, end - dot - 1});
}

static bool has(struct span word, const char *what)
{
    return memmem(word.at, word.len, what, strlen(what)) != NULL;
}

/* A word with what surrounds it in a sentence left off. */
static struct span bare(struct span word)
{
    while (word.len > 0 && strchr("([<{\"'", word.at[0]) != NULL)
        word = (struct span){word.at + 1, word.len - 1};
    while (word.len > 0 && strchr(".,;:!?)]>}\"'", word.at[word.len - 1]) != NULL)
        word.len--;
    return word;
}

static unsigned *contact_in(struct span word, struct note_taken *taken)
{
    struct span part = bare(word);
    const char *at = memchr(part.at, '@', part.len);

    if (at != NULL && at != part.at && at + 1 != part.at + part.len)
        return &taken->emails;
    if (at == part.at && part.len > 3)
        return &taken->links;
    if (has(part, "://") || begins_with(part, "www.") || begins_with(part, "mailto:") ||
        is_host(part))
        return &taken->links;
    return NULL;
}

/* ---- Telephone numbers ---- */

struct number {
    size_t end; /* behind its last digit */
    unsigned digits;
    unsigned groups;            /* rows of digits, with separators between */
    unsigned group[GROUPS_MAX]; /* how many digits each has; past the last one they run together */
    int first[2];               /* the first group's first two digits, -1 where it has none */
    char separator;             /* the first one, ' ' for any blank; 0: none */
    bool plus;
};

static bool is_separator(UChar32 c)
{
    return is_blank(c) || (c > 0 && c < 0x80 && strchr(".-/()", c) != NULL) ||
           (c >= 0x2010 && c <= 0x2015) /* hyphens and dashes */;
}

/* Digits with one blank, dot, hyphen, stroke or bracket (or two) between. */
static void number_read(struct number *number, struct span text, size_t at)
{
    unsigned between = 0;
    UChar32 c;

    *number = (struct number){.end = at, .first = {-1, -1}};
    for (size_t i = at; i < text.len;) {
        c = next(text, &i);
        int value = digit(c);

        if (value >= 0) {
            if (number->groups == 0 || (between > 0 && number->groups < GROUPS_MAX))
                number->group[number->groups++] = 0;
            if (number->groups == 1 && number->group[0] < 2)
                number->first[number->group[0]] = value;
            number->group[number->groups - 1]++;
            number->digits++;
            number->end = i;
            between = 0;
        } else if (c == '+' && number->digits == 0 && !number->plus) {
            number->plus = true;
        } else if (is_separator(c) && between < 2) {
            if (number->digits > 0 && number->separator == 0)
                number->separator = is_blank(c) ? ' ' : c < 0x80 ? (char)c : '-';
            between++;
        } else {
            return;
        }
    }
}

/* "1 250 000", "2.500.000": one to three digits, then threes. */
static bool is_amount(const struct number *number)
{
    if (number->plus || number->first[0] == 0 || number->groups < 2 || number->group[0] > 3)
        return false;
    for (unsigned i = 1; i < number->groups; i++) {
        if (number->group[i] != 3)
            return false;
    }
    return true;
}

/* "2024-2025", "2024-06-30", "30.06.2024", "30/06/2024". */
static bool is_date(const struct number *number)
{
    bool century = (number->first[0] == 1 && number->first[1] == 9) ||
                   (number->first[0] == 2 && number->first[1] == 0);

    if (number->plus || number->separator == 0 || strchr("-./", number->separator) == NULL)
        return false;
    if (number->groups == 2)
        return number->group[0] == 4 && number->group[1] == 4 && century;
    return number->groups == 3 &&
           ((number->group[0] == 4 && number->group[1] <= 2 && number->group[2] <= 2 && century) ||
            (number->group[0] <= 2 && number->group[1] <= 2 && number->group[2] == 4));
}

static bool is_telephone(const struct number *number)
{
    return number->digits >= PHONE_DIGITS_MIN && !is_amount(number) && !is_date(number);
}

/* ---- The text ---- */

struct writer {
    struct out *out;
    unsigned blanks;
    unsigned lines;
    bool begun;
};

static void gap(struct writer *w)
{
    for (unsigned i = 0; w->begun && i < w->lines && i < 2; i++)
        out_char(w->out, '\n');
    if (w->begun && w->lines == 0 && w->blanks > 0)
        out_char(w->out, ' ');
    w->blanks = 0;
    w->lines = 0;
    w->begun = true;
}

static size_t word_end(struct span text, size_t at)
{
    for (size_t i = at; i < text.len; at = i) {
        UChar32 c = next(text, &i);

        if (c == '\n' || (c >= 0 && is_blank(c)))
            break;
    }
    return at;
}

void note_text(struct out *out, struct span text, struct note_taken *taken)
{
    struct writer w = {.out = out};
    bool word_begins = true;

    *taken = (struct note_taken){0};
    for (size_t at = 0; at < text.len;) {
        size_t behind = at;
        UChar32 c = next(text, &behind);
        struct number number;
        unsigned *contact = NULL;

        if (c == '\n' || is_blank(c)) {
            w.lines += c == '\n';
            w.blanks += c != '\n';
            word_begins = true;
            at = behind;
            continue;
        }
        if (is_unwanted(c)) {
            at = behind;
            continue;
        }
        if (word_begins) {
            size_t end = word_end(text, at);

            contact = contact_in((struct span){text.at + at, end - at}, taken);
            if (contact != NULL)
                behind = end;
        }
        if (contact == NULL && (digit(c) >= 0 || c == '+' || c == '(')) {
            number_read(&number, text, at);
            if (is_telephone(&number)) {
                contact = &taken->telephones;
                behind = number.end;
            } else if (number.digits > 0) {
                /* Whole, so that no part of it is looked at again. */
                gap(&w);
                out_bytes(out, text.at + at, number.end - at);
                at = number.end;
                word_begins = false;
                continue;
            }
        }
        gap(&w);
        if (contact != NULL) {
            (*contact)++;
            out_text(out, TAKEN);
        } else {
            out_bytes(out, text.at + at, behind - at);
        }
        word_begins = false;
        at = behind;
    }
}
