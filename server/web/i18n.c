/*
 * The site's languages. To add one: its catalogue messages/CODE.po and its line in LANGUAGES.
 */
#include "server/web/i18n.h"

#include "server/web/catalogue.h"
#include "server/web/format.h"

#include <corridor/embed.h>
#include <corridor/log.h>

#include <assert.h>
#include <stdio.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

/* X(code, ICU's locale for its figures). English is what the messages in the code are written in;
 * the Portuguese texts are European, which ICU's plain "pt" is not (names: core/codes_name.c). */
#define LANGUAGES(X)  \
    X("en", "en-001") \
    X("fr", "fr")     \
    X("es", "es")     \
    X("pt", "pt-PT")  \
    X("ar", "ar")     \
    X("zh", "zh")     \
    X("vi", "vi")     \
    X("tr", "tr")

#define LANGUAGE_CODE(code, locale)   code,
#define LANGUAGE_LOCALE(code, locale) locale,
static const char *const CODES[] = {LANGUAGES(LANGUAGE_CODE)};
static const char *const LOCALES[] = {LANGUAGES(LANGUAGE_LOCALE)};
#define LANGUAGE_COUNT COUNT_OF(CODES)

struct language {
    const char *code;
    char name[64];
    bool right_to_left;
    bool translated; /* false for English, which needs no catalogue */
    struct catalogue catalogue;
    struct format *format;
};
static struct language languages[LANGUAGE_COUNT];

static bool name_read(struct language *language)
{
    UChar name[64];
    UErrorCode error = U_ZERO_ERROR;
    int32_t len = uloc_getDisplayName(language->code, language->code, name, COUNT_OF(name), &error);

    len = u_strToTitle(name, COUNT_OF(name), name, len, NULL, language->code, &error);
    u_strToUTF8(language->name, sizeof(language->name), NULL, name, len, &error);
    return U_SUCCESS(error) && language->name[0] != '\0';
}

static bool catalogue_read(struct language *language)
{
    char file[64];
    const char *fault = "is missing";
    const char *id = NULL;

    snprintf(file, sizeof(file), "messages/%s.mo", language->code);
    for (size_t i = 0; i < embed_web_count; i++) {
        struct span bytes = {(const char *)embed_web[i].data, embed_web[i].size};

        if (strcmp(embed_web[i].name, file) == 0 &&
            catalogue_open(&language->catalogue, bytes, &fault, &id))
            return true;
    }
    if (id == NULL)
        log_error("%s %s", file, fault);
    else
        log_error("%s: \"%s\" %s", file, id, fault);
    return false;
}

bool i18n_open(void)
{
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        struct language *language = &languages[i];

        *language = (struct language){.code = CODES[i], .translated = i > 0};
        language->right_to_left = uloc_isRightToLeft(language->code);
        language->format = format_open(LOCALES[i]);
        if (language->format == NULL || !name_read(language)) {
            log_error("ICU cannot write the language \"%s\"", language->code);
            goto fail;
        }
        if (language->translated && !catalogue_read(language))
            goto fail;
    }
    return true;
fail:
    i18n_close();
    return false;
}

void i18n_close(void)
{
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        catalogue_close(&languages[i].catalogue);
        format_close(languages[i].format);
        languages[i].format = NULL;
    }
}

size_t language_count(void)
{
    return LANGUAGE_COUNT;
}

const struct language *language_at(size_t index)
{
    assert(index < LANGUAGE_COUNT);
    return &languages[index];
}

const struct language *language_find(struct span code)
{
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        if (span_is(code, CODES[i]))
            return &languages[i];
    }
    return NULL;
}

const char *const *language_codes(void)
{
    return CODES;
}

const char *language_code(const struct language *language)
{
    return language->code;
}

const char *language_name(const struct language *language)
{
    return language->name;
}

const char *language_direction(const struct language *language)
{
    return language->right_to_left ? "rtl" : "ltr";
}

bool language_right_to_left(const struct language *language)
{
    return language->right_to_left;
}

size_t language_index(const struct language *language)
{
    return (size_t)(language - languages);
}

const struct format *language_format(const struct language *language)
{
    return language->format;
}

/*
 * Messages found before, by where their English stands: a literal never moves, and a page asks for
 * hundreds. Each thread has its own table, hence no lock.
 */
#define FOUND_MAX 2048U /* a power of two */

struct found {
    const char *english;
    const struct language *language;
    struct span text; /* of a message with plurals: its forms, each with its NUL but the last */
};
static _Thread_local struct found found[FOUND_MAX];

/* A message that its catalogue lacks fails `make check`; a reader still gets words. */
static struct span look_up(const struct language *language, const char *english)
{
    uintptr_t place = (uintptr_t)english + (uintptr_t)language;
    struct found *slot = &found[(place * UINT64_C(0x9e3779b97f4a7c15)) >> 53];

    if (slot->english != english || slot->language != language) {
        struct span text = {NULL, 0};

        if (language->translated)
            text = catalogue_text(&language->catalogue, english);
        if (text.at == NULL)
            text = span_of(english);
        *slot = (struct found){english, language, text};
    }
    return slot->text;
}
_Static_assert(FOUND_MAX == 1U << (64 - 53), "the shift keeps as many bits as there are places");

struct span message_span(const struct language *language, const char *english)
{
    return look_up(language, english);
}

const char *message(const struct language *language, const char *english)
{
    return look_up(language, english).at;
}

const char *message_n(const struct language *language, uint64_t n, const char *one,
                      const char *many)
{
    struct span forms = look_up(language, one);

    if (forms.at == one) /* English, or not translated */
        return n == 1 ? one : many;
    return catalogue_form(&language->catalogue, forms, n);
}
