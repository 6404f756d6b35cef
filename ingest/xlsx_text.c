/* String items. The one thing to mind is that <t> stands in three places and counts in two. */
#include <ingest/xlsx_text.h>

#include <ingest/xlsx_cell.h>

void xlsx_text_clear(struct xlsx_text *text)
{
    text->len = 0;
    text->taking = false;
    text->beside = false;
    text->full = false;
}

void xlsx_text_start(struct xlsx_text *text, const char *name)
{
    if (strcmp(name, "rPh") == 0) {
        text->beside = true;
    }
    text->taking = !text->beside && strcmp(name, "t") == 0;
}

void xlsx_text_end(struct xlsx_text *text, const char *name)
{
    if (strcmp(name, "rPh") == 0) {
        text->beside = false;
    }
    text->taking = false;
}

void xlsx_text_add(struct xlsx_text *text, struct span piece)
{
    if (!text->taking) {
        return;
    }
    if (text->len + piece.len > sizeof text->bytes) {
        text->full = true;
        return;
    }
    memcpy(text->bytes + text->len, piece.at, piece.len);
    text->len += piece.len;
}

struct span xlsx_text_take(struct xlsx_text *text)
{
    text->len = xlsx_unescape(text->bytes, text->len);
    return (struct span){text->bytes, text->len};
}
