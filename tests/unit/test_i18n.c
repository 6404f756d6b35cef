/* Catalogues and plural rules: what is right is read, and nothing that is wrong. */
#include "unit.h"

#include "server/web/catalogue.h"
#include "server/web/i18n.h"

#include <corridor/codes.h>
#include <corridor/embed.h>

/* ---- Plural rules ---- */

static void test_plural_rules(void **state)
{
    /* The rules of the gettext manual; the form for each n from 0 on. */
    static const struct {
        const char *line;
        unsigned forms;
        const char *expected;
    } CASES[] = {
        {"nplurals=1; plural=0;", 1, "0000000000000"},
        {"nplurals=2; plural=n != 1;", 2, "1011111111111"},
        {" nplurals=2; plural=(n > 1);", 2, "0011111111111"},
        {"nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || "
         "n%100>=20) ? 1 : 2;",
         3, "201112222222222222222011122"},
        {"nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
         "n%100>=11 ? 4 : 5);",
         6, "0123333333344"},
        {"nplurals=2; plural=!(n-1)*1+0/3;", 2, "0100000000000"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct plural plural;

        assert_true(plural_parse(&plural, span_of(CASES[i].line)));
        assert_int_equal(plural.forms, CASES[i].forms);
        for (unsigned n = 0; CASES[i].expected[n] != '\0'; n++)
            assert_int_equal(plural_form(&plural, n), CASES[i].expected[n] - '0');
        assert_true(plural_form(&plural, UINT64_MAX) < plural.forms);
    }
}

static void test_plural_refused(void **state)
{
    static const char *const CASES[] = {
        "",
        "plural=0;",
        "nplurals=0; plural=0;",
        "nplurals=7; plural=0;",
        "nplurals=2; plural=;",
        "nplurals=2; plural=n n;",
        "nplurals=2; plural=(n;",
        "nplurals=2; plural=n);",
        "nplurals=2; plural=n ? 1;",
        "nplurals=2; plural=n ? : 1;",
        "nplurals=2; plural=n +;",
        "nplurals=2; plural=m;",
        "nplurals=2; plural=99999999999999999999;",
        "nplurals=2; plural=n; rm",
        "nplurals=2; plural=((((((((((((((((((((n))))))))))))))))))));",
        "nplurals=2; plural=n?1:n?1:n?1:n?1:n?1:n?1:n?1:n?1:n?1:n?1:n?1:n?1:n?1:n?1:n?1:n?1:n?1:n;",
    };
    struct plural plural;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_false(plural_parse(&plural, span_of(CASES[i])));
}

/* ---- Catalogues ---- */

static struct span french(void)
{
    for (size_t i = 0; i < embed_web_count; i++) {
        if (strcmp(embed_web[i].name, "messages/fr.mo") == 0)
            return (struct span){(const char *)embed_web[i].data, embed_web[i].size};
    }
    fail_msg("the program carries no messages/fr.mo");
    return (struct span){"", 0};
}

static const char *form(const struct catalogue *catalogue, const char *id, uint64_t n)
{
    struct span text = catalogue_text(catalogue, id);

    return text.at == NULL ? NULL : catalogue_form(catalogue, text, n);
}

static void test_catalogue(void **state)
{
    struct catalogue catalogue;
    const char *error;
    const char *id;

    (void)state;
    assert_true(catalogue_open(&catalogue, french(), &error, &id));
    assert_string_equal(catalogue_text(&catalogue, "Best offer").at, "La meilleure offre");
    assert_null(catalogue_text(&catalogue, "No message at all").at);
    assert_string_equal(form(&catalogue, "{n} day ago", 0), "il y a {n}\u00a0jour");
    assert_string_equal(form(&catalogue, "{n} day ago", 1), "il y a {n}\u00a0jour");
    assert_string_equal(form(&catalogue, "{n} day ago", 2), "il y a {n}\u00a0jours");
    catalogue_close(&catalogue);
}

/* Cut short anywhere, or with any byte changed, a catalogue is refused or can still be asked
 * anything; the sanitizers watch. */
static void test_catalogue_damaged(void **state)
{
    struct span whole = french();
    struct unit_random random = unit_random_open("damaged catalogues");
    struct catalogue catalogue;
    const char *error;
    const char *id;

    (void)state;
    for (int round = 0; round < 4000; round++) {
        size_t len = unit_one_in(&random, 2) ? (size_t)(unit_random_bits(&random) % (whole.len | 1))
                                             : whole.len;
        char *copy = malloc(len + 1);

        assert_non_null(copy);
        memcpy(copy, whole.at, len);
        for (int changes = 0; len == whole.len && changes < 3; changes++) {
            /* Half of them in the header and tables, where they hurt most. */
            size_t end = unit_one_in(&random, 2) ? 2000 : len;

            copy[unit_random_bits(&random) % (end | 1)] = (char)unit_random_bits(&random);
        }
        if (catalogue_open(&catalogue, (struct span){copy, len}, &error, &id)) {
            assert_int_equal(len, whole.len);
            (void)catalogue_text(&catalogue, "Best offer");
            (void)form(&catalogue, "{n} day ago", 5);
            (void)form(&catalogue, "{n} place", 1);
            catalogue_close(&catalogue);
        } else {
            assert_non_null(error);
        }
        free(copy);
    }
}

/* A compiled catalogue of a header and one message, laid out as msgfmt does. */
static struct span compile(char *file, size_t size, const char *id, size_t id_len, const char *text,
                           size_t text_len)
{
    static const char HEADER[] = "Content-Type: text/plain; charset=UTF-8\n"
                                 "Plural-Forms: nplurals=2; plural=n > 1;\n";
    uint32_t words[15] = {0x950412de, 0, 2, 28, 44, 0, 60};
    const char *const parts[] = {"", id, HEADER, text};
    const size_t lens[] = {0, id_len, sizeof(HEADER) - 1, text_len};
    size_t at = sizeof(words);

    for (size_t i = 0; i < 4; i++) {
        assert_true(at + lens[i] < size);
        words[7 + 2 * i] = (uint32_t)lens[i];
        words[8 + 2 * i] = (uint32_t)at;
        memcpy(file + at, parts[i], lens[i]);
        file[at + lens[i]] = '\0';
        at += lens[i] + 1;
    }
    memcpy(file, words, sizeof(words));
    return (struct span){file, at};
}

static void test_catalogue_messages(void **state)
{
#define MESSAGES(id, text, good)                         \
    {                                                    \
        id, sizeof(id) - 1, text, sizeof(text) - 1, good \
    }
    static const struct {
        const char *id;
        size_t id_len;
        const char *text;
        size_t text_len;
        bool good;
    } CASES[] = {
        MESSAGES("Fee", "Frais", true),
        MESSAGES("Fee", "", false),
        MESSAGES("Fee", "\xC3", false),
        MESSAGES("Fee", "<b>Frais", false),
        MESSAGES("Fee & rate", "Frais", false),
        MESSAGES("Fee", "L'envoi", false),
        MESSAGES("{a} of {b}", "{b}, {a}", true),
        MESSAGES("{a} of {b}", "{a}", false),
        MESSAGES("{a} of {b}", "{a} {b} {c}", false),
        MESSAGES("{a} of {b}", "{a} {B}", false),
        MESSAGES("{n} day\0{n} days", "un jour\0{n} jours", true),
        MESSAGES("{n} day\0{n} days", "{n} jour", false),
        MESSAGES("{n} day\0{n} days", "{n} jour\0{n} jours\0{n} jours", false),
        MESSAGES("{n} day\0{n} days", "{n} jour\0", false),
        MESSAGES("{n} x {y}\0{n} xs {y}", "{n} x\0{n} xs {y}", false),
        MESSAGES("Fee", "Frais\0Frais", false),
    };
    char file[512];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct catalogue catalogue;
        const char *error;
        const char *id;
        struct span bytes = compile(file, sizeof(file), CASES[i].id, CASES[i].id_len, CASES[i].text,
                                    CASES[i].text_len);
        bool good = catalogue_open(&catalogue, bytes, &error, &id);

        if (good != CASES[i].good)
            print_message("case %zu: %s\n", i, good ? "taken" : error);
        assert_int_equal(good, CASES[i].good);
        if (good)
            catalogue_close(&catalogue);
        else
            assert_string_equal(id, CASES[i].id);
    }
}

/* ---- Languages ---- */

static void test_languages(void **state)
{
    const struct language *english;
    const struct language *fr;

    (void)state;
    assert_true(codes_open());
    assert_true(i18n_open());
    english = language_find(span_of("en"));
    fr = language_find(span_of("fr"));
    assert_ptr_equal(english, language_at(0));
    assert_non_null(fr);
    assert_null(language_find(span_of("FR")));
    assert_null(language_find(span_of("")));
    assert_null(language_find(span_of("fra")));
    assert_string_equal(language_name(fr), "Français");
    assert_string_equal(language_direction(fr), "ltr");
    assert_string_equal(message(english, "Best offer"), "Best offer");
    assert_string_equal(message(fr, "Best offer"), "La meilleure offre");
    assert_string_equal(message_n(english, 1, "{n} place", "{n} places"), "{n} place");
    assert_string_equal(message_n(english, 0, "{n} place", "{n} places"), "{n} places");
    assert_string_equal(message_n(fr, 0, "{n} place", "{n} places"), "{n}\u00a0lieu");
    for (size_t i = 0; i < language_count(); i++) {
        assert_string_equal(language_codes()[i], language_code(language_at(i)));
        assert_int_equal(language_index(language_at(i)), i);
    }
    i18n_close();
    codes_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plural_rules),       cmocka_unit_test(test_plural_refused),
        cmocka_unit_test(test_catalogue),          cmocka_unit_test(test_catalogue_damaged),
        cmocka_unit_test(test_catalogue_messages), cmocka_unit_test(test_languages),
    };

    return UNIT_RUN(tests, NULL, NULL);
}
