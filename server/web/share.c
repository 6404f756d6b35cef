/* An answer is shared by its address alone: no button of another company, nothing that it counts.
 */
#include "server/web/share.h"

#include "server/web/say.h"
#include "server/web/web.h"

/* The whole address, as it is. */
static void location(struct out *out, const struct html *h, const char *address,
                     const struct question *question)
{
    out_text(out, web_origin());
    out_char(out, '/');
    out_text(out, language_code(h->language));
    out_char(out, '/');
    out_text(out, address);
    question_location(out, question);
}

void share_write(struct html *h, const char *address, const struct question *question)
{
    struct out whole;

    out_init(&whole, 16384);
    location(&whole, h, address, question);
    html(h, "<section class='share' aria-labelledby='share'>\n<h2 id='share'>");
    say(h, "Keep or share this answer");
    html(h, "</h2>\n<p><label for='address'>");
    say(h, "Its address");
    html(h, "</label>\n<input id='address' type='text' dir='ltr' readonly value='");
    html_span(h, out_span(&whole));
    html(h, "'></p>\n<p class='ways-on'><a href='sms:?&amp;body=");
    html_url(h, out_span(&whole));
    html(h, "'>");
    say(h, "Send by SMS");
    html(h, "</a> <a href='mailto:?body=");
    html_url(h, out_span(&whole));
    html(h, "'>");
    say(h, "Send by e-mail");
    html(h, "</a>\n<button type='button' data-share hidden data-done='");
    say(h, "The address is copied.");
    html(h, "'>");
    say(h, "Share");
    html(h, "</button>\n<button type='button' data-print hidden>");
    say(h, "Print");
    html(h, "</button></p>\n</section>\n");
    out_free(&whole);
}
