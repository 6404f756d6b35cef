/* The ways to every page that is not about one corridor. A page that is added gets its line here.
 */
#include "server/web/footer.h"

#include "server/web/say.h"

static const struct {
    const char *address; /* below /{lang}/ */
    const char *label;
} WAYS[] = {
    {"", MESSAGE("Compare")},
    {"observatory", MESSAGE("Prices in the world")},
    {"operators", MESSAGE("Companies")},
    {"articles/", MESSAGE("Good to know")},
    {"methodology", MESSAGE("How we count")},
    {"data", MESSAGE("Data")},
    {"developers", MESSAGE("For developers")},
    {"about", MESSAGE("About us")},
    {"privacy", MESSAGE("Privacy")},
    {"accessibility", MESSAGE("Accessibility")},
    {"contact", MESSAGE("Contact")},
};

void footer_write(struct html *h)
{
    html(h, "<footer class='site'>\n<nav aria-label='");
    say(h, "All pages");
    html(h, "'>\n<ul>\n");
    for (size_t i = 0; i < COUNT_OF(WAYS); i++) {
        html(h, "<li><a href='/");
        html_text(h, language_code(h->language));
        html(h, "/");
        html_text(h, WAYS[i].address);
        html(h, "'>");
        say(h, WAYS[i].label);
        html(h, "</a></li>\n");
    }
    html(h, "</ul>\n</nav>\n<p>");
    say(h, "No cookies, no account, nothing to accept.");
    html(h, " ");
    say(h, "No adverts. Nobody can pay for a better place.");
    html(h, "</p>\n</footer>\n");
}
