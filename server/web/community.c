/*
 * /{lang}/FR-SN/community: what senders tell each other about a corridor. Anyone may write; nothing
 * shows before a moderator has read it; nothing of the writer is kept.
 *
 * What is hard is saying at once what will be seen: so the text is cleaned before it is stored
 * (note_text.h), and the answer to a form shows exactly what a moderator will read.
 */
#include "server/api.h"
#include "server/web/field_error.h"
#include "server/web/form_body.h"
#include "server/web/note_limit.h"
#include "server/web/note_text.h"
#include "server/web/page.h"
#include "server/web/say.h"
#include "server/web/web.h"

#include "server/market_table.h"
#include "server/worker.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    DB_LIMIT_MS = 5000,
    BODY_MAX = 16384,       /* of a form: 1,000 characters take up to 12 bytes each, encoded */
    SECONDS_TO_WRITE = 3,   /* who is faster is no person */
    SECONDS_TO_SEND = 86400 /* a form left open for longer is asked again */
};
_Static_assert(BODY_MAX >= NOTE_CHARACTERS_MAX * 12 + 1024, "the longest note fits");

static const struct db_statement shown = {"community_shown",
                                          "SELECT first_name, body, recorded_on - date "
                                          "'1970-01-01', language FROM corridor.community_shown"
                                          " WHERE corridor = $1 ORDER BY id DESC LIMIT 50",
                                          1};
/* Without a target for the conflict, since the role may not read what is there. */
static const struct db_statement store = {
    "community_store",
    "INSERT INTO corridor.community_note (corridor, language, first_name, body)"
    " VALUES ($1, $2, nullif($3, ''), $4) ON CONFLICT DO NOTHING",
    4};

enum fault {
    FAULT_NONE,
    FAULT_EMPTY,
    FAULT_LONG,
    FAULT_NAME_LONG,
    FAULT_TRAP,
    FAULT_FAST,
    FAULT_LATE,
    FAULT_OFTEN,
    FAULT_FULL,
    FAULT_AWAY,
};

struct view {
    struct http_request *req;
    const struct language *language;
    const struct country *from;
    const struct country *to;
    char address[24]; /* "FR-SN/community" */
    char id[6];
    int64_t now;
    bool demonstration;            /* the corridor is shown with invented prices */
    const struct db_result *notes; /* NULL: not read */
    enum fault fault;
    bool sent; /* show what was taken instead of the form */
    struct note_taken taken;
    struct out text; /* cleaned; both are freed with the view */
    struct out name;
};

static struct view *view_new(struct http_request *req)
{
    const struct language *language = page_language(req);
    const struct country *from;
    const struct country *to;
    if (language == NULL || !corridor_parse(http_param(req, "corridor"), &from, &to))
        return NULL;
    struct view *view = calloc(1, sizeof(*view));
    if (view == NULL)
        return NULL;
    view->req = req;
    view->language = language;
    view->from = from;
    view->to = to;
    view->now = instant_now();
    const struct market *market = market_table_find(worker_context(req)->markets, from, to);
    view->demonstration = market != NULL && market_invented(market);
    corridor_print(view->id, from, to);
    (void)snprintf(view->address, sizeof(view->address), "%s/community", view->id);
    out_init(&view->text, BODY_MAX);
    out_init(&view->name, 1024);
    return view;
}

static void view_free(struct view *view)
{
    out_free(&view->text);
    out_free(&view->name);
    free(view);
}

/* ---- The page ---- */

static void title(struct html *h, const void *about)
{
    const struct view *view = about;
    say_with(h, "What senders say: {from} → {to}", SAY_COUNTRY("from", view->from),
             SAY_COUNTRY("to", view->to));
}

static void paragraphs(struct html *h, struct span text)
{
    while (text.len > 0) {
        const char *end = memchr(text.at, '\n', text.len);
        struct span line = {text.at, end == NULL ? text.len : (size_t)(end - text.at)};
        html(h, "<p>");
        html_span(h, line);
        html(h, "</p>\n");
        text =
            end == NULL ? (struct span){NULL, 0} : (struct span){end + 1, text.len - line.len - 1};
        while (text.len > 0 && text.at[0] == '\n')
            text = (struct span){text.at + 1, text.len - 1};
    }
}

static void writer(struct html *h, struct span name)
{
    if (name.len == 0) {
        say(h, "Somebody");
        return;
    }
    html(h, "<bdi>");
    html_span(h, name);
    html(h, "</bdi>");
}

static void notes(struct html *h, const struct view *view)
{
    size_t count = db_result_rows(view->notes);
    if (count == 0) {
        html(h, "<p class='note'>");
        say(h, "Nobody has written about this yet.");
        html(h, "</p>\n");
        return;
    }
    html(h, "<ul class='notes'>\n");
    for (size_t i = 0; i < count; i++) {
        int64_t day = 0;
        const char *language = db_result_text(view->notes, i, 3);
        if (!db_result_int64(view->notes, i, 2, &day))
            continue;
        html(h, "<li>\n<blockquote dir='auto' lang='");
        html_text(h, language == NULL ? "" : language);
        html(h, "'>\n");
        paragraphs(h, db_result_span(view->notes, i, 1));
        html(h, "</blockquote>\n<p class='about'>");
        writer(h, db_result_span(view->notes, i, 0));
        html(h, " · ");
        html_day(h, (int32_t)day);
        html(h, "</p>\n</li>\n");
    }
    html(h, "</ul>\n");
}

static void fault_text(struct html *h, const void *about)
{
    const struct view *view = about;
    switch (view->fault) {
    case FAULT_EMPTY:
        say(h, "Write something first.");
        break;
    case FAULT_LONG:
        say_with(h, "This is too long. At most {n} letters fit.",
                 SAY_NUMBER("n", NOTE_CHARACTERS_MAX));
        break;
    case FAULT_NAME_LONG:
        say_with(h, "The name is too long. At most {n} letters fit.",
                 SAY_NUMBER("n", NOTE_NAME_MAX));
        break;
    case FAULT_TRAP:
        say(h, "Leave the field empty that says so.");
        break;
    case FAULT_FAST:
        say(h, "That was very fast. Read it once more, then send it.");
        break;
    case FAULT_LATE:
        say(h, "This page was open for a long time. Please send it again.");
        break;
    case FAULT_OFTEN:
        say(h, "You have sent several today. Please come back tomorrow.");
        break;
    case FAULT_FULL:
        say(h, "Too many notes wait to be read. Please come back tomorrow.");
        break;
    case FAULT_AWAY:
        say(h, "It could not be kept just now. Please send it again in a minute.");
        break;
    case FAULT_NONE:
        break;
    }
}

static struct field_error error_of(const struct view *view)
{
    const char *field = view->fault == FAULT_NONE        ? NULL
                        : view->fault == FAULT_NAME_LONG ? "name"
                                                         : "text";
    return (struct field_error){.field = field, .words = fault_text, .view = view};
}

static void write_form(struct html *h, const struct view *view)
{
    struct field_error error = error_of(view);
    html(h, "<section aria-labelledby='write'>\n<h2 id='write'>");
    say(h, "Tell others what you know");
    html(h, "</h2>\n<p>");
    say(h, "You need no account. Somebody reads it before it is shown. Links, e-mail addresses and "
           "telephone numbers are taken out. We keep what you write here, and nothing else about "
           "you.");
    html(h, "</p>\n<form method='post' action='/");
    html_text(h, language_code(h->language));
    html(h, "/");
    html_text(h, view->address);
    html(h, "'>\n<div class='field'>\n<label for='text'>");
    say(h, "What should others know about sending money here?");
    html(h, " <small>");
    say_with(h, "At most {n} letters.", SAY_NUMBER("n", NOTE_CHARACTERS_MAX));
    html(h, "</small></label>\n");
    field_error_above(h, &error, "text");
    html(h, "<textarea id='text' name='text' rows='6' required dir='auto' maxlength='");
    html_int(h, NOTE_CHARACTERS_MAX);
    html(h, "'");
    field_error_attributes(h, &error, "text");
    html(h, ">\n");
    html_span(h, out_span(&view->text));
    html(h, "</textarea>\n</div>\n<div class='field'>\n<label for='name'>");
    say(h, "Your first name, if you like");
    html(h, "</label>\n");
    field_error_above(h, &error, "name");
    html(h, "<input id='name' type='text' name='name' autocomplete='off' dir='auto' maxlength='");
    html_int(h, NOTE_NAME_MAX);
    html(h, "' value='");
    html_span(h, out_span(&view->name));
    html(h, "'");
    field_error_attributes(h, &error, "name");
    /* Only a program fills in what nobody sees. */
    html(h, ">\n</div>\n<div class='hidden' aria-hidden='true'>\n<label for='website'>");
    say(h, "Leave this empty");
    html(h, "</label>\n<input id='website' type='text' name='website' tabindex='-1' "
            "autocomplete='off'>\n</div>\n"
            "<input type='hidden' name='since' value='");
    html_int(h, view->now / INSTANT_SECOND);
    html(h, "'>\n<button class='button' type='submit'>");
    say(h, "Send it to be read");
    html(h, "</button>\n</form>\n</section>\n");
}

/* What was taken out, so that the writer knows at once. */
static void taken_out(struct html *h, const struct note_taken *taken)
{
    if (taken->links + taken->emails + taken->telephones == 0)
        return;
    html(h, "<p>");
    say(h, "We took out what stands as […]: links, e-mail addresses and telephone numbers are not "
           "shown.");
    html(h, "</p>\n");
}

static void sent(struct html *h, const struct view *view)
{
    html(h, "<section aria-labelledby='sent'>\n<h2 id='sent'>");
    say(h, "Thank you. A person will read this before it is shown:");
    html(h, "</h2>\n<blockquote class='sent' dir='auto'>\n");
    paragraphs(h, out_span(&view->text));
    html(h, "</blockquote>\n<p class='about'>");
    writer(h, out_span(&view->name));
    html(h, "</p>\n");
    taken_out(h, &view->taken);
    html(h, "<p>");
    say(h, "It is not shown if it insults someone, advertises, names a person, or is not about "
           "sending money here.");
    html(h, "</p>\n</section>\n");
}

static void body(struct html *h, const void *about)
{
    const struct view *view = about;
    struct field_error error = error_of(view);
    html(h, "<div class='home community'>\n<h1>");
    title(h, view);
    html(h, "</h1>\n<p><a href='/");
    html_text(h, language_code(h->language));
    html(h, "/");
    html_text(h, view->id);
    html(h, "'>");
    say(h, "Back to the offers");
    html(h, "</a></p>\n");
    if (view->fault != FAULT_NONE)
        field_error_summary(h, &error, true);
    if (view->sent)
        sent(h, view);
    if (view->notes != NULL)
        notes(h, view);
    if (!view->sent)
        write_form(h, view);
    html(h, "</div>\n");
}

static void reply(struct view *view, int status)
{
    (void)page_reply(view->req, view->language,
                     &(struct page){.status = status,
                                    .address = view->address,
                                    .indexed = !view->sent && view->fault == FAULT_NONE,
                                    .demonstration = view->demonstration,
                                    .fault = view->fault != FAULT_NONE,
                                    .view = view,
                                    .title = title,
                                    .main = body});
    view_free(view);
}

/* ---- Reading ---- */

static void notes_read(const struct db_reply *answer, void *arg)
{
    struct view *view = arg;
    if (answer->outcome != DB_OK) {
        (void)page_not_ready(view->req, view->language);
        view_free(view);
        return;
    }
    view->notes = answer->result;
    reply(view, 200);
}

static enum http_result run(struct view *view, struct db *db, const struct db_statement *statement,
                            const char *const *params, db_reply_fn *done)
{
    struct http_request *req = view->req;
    if (db_query(db, statement, params, DB_LIMIT_MS, done, view) == NULL) {
        view_free(view);
        return page_not_ready(req, page_language(req));
    }
    return http_defer(req, NULL, NULL);
}

enum http_result web_community(struct http_request *req)
{
    struct view *view = view_new(req);
    if (view == NULL)
        return web_not_found(req);
    const char *params[] = {view->id};
    return run(view, worker_context(req)->db, &shown, params, notes_read);
}

/* ---- Writing ---- */

static void note_stored(const struct db_reply *answer, void *arg)
{
    struct view *view = arg;
    if (answer->outcome != DB_OK) { /* what was written stands in the form again */
        bool full = answer->outcome == DB_FAILED && strcmp(answer->sqlstate, "53400") == 0;
        view->fault = full ? FAULT_FULL : FAULT_AWAY;
        reply(view, 503);
        return;
    }
    view->sent = true;
    reply(view, 200);
}

static enum fault judge(struct view *view, const struct form_body *form)
{
    struct span since = form_body_value(form, "since");
    int64_t began = 0;
    for (size_t i = 0; i < since.len && i < 12; i++)
        began = began * 10 + (since.at[i] - '0');
    int64_t seconds = view->now / INSTANT_SECOND - began;
    if (form_body_value(form, "website").len > 0)
        return FAULT_TRAP;
    if (view->text.len == 0)
        return FAULT_EMPTY;
    if (utf8_length(out_span(&view->text)) > NOTE_CHARACTERS_MAX)
        return FAULT_LONG;
    if (utf8_length(out_span(&view->name)) > NOTE_NAME_MAX)
        return FAULT_NAME_LONG;
    if (seconds < SECONDS_TO_WRITE)
        return FAULT_FAST;
    if (seconds > SECONDS_TO_SEND)
        return FAULT_LATE;
    uint64_t peer = http_peer(view->req);
    return peer == 0 || note_limit_take(peer, instant_day(view->now)) ? FAULT_NONE : FAULT_OFTEN;
}

static bool read_form(struct view *view, struct form_body *form, char *text)
{
    struct note_taken of_name;
    if (!form_body_read(form, text, http_body(view->req)))
        return false;
    note_text(&view->text, form_body_value(form, "text"), &view->taken);
    note_text(&view->name, form_body_value(form, "name"), &of_name);
    for (size_t i = 0; i < view->name.len; i++) {
        if (view->name.at[i] == '\n')
            view->name.at[i] = ' ';
    }
    return !out_failed(&view->text) && !out_failed(&view->name);
}

enum http_result web_community_write(struct http_request *req)
{
    struct form_body form;
    char text[BODY_MAX];
    struct view *view = view_new(req);
    if (view == NULL)
        return web_not_found(req);
    if (!read_form(view, &form, text)) {
        view_free(view);
        return api_bad_parameter(req, "text", (struct span){NULL, 0},
                                 "a form as a browser sends it, in UTF-8");
    }
    view->fault = judge(view, &form);
    if (view->fault != FAULT_NONE) {
        reply(view, view->fault == FAULT_OFTEN ? 429 : 400);
        return HTTP_DONE;
    }
    /* Texts for libpq end with a NUL, which is not part of the text. */
    out_char(&view->text, '\0');
    out_char(&view->name, '\0');
    if (out_failed(&view->text) || out_failed(&view->name)) {
        view_free(view);
        return page_not_ready(req, page_language(req));
    }
    view->text.len--;
    view->name.len--;
    const char *params[] = {view->id, language_code(view->language), view->name.at, view->text.at};
    return run(view, worker_context(req)->community, &store, params, note_stored);
}
