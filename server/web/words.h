/* What a service is and does, in the reader's words. */
#ifndef CORRIDOR_WEB_WORDS_H
#define CORRIDOR_WEB_WORDS_H

#include "server/web/html.h"

#include <corridor/service.h>

/* Joins the words of every set of codes, in every language. Call once, after i18n_open. False when
 * memory is short. */
MUST_CHECK bool words_open(void);
void words_close(void);

/* Sets with bit 1U << value, as they end a sentence: "in cash or by debit card". */
void words_pay_in(struct html *h, unsigned set);
void words_access(struct html *h, unsigned set);  /* "at an agent or online" */
void words_pay_out(struct html *h, unsigned set); /* "in cash or on a mobile wallet" */

/* In English, for say or message: "in less than one hour". */
const char *words_speed(enum speed speed);
const char *words_coverage(enum coverage coverage);
const char *words_firm(enum firm_type type);      /* "Bank" */
const char *words_pay_in_name(enum pay_in way);   /* as a choice: "Cash" */
const char *words_pay_out_name(enum pay_out way); /* as a choice: "Mobile wallet" */

/* How long ago: "3 hours ago"; from a day on, the nearest number of days: "2 days ago". */
void words_age(struct html *h, int64_t seconds);

/* What this age is less than, in the same unit: "less than 4 hours old". */
void words_within(struct html *h, int64_t seconds);

#endif
