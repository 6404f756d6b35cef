/* The form. It sends everything to /{lang}/compare, which leads on to the corridor's own address;
 * so it works without a script, whatever countries are chosen. */
#include "server/web/form.h"

#include "server/web/field_error.h"
#include "server/web/say.h"

#include <assert.h>

void form_countries(struct form *form, const struct market_table *markets)
{
    size_t count;
    const struct market *const *all = market_table_all(markets, &count);

    for (size_t i = 0; i < count; i++) {
        country_set_add(&form->senders, all[i]->from);
        country_set_add(&form->receivers, all[i]->to);
    }
    usual_senders(&form->usual_senders, markets);
    usual_receivers(&form->usual_receivers, markets, form->from);
    if (form->from != NULL)
        country_set_add(&form->senders, form->from);
    if (form->to != NULL)
        country_set_add(&form->receivers, form->to);
}

#define CURRENCIES_MAX 64

/* ---- What is wrong ---- */

static bool error_is_at(const struct form *form, const char *field)
{
    return form->error != NULL && strcmp(form->error->parameter, field) == 0;
}

/* The currency of the amount; NULL: not known. */
static const struct currency *amount_currency(const struct form *form)
{
    if (form->basis)
        return span_is(question_value(form->question, "basis"), "receive") ? form->receive
                                                                           : form->send;
    return currency_find(question_value(form->question, "currency"));
}

/* "1,234.50" as the reader writes it, with as many decimals as the currency has: how an amount
 * should look. */
static void example(struct html *h, const struct form *form, const char *english)
{
    const struct currency *currency = amount_currency(form);
    unsigned decimals = currency == NULL ? 2 : currency->exponent;
    int64_t units = 12345; /* tenths */
    struct out amount;

    for (unsigned i = 1; i < decimals; i++)
        units *= 10;
    out_init(&amount, 1024);
    format_decimal(&amount, language_format(h->language), decimals == 0 ? units / 10 : units,
                   decimals);
    say_values(h, message(h->language, english), SAY_LIST(SAY_SPAN("example", out_span(&amount))));
    out_free(&amount);
}

/* Whether it is one in the reader's notation, though not in plain. */
static bool is_number(const struct html *h, struct span typed)
{
    char buffer[AMOUNT_PLAIN_MAX];
    struct span plain = amount_plain(buffer, typed, language_format(h->language), NULL);
    struct decimal value;

    return decimal_parse(&value, plain) == DECIMAL_OK;
}

static void amount_error(struct html *h, const struct form *form)
{
    switch (form->error->fault) {
    case ASK_MISSING:
        say(h, "Write an amount.");
        break;
    case ASK_NOT_POSITIVE:
        say(h, "The amount must be more than zero.");
        break;
    case ASK_TOO_LARGE:
        say(h, "This amount is too large. Write a smaller one.");
        break;
    case ASK_NOT_A_NUMBER:
        if (!is_number(h, form->error->received)) {
            example(h, form, MESSAGE("Write the amount in figures, like this: {example}"));
            break;
        }
        /* fall through */
    default:
        example(h, form,
                MESSAGE("This amount has too many decimals. Write it like this: {example}"));
        break;
    }
}

/* True when the form has the field, and it is one to choose from. */
static bool error_is_at_a_list(const struct form *form)
{
    return error_is_at(form, "from") || error_is_at(form, "to") ||
           error_is_at(form, form->basis ? "basis" : "currency");
}

/* A value that is none of ours, and the way on where its field is a list. */
static void unknown_error(struct html *h, const struct form *form, const char *english)
{
    say_values(h, message(h->language, english),
               SAY_LIST(SAY_SPAN("typed", form->error->received)));
    if (error_is_at_a_list(form)) {
        html_stop(h);
        say(h, "Choose one from the list.");
    }
}

void form_error_text(struct html *h, const struct form *form)
{
    const struct ask_error *error = form->error;

    if (strcmp(error->parameter, "amount") == 0)
        amount_error(h, form);
    else if (error->fault == ASK_SAME_COUNTRY)
        say(h, "Choose two different countries.");
    else if (error->fault == ASK_MISSING && strcmp(error->parameter, "from") == 0)
        say(h, "Choose the country you send from.");
    else if (error->fault == ASK_MISSING)
        say(h, "Choose the country you send to.");
    else if (error->fault == ASK_UNKNOWN_COUNTRY)
        unknown_error(h, form, MESSAGE("We do not know this country: {typed}"));
    else if (error->fault == ASK_UNKNOWN_CURRENCY)
        unknown_error(h, form, MESSAGE("We do not know this currency: {typed}"));
    else
        unknown_error(h, form, MESSAGE("We do not know this choice: {typed}"));
}

static void error_words(struct html *h, const void *view)
{
    form_error_text(h, view);
}

static struct field_error error_of(const struct form *form)
{
    return (struct field_error){.field = form->error == NULL ? NULL : form->error->parameter,
                                .words = error_words,
                                .view = form};
}

void form_error_summary(struct html *h, const struct form *form)
{
    struct field_error error = error_of(form);

    field_error_summary(h, &error, error_is_at(form, "amount") || error_is_at_a_list(form));
}

static void error_at(struct html *h, const struct form *form, const char *field)
{
    struct field_error error = error_of(form);

    field_error_above(h, &error, field);
}

/* ---- Fields ---- */

/* The attributes that every field has: its id, its name, and where its error stands. */
static void field(struct html *h, const struct form *form, const char *name)
{
    struct field_error error = error_of(form);

    html(h, " id='");
    html_text(h, name);
    html(h, "' name='");
    html_text(h, name);
    html(h, "'");
    field_error_attributes(h, &error, name);
}

static void amount(struct html *h, const struct form *form)
{
    html(h, "<div class='field amount'>\n<label for='amount'>");
    if (form->basis)
        say(h, "Amount");
    else
        say(h, "I send");
    html(h, "</label>\n");
    error_at(h, form, "amount");
    html(h, "<input type='text' inputmode='decimal' autocomplete='off' maxlength='40'");
    field(h, form, "amount");
    html(h, " value='");
    html_decimal(h, question_value(form->question, "amount"));
    html(h, "'>\n</div>\n");
}

static void option(struct html *h, const char *value, bool selected)
{
    html(h, "<option value='");
    html_text(h, value);
    if (selected)
        html(h, "' selected>");
    else
        html(h, "'>");
}

static void basis(struct html *h, const struct form *form)
{
    struct span chosen = question_value(form->question, "basis");

    html(h, "<div class='field basis'>\n<label for='basis'>");
    /* Translators: a label; one of the three after it ends the sentence. */
    say(h, "This amount is what");
    html(h, "</label>\n");
    error_at(h, form, "basis");
    html(h, "<select");
    field(h, form, "basis");
    html(h, ">\n");
    option(h, "", chosen.len == 0 || span_is(chosen, "all_in"));
    say_with(h, "I pay ({currency})", SAY_TEXT("currency", form->send->code));
    html(h, "</option>\n");
    option(h, "receive", span_is(chosen, "receive"));
    say_with(h, "They receive ({currency})", SAY_TEXT("currency", form->receive->code));
    html(h, "</option>\n");
    option(h, "principal", span_is(chosen, "principal"));
    say_with(h, "I send, fees on top ({currency})", SAY_TEXT("currency", form->send->code));
    html(h, "</option>\n</select>\n</div>\n");
}

/* The currencies of the countries one can send from. */
static void currencies(struct html *h, const struct form *form)
{
    struct span chosen = question_value(form->question, "currency");
    const struct currency *listed[CURRENCIES_MAX];
    size_t count = 0;
    size_t total;
    const struct country *const *all = country_all(&total);

    if (chosen.len == 0 && form->from != NULL && form->from->currency != NULL)
        chosen = span_of(form->from->currency->code);
    for (size_t i = 0; i < total; i++) {
        const struct currency *currency = all[i]->currency;
        size_t at = count;

        if (currency == NULL || !country_set_has(&form->senders, all[i]))
            continue;
        while (at > 0 && strcmp(listed[at - 1]->code, currency->code) > 0)
            at--;
        if (count == CURRENCIES_MAX || (at > 0 && listed[at - 1] == currency))
            continue;
        memmove(&listed[at + 1], &listed[at], (count - at) * sizeof(listed[0]));
        listed[at] = currency;
        count++;
    }
    html(h, "<div class='field currency'>\n<label for='currency'>");
    say(h, "Currency");
    html(h, "</label>\n");
    error_at(h, form, "currency");
    html(h, "<select");
    field(h, form, "currency");
    html(h, ">\n");
    for (size_t i = 0; i < count; i++) {
        option(h, listed[i]->code, span_is(chosen, listed[i]->code));
        html_text(h, listed[i]->code);
        html(h, "</option>\n");
    }
    html(h, "</select>\n</div>\n");
}

/* The home page's script lets the currency follow the country that one sends from. */
static void country_option(struct html *h, const struct country *country, bool selected,
                           bool currency)
{
    assert(country != NULL);
    if (!selected && !currency) {
        out_span_append(h->out, atlas_option(h->language, country));
        return;
    }
    html(h, "<option value='");
    html_text(h, country->iso2);
    if (currency && country->currency != NULL) {
        html(h, "' data-currency='");
        html_text(h, country->currency->code);
    }
    if (selected)
        html(h, "' selected>");
    else
        html(h, "'>");
    html_country(h, country);
    html(h, "</option>\n");
}

/* In a long list the usual ones stand first, and again in their place. */
static void countries(struct html *h, const struct form *form, const char *name,
                      const struct country_set *choices, const struct country *chosen,
                      const struct usual *usual)
{
    size_t count;
    const struct country *const *all = atlas_sorted(h->language, &count);
    bool currency = !form->basis && choices == &form->senders;

    error_at(h, form, name);
    html(h, "<select");
    field(h, form, name);
    html(h, ">\n");
    if (chosen == NULL) {
        option(h, "", true);
        say(h, "Choose a country");
        html(h, "</option>\n");
    }
    html(h, "<optgroup label='");
    say(h, "Usual");
    html(h, "'>\n");
    for (size_t i = 0; i < usual->count; i++)
        country_option(h, usual->countries[i], false, currency);
    html(h, "</optgroup>\n<optgroup label='");
    say(h, "All countries");
    html(h, "'>\n");
    for (size_t i = 0; i < count; i++) {
        if (country_set_has(choices, all[i]))
            country_option(h, all[i], all[i] == chosen, currency);
    }
    html(h, "</optgroup>\n</select>\n");
}

/* What the form does not ask but the question has: filters and currencies. */
static void kept(struct html *h, const struct form *form)
{
    static const char *const KEPT[] = {"currency", "receive_currency", "pay_in", "pay_out",
                                       "max_speed"};

    for (size_t i = 0; i < form->question->count; i++) {
        const struct ask_parameter *p = &form->question->parameters[i];

        for (size_t k = 0; k < COUNT_OF(KEPT); k++) {
            if (!span_is(p->name, KEPT[k]) || error_is_at(form, KEPT[k]) ||
                (k == 0 && !form->basis))
                continue;
            html(h, "<input type='hidden' name='");
            html_span(h, p->name);
            html(h, "' value='");
            html_span(h, p->value);
            html(h, "'>\n");
        }
    }
}

void form_write(struct html *h, const struct form *form)
{
    html(h, "<form class='question' method='get' action='/");
    html_text(h, language_code(h->language));
    /* Beside an answer browsers must not put back what was chosen before: it is not what the answer
     * is to. */
    if (form->basis)
        html(h, "/compare' autocomplete='off'>\n");
    else
        html(h, "/compare'>\n");
    amount(h, form);
    if (form->basis && form->send != NULL && form->receive != NULL)
        basis(h, form);
    if (!form->basis)
        currencies(h, form);
    html(h, "<div class='field from'>\n<label for='from'>");
    say(h, "From");
    html(h, "</label>\n");
    countries(h, form, "from", &form->senders, form->from, &form->usual_senders);
    html(h, "</div>\n<div class='field to'>\n<label for='to'>");
    say(h, "To");
    html(h, "</label>\n");
    countries(h, form, "to", &form->receivers, form->to, &form->usual_receivers);
    html(h, "</div>\n");
    kept(h, form);
    html(h, "<button type='submit'>");
    say(h, "Compare");
    html(h, "</button>\n</form>\n");
}
