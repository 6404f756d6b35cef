/*
 * Reads what a mystery shopper found. Its rules are few: it lies in the past, money went in and
 * came out, and a receipt vouches for it.
 */
#include "ingest/shopped_read.h"

#include "ingest/quote_words.h"

enum field {
    FIELD_OPERATOR,
    FIELD_REF,
    FIELD_CORRIDOR,
    FIELD_SEND_CURRENCY,
    FIELD_RECEIVE_CURRENCY,
    FIELD_AMOUNT,
    FIELD_PAID,
    FIELD_RECEIVED,
    FIELD_PRICE,
    FIELD_PAY_IN,
    FIELD_ACCESS_POINT,
    FIELD_PAY_OUT,
    FIELD_OBSERVED_AT,
    FIELD_RECEIPT,
    FIELD_COUNT
};

static const struct document_field fields[FIELD_COUNT] = {
    [FIELD_OPERATOR] = {"operator", true, false},
    [FIELD_REF] = {"ref", false, true},
    [FIELD_CORRIDOR] = {"corridor", true, false},
    [FIELD_SEND_CURRENCY] = {"send_currency", true, false},
    [FIELD_RECEIVE_CURRENCY] = {"receive_currency", true, false},
    [FIELD_AMOUNT] = {"amount", true, false},
    [FIELD_PAID] = {"paid", true, false},
    [FIELD_RECEIVED] = {"received", true, false},
    [FIELD_PRICE] = {"price", false, false},
    [FIELD_PAY_IN] = {"pay_in", true, false},
    [FIELD_ACCESS_POINT] = {"access_point", true, false},
    [FIELD_PAY_OUT] = {"pay_out", true, false},
    [FIELD_OBSERVED_AT] = {"observed_at", true, false},
    [FIELD_RECEIPT] = {"receipt_sha256", true, false},
};

/* A name of ours or of an operator's: copied where it fits. */
static bool read_name(char *name, size_t size, const json_t *value, const char *field,
                      enum refusal_code code, struct refusal *refusal)
{
    struct span text;

    if (!document_text(&text, value, field, "a text", refusal))
        return false;
    if (text.len == 0 || text.len >= size)
        return document_refuse(refusal, code, field, "it has 1 to %zu characters", size - 1);
    memcpy(name, text.at, text.len);
    name[text.len] = '\0';
    return true;
}

static bool read_receipt(struct shopped *shopped, const json_t *value, struct refusal *refusal)
{
    struct span text;
    size_t digits = 0;

    if (!document_text(&text, value, "/receipt_sha256", "a text of 64 digits", refusal))
        return false;
    while (digits < text.len && text.at[digits] != '\0' &&
           strchr("0123456789abcdef", text.at[digits]) != NULL)
        digits++;
    if (text.len != 64 || digits != 64)
        return document_refuse(refusal, REFUSAL_BAD_SHA256, "/receipt_sha256",
                               "64 of 0-9 and a-f are wanted, as sha256sum prints them");
    memcpy(shopped->receipt, text.at, 64);
    shopped->receipt[64] = '\0';
    return true;
}

static bool read_how(struct shopped *shopped, const json_t *const *values, struct refusal *refusal)
{
    unsigned pay_in = 0;
    unsigned access_point = 0;
    unsigned pay_out = 0;
    unsigned first_transfer = 0;

    if (!document_word(&pay_in, values[FIELD_PAY_IN], &quote_pay_ins, "/pay_in", refusal) ||
        !document_word(&access_point, values[FIELD_ACCESS_POINT], &quote_access_points,
                       "/access_point", refusal) ||
        !document_word(&pay_out, values[FIELD_PAY_OUT], &quote_pay_outs, "/pay_out", refusal) ||
        (values[FIELD_PRICE] != NULL &&
         !document_word(&first_transfer, values[FIELD_PRICE], &quote_prices, "/price", refusal)))
        return false;
    shopped->pay_in = (enum pay_in)pay_in;
    shopped->access_point = (enum access_point)access_point;
    shopped->pay_out = (enum pay_out)pay_out;
    shopped->first_transfer = first_transfer != 0;
    return true;
}

static bool check(const struct shopped *shopped, int64_t now, struct refusal *refusal)
{
    if (shopped->amount == 0)
        return document_refuse(refusal, REFUSAL_NOTHING_PAID, "/amount", "it is zero");
    if (shopped->received == 0)
        return document_refuse(refusal, REFUSAL_NOTHING_PAID, "/received", "it is zero");
    if (shopped->paid < shopped->amount)
        return document_refuse(refusal, REFUSAL_NOTHING_PAID, "/paid",
                               "less was paid in all than was sent");
    if (shopped->observed_at > now)
        return document_refuse(refusal, REFUSAL_NOT_PAST, "/observed_at", "it is in the future");
    if (now - shopped->observed_at > SHOPPED_LATEST)
        return document_refuse(refusal, REFUSAL_TOO_OLD, "/observed_at",
                               "it is more than a year ago");
    return true;
}

static bool read_object(struct shopped *shopped, json_t *object, struct refusal *refusal)
{
    const json_t *values[FIELD_COUNT];

    if (!document_members(values, object, "", fields, FIELD_COUNT, refusal) ||
        !read_name(shopped->operator_id, sizeof(shopped->operator_id), values[FIELD_OPERATOR],
                   "/operator", REFUSAL_UNKNOWN_OPERATOR, refusal) ||
        (values[FIELD_REF] != NULL &&
         !read_name(shopped->ref, sizeof(shopped->ref), values[FIELD_REF], "/ref", REFUSAL_BAD_REF,
                    refusal)) ||
        !document_corridor(&shopped->from, &shopped->to, values[FIELD_CORRIDOR], "/corridor",
                           refusal) ||
        !document_currency(&shopped->send, values[FIELD_SEND_CURRENCY], "/send_currency",
                           refusal) ||
        !document_currency(&shopped->receive, values[FIELD_RECEIVE_CURRENCY], "/receive_currency",
                           refusal) ||
        !document_money(&shopped->amount, values[FIELD_AMOUNT], shopped->send, "/amount",
                        refusal) ||
        !document_money(&shopped->paid, values[FIELD_PAID], shopped->send, "/paid", refusal) ||
        !document_money(&shopped->received, values[FIELD_RECEIVED], shopped->receive, "/received",
                        refusal) ||
        !read_how(shopped, values, refusal) ||
        !document_instant(&shopped->observed_at, values[FIELD_OBSERVED_AT], "/observed_at",
                          refusal) ||
        !read_receipt(shopped, values[FIELD_RECEIPT], refusal))
        return false;
    corridor_print(shopped->corridor, shopped->from, shopped->to);
    return true;
}

bool shopped_read(struct shopped *shopped, struct span json, int64_t now, struct refusal *refusal)
{
    json_t *object = document_parse(json, SHOPPED_BYTES_MAX, 4, refusal);
    bool read;

    *shopped = (struct shopped){.send = NULL};
    if (object == NULL)
        return false;
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    read = read_object(shopped, object, refusal) && check(shopped, now, refusal);
    json_decref(object);
    return read;
}
