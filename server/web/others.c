/*
 * The sections under the offers. A survey's price was found at one amount on one day and says so;
 * it is never reckoned for another amount (DESIGN, "Observation").
 */
#include "server/web/others.h"

#include "server/web/point.h"
#include "server/web/say.h"
#include "server/web/words.h"

/* ---- Surveyed ---- */

/* What a list has no room for. */
static void say_more(struct html *h, size_t left_out)
{
    if (left_out == 0)
        return;
    html(h, "<p class='note'>");
    say_with(h, "Not shown here: {n} more.", SAY_NUMBER("n", (int64_t)left_out));
    html(h, "</p>\n");
}

/* A published decimal, rounded to the currency's minor unit; as published where that fails. */
static void published_money(struct html *h, const char *text, const struct currency *currency)
{
    struct decimal value;

    if (currency != NULL && decimal_parse(&value, span_of(text)) == DECIMAL_OK &&
        decimal_rescale(&value, value, currency->exponent, DECIMAL_HALF_UP) &&
        value.units >= -MONEY_MAX && value.units <= MONEY_MAX)
        html_money(h, (int64_t)value.units, currency);
    else
        html_text(h, text);
}

static void percent_or_unknown(struct html *h, int64_t percent)
{
    if (percent == MARKET_PCT_NONE)
        say(h, "not known");
    else
        html_percent(h, percent, 2);
}

static void surveyed_row(struct html *h, const struct comparison_observation *row)
{
    const struct market_observation *seen = row->observation;

    html(h, "<tr>\n<th scope='row'><bdi>");
    html_text(h, seen->firm->name);
    html(h, "</bdi>");
    if (seen->firm->demonstration) {
        html(h, " <span class='mark'>");
        say(h, "not real");
        html(h, "</span>");
    }
    html(h, " <small>");
    words_pay_in(h, seen->service.pay_in);
    html_arrow(h);
    words_pay_out(h, seen->service.pay_out);
    html_comma(h);
    say(h, words_speed(seen->service.speed));
    html(h, "</small> <small>");
    if (row->price->fee != NULL) {
        say(h, "Fee");
        html(h, " ");
        published_money(h, row->price->fee, seen->currency);
        html_comma(h);
    }
    say(h, "margin on the rate");
    html(h, " ");
    if (seen->transparent)
        percent_or_unknown(h, row->price->margin_pct);
    else
        say(h, "not known");
    html(h, "</small></th>\n<td><strong>");
    if (row->rank > 0)
        percent_or_unknown(h, row->price->total_cost_pct);
    else
        say(h, "not known");
    html(h, "</strong></td>\n</tr>\n");
}

void others_surveyed(struct html *h, const struct comparison *comparison)
{
    if (comparison->observation_count == 0)
        return;
    html(h, "<section class='surveyed' aria-labelledby='surveyed'>\n<h2 id='surveyed'>");
    say(h, "Prices from a survey");
    html(h, "</h2>\n<p>");
    say_with(h,
             "These prices were found by a survey {period}, for about {amount} US dollars. Today, "
             "or for another amount, they may differ.",
             SAY_NUMBER("amount", market_price_point_usd[comparison->price_point]),
             SAY_PERIOD("period", comparison->market->survey));
    html(h, "</p>\n<table>\n<thead>\n<tr>\n<th scope='col'>");
    say(h, "Company");
    html(h, "</th>\n<th scope='col'>");
    say(h, "Total cost");
    html(h, "</th>\n</tr>\n</thead>\n<tbody>\n");
    for (size_t i = 0; i < comparison->observation_count; i++)
        surveyed_row(h, &comparison->observations[i]);
    html(h, "</tbody>\n</table>\n");
    say_more(h, comparison->observations_left_out);
    html(h, "</section>\n");
}

/* ---- Not compared ---- */

static const char *reason(enum exclusion why)
{
    static const char *const REASONS[EXCLUSION_COUNT] = {
        [EXCLUDED_EXPIRED] = MESSAGE("The price is out of date."),
        [EXCLUDED_NOT_YET_VALID] = MESSAGE("The price is not valid yet."),
        [EXCLUDED_NOT_TRANSPARENT] = MESSAGE("They do not say what their rate is before you pay."),
        [EXCLUDED_NO_REFERENCE_RATE] = MESSAGE("There is no rate to compare theirs with."),
        [EXCLUDED_BELOW_MINIMUM] = MESSAGE("The amount is too small for them."),
        [EXCLUDED_ABOVE_MAXIMUM] = MESSAGE("The amount is too large for them."),
        [EXCLUDED_OTHER_SEND_CURRENCY] = MESSAGE("They take another currency."),
        [EXCLUDED_OTHER_RECEIVE_CURRENCY] = MESSAGE("They pay out another currency."),
        [EXCLUDED_NOTHING_ARRIVES] = MESSAGE("The fee would take all of it."),
        [EXCLUDED_OUT_OF_RANGE] = MESSAGE("The price cannot be right."),
        [EXCLUDED_FIRST_TRANSFER_ONLY] = MESSAGE("Only a first transfer has a price."),
    };

    return REASONS[why];
}

/* Why, with the limit where it is one. */
static void say_reason(struct html *h, const struct comparison_exclusion *excluded)
{
    const struct tariff *tariff = excluded->offer->tariff;

    if (excluded->reason == EXCLUDED_ABOVE_MAXIMUM && tariff->max != TARIFF_NO_LIMIT)
        say_with(h, "The amount is too large for them: at most {most}, not counting the fee.",
                 SAY_MONEY_SHORT("most", tariff->max, tariff->send));
    else if (excluded->reason == EXCLUDED_BELOW_MINIMUM && tariff->min > 0)
        say_with(h, "The amount is too small for them: at least {least}, not counting the fee.",
                 SAY_MONEY_SHORT("least", tariff->min, tariff->send));
    else
        say(h, reason(excluded->reason));
}

void others_beyond(struct html *h, const struct comparison *comparison)
{
    size_t beyond = comparison->market == NULL ? 0 : comparison->market->offers_left_out;

    if (beyond == 0)
        return;
    html(h, "<p class='note'>");
    say_n(h, beyond, "{n} more offer of this corridor is not in this answer: there are too many.",
          "{n} more offers of this corridor are not in this answer: there are too many.");
    html(h, "</p>\n");
}

void others_not_compared(struct html *h, const struct comparison *comparison)
{
    if (comparison->exclusion_count == 0)
        return;
    html(h, "<section class='excluded' aria-labelledby='excluded'>\n<h2 id='excluded'>");
    say(h, "Not compared");
    html(h, "</h2>\n<ul>\n");
    for (size_t i = 0; i < comparison->exclusion_count; i++) {
        const struct comparison_exclusion *excluded = &comparison->exclusions[i];

        html(h, "<li><strong><bdi>");
        html_text(h, excluded->offer->firm->name);
        html(h, "</bdi></strong>");
        if (excluded->offer->firm->demonstration) {
            html(h, " <span class='mark'>");
            say(h, "not real");
            html(h, "</span>");
        }
        html(h, " <small>");
        words_pay_in(h, excluded->offer->service.pay_in);
        html_arrow(h);
        words_pay_out(h, excluded->offer->service.pay_out);
        html_comma(h);
        say(h, words_speed(excluded->offer->service.speed));
        html(h, "</small> <span>");
        say_reason(h, excluded);
        html(h, "</span></li>\n");
    }
    html(h, "</ul>\n");
    say_more(h, comparison->exclusions_left_out);
    html(h, "</section>\n");
}

/* ---- Standing ---- */

static const char *status_text(enum market_status status)
{
    static const char *const TEXTS[MARKET_STATUS_COUNT] = {
        [MARKET_NO_DATA] = MESSAGE("There is no figure for this corridor."),
        [MARKET_MEETS] = MESSAGE("The average is at most 3%: this corridor meets the goal."),
        [MARKET_NEAR] = MESSAGE("The average is between 3% and 5%: this corridor is near the "
                                "goal, but not there yet."),
        [MARKET_MUST_FALL] = MESSAGE("The average is above 5%: this corridor is too expensive. "
                                     "Its prices must fall."),
    };

    return TEXTS[status];
}

void others_standing(struct html *h, const struct market *market, int32_t day)
{
    const struct market_figures *figures = &market->figures;
    char today[PERIOD_TEXT_MAX];

    if (figures->average_pct == MARKET_PCT_NONE || figures->period[0] == '\0')
        return;
    period_print(today, day);
    html(h, "<section class='standing' aria-labelledby='standing'>\n<h2 id='standing'>");
    say(h, "How expensive is this corridor?");
    html(h, "</h2>\n<dl class='standing'>\n<div><dt>");
    say(h, "Average of all services");
    html(h, "</dt><dd>");
    html_percent(h, figures->average_pct, 2);
    html(h, "</dd></div>\n");
    if (figures->smart_pct != MARKET_PCT_NONE) {
        html(h, "<div><dt>");
        say(h, "The three cheapest good services (SmaRT)");
        html(h, "</dt><dd>");
        html_percent(h, figures->smart_pct, 2);
        html(h, "</dd></div>\n");
    }
    html(h, "<div><dt>");
    say(h, "Goal of all countries for 2030");
    html(h, "</dt><dd>");
    html_percent(h, 3 * PERCENT_ONE, 0);
    html(h, "</dd></div>\n</dl>\n<p>");
    say(h, status_text(figures->status));
    html(h, "</p>\n<p class='note'>");
    say_n_with(
        h, (uint64_t)figures->services,
        "For {amount} US dollars, {n} service, {period}. The goal is number\u00a010.c of the "
        "United Nations.",
        "For {amount} US dollars, {n} services, {period}. The goal is number\u00a010.c of the "
        "United Nations.",
        SAY_NUMBER("amount", figures->price_point_usd), SAY_PERIOD("period", figures->period));
    if (figures->thin) {
        html(h, " ");
        say(h, "With so few services an average says little.");
    }
    html(h, "</p>\n");
    point_provisional(h, strcmp(figures->period, today) >= 0);
    html(h, "</section>\n");
}
