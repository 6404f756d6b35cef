/*
 * A query string from its bytes to a settled question under libFuzzer: the target's parser, the
 * decoding, and the reader of questions that the API and the pages share. Beside crashes it holds
 * that what was decoded is text, that a refusal names a parameter and what would do, and that a
 * question is the same however its parameters are ordered. The first byte chooses API or form.
 */
#include "core/http_parse.h"
#include "server/ask.h"

#include <corridor/codes.h>
#include <corridor/http.h>
#include <corridor/money.h>
#include <corridor/out.h>

#include <stdio.h>
#include <stdlib.h>

#define NOW       INT64_C(1790000000000000) /* 2026-09, in microseconds */
#define QUERY_MAX 4096U

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return codes_open() ? 0 : -1;
}

static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

static void decoded(struct span *piece, char *room, bool *good)
{
    bool text = http_decode(piece, room, *piece, true);
    for (size_t i = 0; text && i < piece->len; i++) {
        must((unsigned char)piece->at[i] >= 0x20 && piece->at[i] != 0x7F, "no control character");
    }
    must(!text || utf8_valid(*piece), "decoded text is UTF-8");
    *good = *good && text;
}

/*
 * The parameters of a target, as core/http_request.c takes them apart; 0 when it refuses them. A
 * piece is decoded to its own place in `room`, which is as long as the target.
 */
static size_t read_parameters(struct ask_parameter *parameters, struct span target, char *room)
{
    struct http_target parsed;
    struct ask_parameter one;
    size_t count = 0;
    bool good = http_target_parse(&parsed, target, span_of("GET"));
    struct span rest = good ? parsed.query : (struct span){"", 0};
    while (good && http_pair_next(&rest, &one.name, &one.value)) {
        decoded(&one.name, room + (one.name.at - target.at), &good);
        decoded(&one.value, room + (one.value.at - target.at), &good);
        good = good && count < HTTP_QUERY_MAX;
        if (good) {
            parameters[count++] = one;
        }
    }
    return good ? count : 0;
}

static void check_fault(const struct ask_error *error)
{
    must(error->fault > ASK_OK && error->fault < ASK_FAULT_COUNT, "a known fault");
    must(error->parameter != NULL && error->allowed[0] != '\0', "a parameter, and what would do");
    must(memchr(error->allowed, '\0', sizeof error->allowed) != NULL, "what would do has an end");
    must(ask_fault_code(error->fault) != NULL && ask_fault_status(error->fault) >= 400, "a code");
}

static void check_settled(const struct ask *ask)
{
    char text[MONEY_TEXT_MAX];
    int64_t again = 0;
    const struct currency *currency =
        ask->basis == BASIS_RECEIVE ? ask->receive_currency : ask->currency;
    must(ask->from != NULL && ask->to != NULL && ask->from != ask->to, "two countries");
    must(ask->amount > 0 && ask->amount <= MONEY_MAX, "an amount within its limits");
    money_print(text, sizeof text, ask->amount, currency);
    must(money_parse(&again, span_of(text), currency) == MONEY_OK && again == ask->amount,
         "an amount is read as it is printed");
}

/* Reads and settles; whether it is a question. */
static bool question(struct ask *ask, const struct ask_parameter *parameters, size_t count,
                     unsigned flags)
{
    struct ask_error error = {0};
    if (!ask_read(ask, parameters, count, flags, NOW, &error) || !ask_settle(ask, NULL, &error)) {
        check_fault(&error);
        return false;
    }
    check_settled(ask);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char path[] = "/v1/compare?";
    struct ask_parameter parameters[ASK_PARAMETERS_MAX];
    struct ask_parameter turned[ASK_PARAMETERS_MAX];
    char target[sizeof path + QUERY_MAX];
    char room[sizeof target];
    struct ask one;
    struct ask other;
    if (size == 0 || size > QUERY_MAX) {
        return 0;
    }
    unsigned flags = data[0] & 1 ? ASK_FORM | ASK_TYPED : 0;
    memcpy(target, path, sizeof path - 1);
    memcpy(target + sizeof path - 1, data + 1, size - 1);
    size_t count = read_parameters(parameters, (struct span){target, sizeof path + size - 2}, room);
    for (size_t i = 0; i < count; i++) {
        turned[i] = parameters[count - 1 - i];
    }
    if (question(&one, parameters, count, flags)) {
        must(question(&other, turned, count, flags), "the order of parameters means nothing");
        must(one.from == other.from && one.to == other.to && one.amount == other.amount &&
                 one.currency == other.currency && one.basis == other.basis &&
                 one.receive_currency == other.receive_currency && one.pay_in == other.pay_in &&
                 one.pay_out == other.pay_out && one.max_speed == other.max_speed &&
                 one.on == other.on && one.as_of == other.as_of && one.past == other.past,
             "the order of parameters means nothing");
    }
    return 0;
}
