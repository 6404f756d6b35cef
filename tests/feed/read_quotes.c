/*
 * The reader and the rules for a test in another language: frames in ("LENGTH\n" and the bytes of
 * one quote's JSON), a line of JSON out for each. The first argument is the instant that counts as
 * now, in microseconds.
 */
#include <corridor/out.h>
#include <ingest/quote_rules.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LONGEST (1U << 20)

static void write_amount(struct out *out, const char *key, int64_t minor,
                         const struct currency *currency)
{
    char text[MONEY_TEXT_MAX];

    (void)money_print(text, sizeof(text), minor, currency);
    json_member_text(out, key, minor == TARIFF_NO_LIMIT ? NULL : text);
}

static void write_instant(struct out *out, const char *key, int64_t instant)
{
    char text[INSTANT_TEXT_MAX];

    (void)instant_print(text, sizeof(text), instant);
    json_member_text(out, key, text);
}

static void write_quote(struct out *out, const struct feed_quote *quote)
{
    char set[SERVICE_SET_TEXT_MAX];

    json_member_text(out, "corridor", quote->corridor);
    (void)pay_in_set_print(set, quote->pay_in);
    json_member_text(out, "pay_in", set);
    json_member_text(out, "coverage", coverage_code(quote->coverage));
    json_member_int(out, "pickup_points", quote->pickup_points);
    json_member_bool(out, "first_transfer", quote->first_transfer);
    json_member_int(out, "bands", quote->tariff.count);
    write_amount(out, "min", quote->tariff.min, quote->tariff.send);
    write_amount(out, "max", quote->tariff.max, quote->tariff.send);
    write_amount(out, "receive_fee", quote->tariff.receive_fee, quote->tariff.receive);
    write_instant(out, "valid_from", quote->valid_from);
    write_instant(out, "valid_until", quote->valid_until);
}

int main(int argc, char **argv)
{
    static char bytes[LONGEST];
    static struct feed_quote quote;
    struct refusal refusal;
    struct out out;
    char line[32];
    int64_t now = argc == 2 ? strtoll(argv[1], NULL, 10) : 0;

    if (now <= 0 || !codes_open())
        return EXIT_FAILURE;
    out_init(&out, OUT_LIMIT_DEFAULT);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        size_t length = strtoul(line, NULL, 10);
        char *exact;

        if (length > LONGEST || fread(bytes, 1, length, stdin) != length)
            return EXIT_FAILURE;
        /* As many bytes as there are, so that the sanitizer sees one read too far. */
        exact = malloc(length);
        assert(exact != NULL || length == 0);
        memcpy(exact, bytes, length);
        out_clear(&out);
        json_open(&out, '{');
        if (quote_read(&quote, (struct span){exact, length}, &refusal) &&
            quote_rules(&quote, now, &refusal))
            write_quote(&out, &quote);
        json_member_text(&out, "code", refusal_word(refusal.code));
        json_member_text(&out, "field", refusal.field);
        json_member_text(&out, "reason", refusal.reason);
        json_member_text(&out, "ref", quote.ref);
        json_close(&out, '}');
        out_char(&out, '\n');
        free(exact);
        if (fwrite(out.at, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
            return EXIT_FAILURE;
    }
    out_free(&out);
    codes_close();
    return EXIT_SUCCESS;
}
