/* The three places of an error in a form, alike for every form of the site. */
#include "server/web/field_error.h"

#include "server/web/say.h"

static bool is_at(const struct field_error *error, const char *field)
{
    return error->field != NULL && strcmp(error->field, field) == 0;
}

void field_error_summary(struct html *h, const struct field_error *error, bool shown)
{
    html(h, "<div class='summary' role='alert'>\n<h2>");
    say(h, "Something is missing or wrong");
    html(h, "</h2>\n<p>");
    if (shown) {
        html(h, "<a href='#");
        html_text(h, error->field);
        html(h, "'>");
        error->words(h, error->view);
        html(h, "</a>");
    } else {
        error->words(h, error->view);
        html(h, " <a href='?'>");
        say(h, "Begin again without it");
        html(h, "</a>");
    }
    html(h, "</p>\n</div>\n");
}

void field_error_above(struct html *h, const struct field_error *error, const char *field)
{
    if (!is_at(error, field))
        return;
    html(h, "<p class='error' id='");
    html_text(h, field);
    html(h, "-error'>");
    error->words(h, error->view);
    html(h, "</p>\n");
}

void field_error_attributes(struct html *h, const struct field_error *error, const char *field)
{
    if (!is_at(error, field))
        return;
    html(h, " aria-invalid='true' aria-describedby='");
    html_text(h, field);
    html(h, "-error'");
}
