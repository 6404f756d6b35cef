/*
 * Styles, as far as dates go. The hard part is that a format's code must be read to know: a d, m or
 * y outside quotes, brackets and escapes is a date's, "[Red]" and "\d" are not, and minutes alone
 * ("mm:ss") are a time.
 */
#include <ingest/xlsx_styles.h>

#include <ingest/xlsx_cell.h>

#include <stdlib.h>

/* The formats that every spreadsheet has, by number (ECMA-376, part 1, 18.8.30): dates are 14 to 17
 * and 22, and 27 to 36 and 50 to 58 in East Asian ones. */
static bool built_in_date(uint64_t format)
{
    return (format >= 14 && format <= 17) || format == 22 || (format >= 27 && format <= 31) ||
           format == 36 || (format >= 50 && format <= 54) || (format >= 57 && format <= 58);
}

bool xlsx_format_is_date(const char *code)
{
    bool day = false;
    for (const char *at = code; *at && *at != ';'; at++) {
        if (*at == '"' || *at == '[') {
            const char *close = strchr(at + 1, *at == '"' ? '"' : ']');
            if (!close) {
                return day;
            }
            at = close;
        } else if (*at == '\\' || *at == '_' || *at == '*') {
            if (at[1]) {
                at++;
            }
        } else if (strchr("dDyY", *at)) {
            day = true;
        }
    }
    return day;
}

struct reading {
    struct xlsx_styles *styles;
    bool in_formats; /* inside <cellXfs>: the ones that cells name; <cellStyleXfs> has others */
    size_t own_count;
    struct {
        uint32_t number;
        bool date;
    } own[XLSX_FORMATS_MAX];
};

static bool is_date(const struct reading *reading, uint64_t format)
{
    for (size_t i = 0; i < reading->own_count; i++) {
        if (reading->own[i].number == format) {
            return reading->own[i].date;
        }
    }
    return built_in_date(format);
}

static void start(void *arg, const char *name, const char **attributes)
{
    struct reading *reading = arg;
    struct xlsx_styles *styles = reading->styles;
    const char *format = xlsx_attribute(attributes, "numFmtId");
    const char *code = xlsx_attribute(attributes, "formatCode");
    uint64_t number = 0;
    bool numbered = format && xlsx_count(format, UINT32_MAX, &number);
    if (strcmp(name, "cellXfs") == 0) {
        reading->in_formats = true;
    } else if (strcmp(name, "numFmt") == 0) {
        if (numbered && code && reading->own_count < XLSX_FORMATS_MAX) {
            reading->own[reading->own_count].number = (uint32_t)number;
            reading->own[reading->own_count].date = xlsx_format_is_date(code);
            reading->own_count++;
        }
    } else if (reading->in_formats && strcmp(name, "xf") == 0 && styles->count < XLSX_STYLES_MAX) {
        styles->dates[styles->count++] = numbered && is_date(reading, number);
    }
}

static void end(void *arg, const char *name)
{
    struct reading *reading = arg;
    if (strcmp(name, "cellXfs") == 0) {
        reading->in_formats = false;
    }
}

static void text(void *arg, struct span piece)
{
    (void)arg;
    (void)piece;
}

bool xlsx_styles_read(struct xlsx_styles *styles, struct xlsx_zip *zip, const char *member)
{
    static const struct xlsx_handler handler = {start, end, text};
    styles->count = 0;
    if (member[0] == '\0') {
        return true;
    }
    struct reading *reading = calloc(1, sizeof *reading);
    if (!reading) {
        return xlsx_zip_fail(zip, "out of memory");
    }
    reading->styles = styles;
    bool ok = xlsx_part_read(zip, member, &handler, reading);
    free(reading);
    return ok;
}
