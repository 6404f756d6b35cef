/*
 * The languages of the site and their messages. English is written in the code, where it reads as
 * the page does, and is the key; every other language is a gettext catalogue, messages/CODE.po,
 * compiled and carried in the program. Nothing here uses the process's locale. All is read once,
 * then immutable, and safe from any thread.
 *
 * Keywords for xgettext (tests/check/messages.sh): message:2, message_n:3,4, MESSAGE:1, and those
 * of say.h.
 */
#ifndef CORRIDOR_WEB_I18N_H
#define CORRIDOR_WEB_I18N_H

#include <corridor/base.h>

struct format;
struct language;

/* Marks a message in a table; it is translated where it is shown. */
#define MESSAGE(text) text

/* Reads the catalogues and ICU's formats. Call once, after codes_open. False, having logged what is
 * wrong with which catalogue, when one cannot be used. */
MUST_CHECK bool i18n_open(void);
void i18n_close(void);

/* The languages in the order of the table, the default one first. */
size_t language_count(void);
const struct language *language_at(size_t index);
/* By its code, "fr"; NULL when the site does not speak it. */
const struct language *language_find(struct span code);
/* All codes, as http_choose_language takes them; language_count() of them. */
const char *const *language_codes(void);

const char *language_code(const struct language *language);
/* Its name in itself, as a link to it says: "Français". */
const char *language_name(const struct language *language);
const char *language_direction(const struct language *language); /* "ltr" or "rtl" */
bool language_right_to_left(const struct language *language);
/* A place among language_count() tables of one's own. */
size_t language_index(const struct language *language);
/* How it writes numbers, money, dates and lists (format.h). */
const struct format *language_format(const struct language *language);

/* The English text in the language. What is given as English, here and below, is a string literal:
 * where it stands is remembered. */
const char *message(const struct language *language, const char *english);
struct span message_span(const struct language *language, const char *english);
/* The form for n things. "{n}" in it stands for the number. */
const char *message_n(const struct language *language, uint64_t n, const char *one,
                      const char *many);

#endif
