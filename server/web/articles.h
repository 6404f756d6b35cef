/* The articles, articles/LANGUAGE/NAME.md; their handlers are web_articles and web_article. */
#ifndef CORRIDOR_WEB_ARTICLES_H
#define CORRIDOR_WEB_ARTICLES_H

#include <corridor/base.h>

/* Renders them in every language. Call once, after i18n_open. False, having logged why, when one is
 * missing. */
MUST_CHECK bool articles_open(void);
void articles_close(void);

/* Their names in the order they are listed, as they stand in addresses. */
size_t articles_count(void);
const char *articles_name(size_t index);

#endif
