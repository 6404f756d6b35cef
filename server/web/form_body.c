/* Decodes what a form sends, in one pass over the bytes. */
#include "server/web/form_body.h"

#include <corridor/out.h>

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Decodes to *to and moves it on; false when it is malformed. */
static bool decode(struct span *piece, char **to)
{
    char *begin = *to;
    for (size_t i = 0; i < piece->len; i++) {
        char c = piece->at[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < piece->len ? hex(piece->at[i + 1]) : -1;
            int low = i + 2 < piece->len ? hex(piece->at[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\0')
            return false;
        if (c == '\n' && *to > begin && (*to)[-1] == '\r')
            (*to)[-1] = '\n';
        else
            *(*to)++ = c;
    }
    *piece = (struct span){begin, (size_t)(*to - begin)};
    return utf8_valid(*piece);
}

bool form_body_read(struct form_body *form, char *text, struct span body)
{
    form->count = 0;
    while (body.len > 0) {
        const char *end = memchr(body.at, '&', body.len);
        struct span pair = {body.at, end == NULL ? body.len : (size_t)(end - body.at)};
        const char *equals = memchr(pair.at, '=', pair.len);
        struct span name = {pair.at, equals == NULL ? pair.len : (size_t)(equals - pair.at)};
        struct span value = {equals == NULL ? pair.at + pair.len : equals + 1, 0};
        value.len = (size_t)(pair.at + pair.len - value.at);
        body =
            end == NULL ? (struct span){NULL, 0} : (struct span){end + 1, body.len - pair.len - 1};
        if (pair.len == 0)
            continue;
        if (form->count == FORM_FIELDS_MAX || !decode(&name, &text) || !decode(&value, &text))
            return false;
        form->fields[form->count].name = name;
        form->fields[form->count++].value = value;
    }
    return true;
}

struct span form_body_value(const struct form_body *form, const char *name)
{
    for (unsigned i = 0; i < form->count; i++) {
        if (span_is(form->fields[i].name, name))
            return form->fields[i].value;
    }
    return (struct span){"", 0};
}
