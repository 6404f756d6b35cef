/* A card's parts are written once for a block and a language, and are the same when they are kept.
 */
#include "unit.h"

#include "server/web/offer_text.h"

#define OFFERS 300U

static struct offer_texts *texts;
static struct out out;
static struct html h = {.out = &out};
static const struct market_offer offers[OFFERS];
static unsigned written; /* calls of the writers */
static size_t bytes;     /* that they write */

static int setup(void **state)
{
    (void)state;
    out_init(&out, OUT_LIMIT_DEFAULT);
    texts = offer_texts_new();
    bytes = 20;
    return texts == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    offer_texts_free(texts);
    out_free(&out);
    return 0;
}

/* Text that tells the offer and the language. */
static void write_part(struct html *to, const struct market_offer *offer)
{
    size_t before = to->out->len;

    written++;
    out_printf(to->out, "%td %zu ", offer - offers, language_index(to->language));
    while (to->out->len < before + bytes)
        out_char(to->out, '.');
}

/* What a card of the offer says; the calls it took are in `written`. */
static const char *card(uint64_t serial, size_t language, size_t offer)
{
    const struct market market = {.serial = serial, .offers = offers, .offer_count = OFFERS};
    struct offer_text *text;

    h.language = language_at(language);
    out_clear(&out);
    written = 0;
    text = offer_text_of(texts, h.language, &market, &offers[offer]);
    for (enum offer_part part = 0; part < OFFER_PARTS; part++)
        offer_text(&h, text, part, write_part, &offers[offer]);
    out_char(&out, '\0');
    assert_false(out_failed(&out));
    return out.at;
}

static void test_once(void **state)
{
    char first[1024];

    (void)state;
    for (size_t language = 0; language < 2; language++) {
        snprintf(first, sizeof(first), "%s", card(7, language, 3));
        assert_int_equal(written, OFFER_PARTS);
        assert_string_equal(card(7, language, 3), first);
        assert_int_equal(written, 0);
    }
    assert_non_null(strstr(first, "3 1 ")); /* not what the first language had */
    (void)card(8, 1, 3);
    assert_int_equal(written, OFFER_PARTS); /* another block */
}

/* However many offers a page has, none takes another's place. */
static void test_a_page(void **state)
{
    unsigned calls = 0;

    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        calls = 0;
        for (size_t offer = 0; offer < OFFERS; offer++) {
            char begins[32];

            snprintf(begins, sizeof(begins), "%zu 0 ", offer);
            assert_memory_equal(card(5, 0, offer), begins, strlen(begins));
            calls += written;
        }
    }
    assert_int_equal(calls, 0); /* in the second round */
}

/* What does not fit is written each time, and what stands before it is kept. */
static void test_too_long(void **state)
{
    char first[OFFER_PARTS * 1024];

    (void)state;
    bytes = 900;
    snprintf(first, sizeof(first), "%s", card(9, 0, 0));
    assert_string_equal(card(9, 0, 0), first);
    assert_in_range(written, 1, OFFER_PARTS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_page, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_long, setup, teardown),
    };

    return UNIT_RUN(tests, NULL, NULL);
}
