/*
 * Names of countries and currencies in the site's languages, taken from ICU once: a page shows
 * dozens of them, and ICU takes a microsecond for each. They lie one after another in one block,
 * which may move while it grows, so names are kept as offsets.
 */
#include "codes.h"

#include <stdlib.h>

#define NAME_MAX_BYTES 256

const char *const codes_languages[CODES_LANGUAGES] = {"en", "fr", "es", "pt",
                                                      "ar", "zh", "vi", "tr"};
/* How ICU is asked for them. Its plain "pt" is Brazilian, and the site's texts are European. */
static const char *const locales[CODES_LANGUAGES] = {"en", "fr", "es", "pt_PT",
                                                     "ar", "zh", "vi", "tr"};

static char *names_text;
static size_t names_used, names_size;

/* Where the text was put; 0 when memory is short. */
static uint32_t names_put(const char *text, size_t length)
{
    uint32_t at;

    if (names_used + length + 2 > names_size) {
        size_t size = (names_size + length + 2) * 2;
        char *grown = realloc(names_text, size);

        if (!grown)
            return 0;
        names_text = grown;
        names_size = size;
    }
    if (names_used == 0)
        names_text[names_used++] = '\0'; /* so that 0 is no name's place */
    at = (uint32_t)names_used;
    memcpy(names_text + names_used, text, length);
    names_text[names_used + length] = '\0';
    names_used += length + 1;
    return at;
}

bool names_keep(struct codes_names *names, const char *code, codes_ask *ask,
                const char *const *fixed)
{
    for (size_t i = 0; i < CODES_LANGUAGES; i++) {
        char text[NAME_MAX_BYTES];
        const char *name = fixed ? fixed[i] : text;
        size_t length = fixed ? strlen(fixed[i]) : ask(code, locales[i], text, sizeof text);

        names->at[i] = 0;
        if (length > 0 && (names->at[i] = names_put(name, length)) == 0)
            return false;
    }
    return true;
}

/* Copies what fits, never half a character, and a NUL. */
static size_t copy_whole(char *buffer, size_t size, const char *text, size_t length)
{
    if (size == 0)
        return 0;
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
    }
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    return length;
}

size_t names_get(const struct codes_names *names, const char *code, codes_ask *ask,
                 const char *language, char *buffer, size_t size)
{
    char asked[NAME_MAX_BYTES];
    const char *name = code;
    size_t i = 0, length;

    while (i < CODES_LANGUAGES && strcmp(codes_languages[i], language) != 0)
        i++;
    if (!ask && i == CODES_LANGUAGES)
        i = 0;
    if (i < CODES_LANGUAGES && names->at[i] != 0)
        name = names_text + names->at[i];
    else if (i == CODES_LANGUAGES && ask(code, language, asked, sizeof asked) > 0)
        name = asked;
    length = strlen(name);
    return copy_whole(buffer, size, name, length);
}

void names_drop(void)
{
    free(names_text);
    names_text = NULL;
    names_used = names_size = 0;
}
