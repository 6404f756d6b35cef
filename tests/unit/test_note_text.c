/* What is taken out of a note, and what must stay. */
#include "server/web/note_text.h"
#include "unit.h"

static void takes_out_ways_to_reach_anybody(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
        unsigned links, emails, telephones;
    } CASES[] = {
        {"Fast and fair.", "Fast and fair.", 0, 0, 0},
        {"", "", 0, 0, 0},
        {"  \n\n ", "", 0, 0, 0},
        /* Links. */
        {"See https://evil.example/x?y=1 now", "See […] now", 1, 0, 0},
        {"See www.evil.example.", "See […]", 1, 0, 0},
        {"evil.com", "[…]", 1, 0, 0},
        {"go to Evil.COM/path, please", "go to […] please", 1, 0, 0},
        {"(bit.ly/abc)", "[…]", 1, 0, 0},
        {"write t.me/someone", "write […]", 1, 0, 0},
        {"I am. Me too: a.m", "I am. Me too: a.m", 0, 0, 0},
        {"ask @somebody there", "ask […] there", 1, 0, 0},
        {"javascript://alert(1)", "[…]", 1, 0, 0},
        {"HTTP://A.B/", "[…]", 1, 0, 0},
        /* E-mail addresses. */
        {"mail me: a.b@example.org!", "mail me: […]", 0, 1, 0},
        {"<a@b.c>", "[…]", 0, 1, 0},
        {"two: a@b.cd, c@d.ef", "two: […] […]", 0, 2, 0},
        {"meet @ noon", "meet @ noon", 0, 0, 0},
        /* Telephone numbers. */
        {"call +221 77 123 45 67", "call […]", 0, 0, 1},
        {"call 06 12 34 56 78 or 0612345678", "call […] or […]", 0, 0, 2},
        {"call (0)6-12-34-56-78.", "call […].", 0, 0, 1},
        {"771234567", "[…]", 0, 0, 1},
        {"tel:771234567", "tel:[…]", 0, 0, 1},
        {"٠٦١٢٣٤٥٦٧٨", "[…]", 0, 0, 1},
        {"+1 (555) 123-4567", "[…]", 0, 0, 1},
        {"0 800 123 456", "[…]", 0, 0, 1},
        {"06/12/34/56/78 or 77–123–45–67", "[…] or […]", 0, 0, 2},
        /* Not telephone numbers. */
        {"They got 128 253 F CFA.", "They got 128 253 F CFA.", 0, 0, 0},
        {"1 250 000 GNF", "1 250 000 GNF", 0, 0, 0},
        {"2.500.000 VND", "2.500.000 VND", 0, 0, 0},
        {"since 2024-2025", "since 2024-2025", 0, 0, 0},
        {"on 2024-06-30 and 30.06.2024", "on 2024-06-30 and 30.06.2024", 0, 0, 0},
        {"on 30/06/2024, in 2024–2025", "on 30/06/2024, in 2024–2025", 0, 0, 0},
        {"1/2 or 24/7 or 3/4/5", "1/2 or 24/7 or 3/4/5", 0, 0, 0},
        {"at 10:30, 200 EUR, 3.5 %", "at 10:30, 200 EUR, 3.5 %", 0, 0, 0},
        {"123456", "123456", 0, 0, 0},
        /* Not links. */
        {"ok.Thanks a lot", "ok.Thanks a lot", 0, 0, 0},
        {"3.5", "3.5", 0, 0, 0},
        {"wait... what", "wait... what", 0, 0, 0},
        /* Blanks and characters that have no place. */
        {"a  b \t c", "a b c", 0, 0, 0},
        {"a\n\n\n\nb", "a\n\nb", 0, 0, 0},
        {" a \n b ", "a\nb", 0, 0, 0},
        {"a\x01"
         "b\xE2\x80\xAE"
         "c",
         "abc", 0, 0, 0},
        {"bad \xFF bytes", "bad bytes", 0, 0, 0},
        {"<script>alert(1)</script>", "<script>alert(1)</script>", 0, 0, 0},
        {"你好 مرحبا", "你好 مرحبا", 0, 0, 0},
    };
    struct out out;
    (void)state;
    out_init(&out, 65536);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct note_taken taken;
        out_clear(&out);
        note_text(&out, span_of(CASES[i].text), &taken);
        out_char(&out, '\0');
        assert_string_equal(out.at, CASES[i].shown);
        assert_int_equal(taken.links, CASES[i].links);
        assert_int_equal(taken.emails, CASES[i].emails);
        assert_int_equal(taken.telephones, CASES[i].telephones);
    }
    out_free(&out);
}

static void takes_time_in_proportion(void **state)
{
    enum {
        LENGTH = 200000
    };
    static char text[LENGTH];
    static const char *const PIECES[] = {"+", "1 ", "12-", "(", "a.", "@", "1.", ".."};
    struct out out;
    (void)state;
    out_init(&out, 4 << 20);
    for (size_t i = 0; i < COUNT_OF(PIECES); i++) {
        struct note_taken taken;
        size_t piece = strlen(PIECES[i]);
        for (size_t at = 0; at < LENGTH; at++)
            text[at] = PIECES[i][at % piece];
        out_clear(&out);
        note_text(&out, (struct span){text, LENGTH}, &taken);
        assert_false(out_failed(&out));
    }
    out_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_out_ways_to_reach_anybody),
        cmocka_unit_test(takes_time_in_proportion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
