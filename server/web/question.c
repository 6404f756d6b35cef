/* The parameters of a page, in one order, so that the same question always has the same address. */
#include "server/web/question.h"

#include <corridor/http.h>

static const char *const NAMES[] = {
    "from",   "to",      "amount",    "basis", "currency", "receive_currency",
    "pay_in", "pay_out", "max_speed",
};

void question_read(struct question *question, const struct http_request *req)
{
    unsigned given = http_query_count(req);

    *question = (struct question){.count = 0};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        for (unsigned q = 0; q < given && question->count < ASK_PARAMETERS_MAX; q++) {
            struct span name;
            struct span value;

            http_query_at(req, q, &name, &value);
            if (value.len > 0 && span_is(name, NAMES[i]))
                question->parameters[question->count++] =
                    (struct ask_parameter){span_of(NAMES[i]), value};
        }
    }
}

void question_amount(struct question *question, const struct language *language,
                     const struct country *from, const struct country *to)
{
    bool receive = span_is(question_value(question, "basis"), "receive");
    const struct country *country = receive ? to : from;
    const struct currency *currency =
        currency_find(question_value(question, receive ? "receive_currency" : "currency"));
    struct span typed = question_value(question, "amount");

    if (currency == NULL && country != NULL)
        currency = country->currency;
    if (typed.len > 0)
        question_set(question, "amount",
                     amount_plain(question->plain, typed, language_format(language), currency));
}

struct span question_value(const struct question *question, const char *name)
{
    for (size_t i = 0; i < question->count; i++) {
        if (span_is(question->parameters[i].name, name))
            return question->parameters[i].value;
    }
    return (struct span){NULL, 0};
}

void question_set(struct question *question, const char *name, struct span value)
{
    size_t kept = 0;
    bool set = false;

    for (size_t i = 0; i < question->count; i++) {
        bool this = span_is(question->parameters[i].name, name);

        if (this && set)
            continue;
        question->parameters[kept] = question->parameters[i];
        if (this)
            question->parameters[kept].value = value;
        set = set || this;
        kept++;
    }
    question->count = kept;
    if (!set && question->count < ASK_PARAMETERS_MAX)
        question->parameters[question->count++] = (struct ask_parameter){span_of(name), value};
}

void question_unset(struct question *question, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < question->count; i++) {
        if (!span_is(question->parameters[i].name, name))
            question->parameters[kept++] = question->parameters[i];
    }
    question->count = kept;
}

static void pair(struct html *h, bool *first, bool attribute, struct span name, struct span value)
{
    if (*first)
        html(h, "?");
    else if (attribute)
        html(h, "&amp;");
    else
        html(h, "&");
    *first = false;
    html_url(h, name);
    html(h, "=");
    html_url(h, value);
}

void question_link(struct html *h, const struct question *question, const char *name,
                   const char *value)
{
    bool first = true;

    for (size_t i = 0; i < question->count; i++) {
        const struct ask_parameter *p = &question->parameters[i];

        if (name == NULL || !span_is(p->name, name))
            pair(h, &first, true, p->name, p->value);
    }
    if (name != NULL && value != NULL)
        pair(h, &first, true, span_of(name), span_of(value));
}

void question_link_unfiltered(struct html *h, const struct question *question)
{
    bool first = true;

    for (size_t i = 0; i < question->count; i++) {
        const struct ask_parameter *p = &question->parameters[i];

        if (!span_is(p->name, "pay_in") && !span_is(p->name, "pay_out") &&
            !span_is(p->name, "max_speed"))
            pair(h, &first, true, p->name, p->value);
    }
}

void question_location(struct out *out, const struct question *question)
{
    struct html h = {.out = out};
    bool first = true;

    for (size_t i = 0; i < question->count; i++)
        pair(&h, &first, false, question->parameters[i].name, question->parameters[i].value);
}
