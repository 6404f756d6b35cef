/*
 * The table of contents. The one thing to mind is that a sheet's name, its number and its file need
 * not agree: only the relationships say which part is which sheet.
 */
#include <ingest/xlsx_book.h>

#include <stdio.h>

#define BOOK      "xl/workbook.xml"
#define RELATIONS "xl/_rels/workbook.xml.rels"

static void ignore_end(void *arg, const char *name)
{
    (void)arg;
    (void)name;
}

static void ignore_text(void *arg, struct span piece)
{
    (void)arg;
    (void)piece;
}

static void book_start(void *arg, const char *name, const char **attributes)
{
    struct xlsx_book *book = arg;
    if (strcmp(name, "workbookPr") == 0) {
        const char *from = xlsx_attribute(attributes, "date1904");
        book->from_1904 = from && (strcmp(from, "1") == 0 || strcmp(from, "true") == 0);
    } else if (strcmp(name, "sheet") == 0) {
        const char *title = xlsx_attribute(attributes, "name");
        const char *id = xlsx_attribute(attributes, "id"); /* r:id; sheetId is another */
        if (title && id && book->count < XLSX_SHEETS_MAX) {
            struct xlsx_sheet_entry *sheet = &book->sheets[book->count++];
            (void)snprintf(sheet->name, sizeof sheet->name, "%s", title);
            (void)snprintf(sheet->id, sizeof sheet->id, "%s", id);
        }
    }
}

/* Relative to xl/, or from the top with a slash. False when it does not fit. */
static bool member_of(const char *target, char member[XLSX_NAME_MAX + 1])
{
    bool top = target[0] == '/';
    int len = snprintf(member, XLSX_NAME_MAX + 1, "%s%s", top ? "" : "xl/", target + top);
    return len >= 0 && len <= XLSX_NAME_MAX;
}

/* "…/relationships/worksheet", in the strict standard's namespace or the other. */
static bool is_type(const char *type, const char *kind)
{
    const char *slash = type ? strrchr(type, '/') : NULL;
    return slash && strcmp(slash + 1, kind) == 0;
}

static void relations_start(void *arg, const char *name, const char **attributes)
{
    struct xlsx_book *book = arg;
    const char *id = xlsx_attribute(attributes, "Id");
    const char *type = xlsx_attribute(attributes, "Type");
    const char *target = xlsx_attribute(attributes, "Target");
    const char *mode = xlsx_attribute(attributes, "TargetMode");
    char member[XLSX_NAME_MAX + 1];
    if (strcmp(name, "Relationship") != 0 || !id || !target ||
        (mode && strcmp(mode, "External") == 0) || !member_of(target, member)) {
        return;
    }
    if (is_type(type, "sharedStrings")) {
        memcpy(book->strings, member, sizeof member);
    } else if (is_type(type, "styles")) {
        memcpy(book->styles, member, sizeof member);
    } else if (is_type(type, "worksheet")) {
        for (size_t i = 0; i < book->count; i++) {
            if (strcmp(book->sheets[i].id, id) == 0) {
                memcpy(book->sheets[i].member, member, sizeof member);
            }
        }
    }
}

bool xlsx_book_read(struct xlsx_book *book, struct xlsx_zip *zip)
{
    static const struct xlsx_handler sheets = {book_start, ignore_end, ignore_text};
    static const struct xlsx_handler relations = {relations_start, ignore_end, ignore_text};
    memset(book, 0, sizeof *book);
    return xlsx_part_read(zip, BOOK, &sheets, book) &&
           xlsx_part_read(zip, RELATIONS, &relations, book);
}
