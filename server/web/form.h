/* The question as a form, the same on the home page and above every answer, and its errors. */
#ifndef CORRIDOR_WEB_FORM_H
#define CORRIDOR_WEB_FORM_H

#include "server/market_table.h"
#include "server/web/atlas.h"
#include "server/web/question.h"
#include "server/web/usual.h"

struct form {
    const struct question *question;
    const struct ask_error *error; /* NULL: nothing is wrong */
    const struct country *from;    /* chosen; NULL: not yet */
    const struct country *to;
    const struct currency *send; /* of the amount, and of what arrives; NULL: not known yet */
    const struct currency *receive;
    struct country_set senders; /* to choose from */
    struct country_set receivers;
    struct usual usual_senders;
    struct usual usual_receivers;
    bool basis; /* above an answer: ask what the amount is; else ask its currency */
};

/* Puts the countries of all known corridors into the two sets, the chosen ones too. */
void form_countries(struct form *form, const struct market_table *markets);

/* What is wrong, in words, as it stands at its field. */
void form_error_text(struct html *h, const struct form *form);
/* The same above the page, with a link to the field or a way to do without it. */
void form_error_summary(struct html *h, const struct form *form);
void form_write(struct html *h, const struct form *form);

#endif
