/*
 * The account an import gives of itself. The one thing to mind is that a bad file may refuse every
 * row and know no word: what is listed is bounded, what is counted is not.
 */
#include <ingest/import_summary.h>

#include <corridor/out.h>

#include <stdio.h>

enum {
    NUMBER_SIZE = 32
};

void import_summary_start(struct import_summary *summary, const char *path, const char *unit)
{
    const char *slash = strrchr(path, '/');
    *summary = (struct import_summary){.file = slash ? slash + 1 : path, .unit = unit};
}

void import_summary_refuse(struct import_summary *summary, const char *reason, uint64_t line)
{
    struct import_refusal *refusal = summary->refusals;
    struct import_refusal *end = refusal + summary->refusal_count;
    while (refusal < end && refusal->reason != reason) {
        refusal++;
    }
    summary->refused++;
    if (refusal == end) {
        if (summary->refusal_count == IMPORT_REFUSALS_MAX) {
            return;
        }
        summary->refusal_count++;
        *refusal = (struct import_refusal){.reason = reason};
    }
    if (refusal->count < IMPORT_LINES_SHOWN) {
        refusal->lines[refusal->count] = line;
    }
    refusal->count++;
}

static uint64_t row_of(uint64_t place)
{
    return place & ((1ULL << IMPORT_SHEET_SHIFT) - 1);
}

/* NULL where places are lines. */
static const char *sheet_of(const char *const *sheets, uint64_t place)
{
    uint64_t sheet = place >> IMPORT_SHEET_SHIFT;
    return sheet > 0 && sheets ? sheets[sheet - 1] : NULL;
}

const char *import_place_text(const char *const *sheets, uint64_t place, char *buffer, size_t size)
{
    const char *sheet = sheet_of(sheets, place);
    (void)snprintf(buffer, size, "%s%s%s %llu", sheet ? "sheet '" : "", sheet ? sheet : "",
                   sheet ? "', row" : "line", (unsigned long long)row_of(place));
    return buffer;
}

/* Copies without spaces at the ends, cut between characters. */
static void copy(char *buffer, size_t size, struct span text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len > 0 && strchr(" \t\r\n", text.at[text.len - 1])) {
        text.len--;
    }
    text = utf8_cut(text, size - 1);
    memcpy(buffer, text.at, text.len);
    buffer[text.len] = '\0';
}

void import_summary_unknown(struct import_summary *summary, struct span column, struct span word)
{
    struct import_unknown wanted = {.count = 1};
    struct import_unknown *unknown = summary->unknown;
    struct import_unknown *end = unknown + summary->unknown_count;
    copy(wanted.column, sizeof wanted.column, column);
    copy(wanted.word, sizeof wanted.word, word);
    while (unknown < end && (strcmp(unknown->word, wanted.word) != 0 ||
                             strcmp(unknown->column, wanted.column) != 0)) {
        unknown++;
    }
    if (unknown < end) {
        unknown->count++;
    } else if (summary->unknown_count < IMPORT_UNKNOWN_MAX) {
        *unknown = wanted;
        summary->unknown_count++;
    } else {
        summary->unknown_more++;
    }
}

void import_summary_fact(struct import_summary *summary, const char *name, uint64_t count)
{
    if (summary->fact_count < IMPORT_FACTS_MAX) {
        summary->facts[summary->fact_count++] = (struct import_fact){name, count};
    }
}

/* "28,467" */
static const char *number(uint64_t value, char buffer[NUMBER_SIZE])
{
    char *at = buffer + NUMBER_SIZE;
    unsigned digits = 0;
    *--at = '\0';
    do {
        if (digits > 0 && digits % 3 == 0) {
            *--at = ',';
        }
        *--at = (char)('0' + value % 10);
        value /= 10;
        digits++;
    } while (value > 0);
    return at;
}

/* "; line 4, 5", or "; Sheet row 4, 5, Other row 7" and more. */
static void write_places(const struct import_summary *s, const struct import_refusal *r,
                         struct out *out)
{
    char a[NUMBER_SIZE];
    const char *before = NULL;
    for (size_t n = 0; n < r->count && n < IMPORT_LINES_SHOWN; n++) {
        const char *sheet = sheet_of(s->sheets, r->lines[n]);
        out_text(out, n > 0 ? ", " : "; ");
        if (n == 0 || sheet != before) {
            out_printf(out, "%s%s ", sheet ? sheet : "", sheet ? " row" : "line");
        }
        out_text(out, number(row_of(r->lines[n]), a));
        before = sheet;
    }
    out_text(out, r->count > IMPORT_LINES_SHOWN ? " and more\n" : "\n");
}

static void write_text(const struct import_summary *s, struct out *out)
{
    char a[NUMBER_SIZE];
    char b[NUMBER_SIZE];
    char c[NUMBER_SIZE];
    out_printf(out, "%s: %s %s read\n", s->file, number(s->read, a), s->unit);
    out_printf(out, "  taken      %s (%s new, %s corrected)\n", number(s->added + s->corrected, a),
               number(s->added, b), number(s->corrected, c));
    out_printf(out, "  unchanged  %s\n", number(s->unchanged, a));
    out_printf(out, "  refused    %s\n", number(s->refused, a));
    for (size_t i = 0; i < s->refusal_count; i++) {
        const struct import_refusal *r = &s->refusals[i];
        out_printf(out, "    %s: %s", number(r->count, a), r->reason);
        write_places(s, r, out);
    }
    for (size_t i = 0; i < s->fact_count; i++) {
        out_printf(out, "  %s %s\n", number(s->facts[i].count, a), s->facts[i].name);
    }
    if (s->unknown_count > 0) {
        out_text(out, "  values that no table knows, kept as other or unknown:\n");
    }
    for (size_t i = 0; i < s->unknown_count; i++) {
        const struct import_unknown *u = &s->unknown[i];
        out_printf(out, "    %s: '%s' (%s)\n", u->column, u->word, number(u->count, a));
    }
    if (s->unknown_more > 0) {
        out_printf(out, "    and %s times others\n", number(s->unknown_more, a));
    }
}

/* "rows without a price" becomes "rows_without_a_price". */
static void json_fact(struct out *out, const struct import_fact *fact)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s", fact->name);
    for (char *at = name; *at; at++) {
        if (*at == ' ') {
            *at = '_';
        }
    }
    json_member_int(out, name, (int64_t)fact->count);
}

/* "lines":[4,5], or "rows":[{"sheet":…,"row":4}]. */
static void json_places(const struct import_summary *s, const struct import_refusal *r,
                        struct out *out)
{
    json_key(out, s->sheets ? "rows" : "lines");
    json_open(out, '[');
    for (size_t n = 0; n < r->count && n < IMPORT_LINES_SHOWN; n++) {
        const char *sheet = sheet_of(s->sheets, r->lines[n]);
        if (sheet) {
            json_open(out, '{');
            json_member_text(out, "sheet", sheet);
            json_member_int(out, "row", (int64_t)row_of(r->lines[n]));
            json_close(out, '}');
        } else {
            json_int(out, (int64_t)r->lines[n]);
        }
    }
    json_close(out, ']');
}

static void write_json(const struct import_summary *s, struct out *out)
{
    json_open(out, '{');
    json_member_text(out, "file", s->file);
    json_member_text(out, "unit", s->unit);
    json_member_int(out, "read", (int64_t)s->read);
    json_member_int(out, "new", (int64_t)s->added);
    json_member_int(out, "corrected", (int64_t)s->corrected);
    json_member_int(out, "unchanged", (int64_t)s->unchanged);
    json_member_int(out, "refused", (int64_t)s->refused);
    json_key(out, "refusals");
    json_open(out, '[');
    for (size_t i = 0; i < s->refusal_count; i++) {
        const struct import_refusal *r = &s->refusals[i];
        json_open(out, '{');
        json_member_text(out, "reason", r->reason);
        json_member_int(out, "count", (int64_t)r->count);
        json_places(s, r, out);
        json_close(out, '}');
    }
    json_close(out, ']');
    for (size_t i = 0; i < s->fact_count; i++) {
        json_fact(out, &s->facts[i]);
    }
    json_key(out, "unknown");
    json_open(out, '[');
    for (size_t i = 0; i < s->unknown_count; i++) {
        json_open(out, '{');
        json_member_text(out, "column", s->unknown[i].column);
        json_member_text(out, "value", s->unknown[i].word);
        json_member_int(out, "count", (int64_t)s->unknown[i].count);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_member_int(out, "unknown_more", (int64_t)s->unknown_more);
    json_close(out, '}');
    out_char(out, '\n');
}

bool import_summary_print(const struct import_summary *summary, bool json)
{
    struct out out;
    out_init(&out, OUT_LIMIT_DEFAULT);
    if (json) {
        write_json(summary, &out);
    } else {
        write_text(summary, &out);
    }
    bool ok =
        !out_failed(&out) && fwrite(out.at, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
    out_free(&out);
    return ok;
}
