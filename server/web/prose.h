/* The pages that are texts, pages/LANGUAGE/NAME.md; their handler is web_prose. */
#ifndef CORRIDOR_WEB_PROSE_H
#define CORRIDOR_WEB_PROSE_H

#include <corridor/base.h>

/* Renders them in every language. contact (an e-mail address, an https address, or "") must outlive
 * them. Call once, after i18n_open. False, having logged why, when one is missing. */
MUST_CHECK bool prose_open(const char *contact);
void prose_close(void);
/* The contact given to prose_open. */
const char *prose_contact(void);

/* What their addresses end in: "about". */
const char *const *prose_names(size_t *count);

#endif
