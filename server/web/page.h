/* The layout that every page stands in, and how pages are answered. */
#ifndef CORRIDOR_WEB_PAGE_H
#define CORRIDOR_WEB_PAGE_H

#include "server/answer.h"
#include "server/web/html.h"
#include "server/web/question.h"

#include <corridor/http.h>

struct page {
    int status;
    const char *address;              /* what follows /{lang}/: "", "FR-SN"; NULL: it has none */
    const struct question *question;  /* links to other languages keep it; NULL: nothing asked */
    bool followed;                    /* it has an Atom feed, at its address and /feed.atom */
    bool script;                      /* it answers while one types */
    bool indexed;                     /* search engines may keep it */
    bool demonstration;               /* invented prices are shown: say so */
    bool fault;                       /* the title says that something is wrong */
    const struct answer_asked *asked; /* NULL: not to be kept */
    struct answer_source source;      /* what an answer to be kept was made from, */
    int64_t until;                    /* and the instant that something in it changes */
    const void *view;                 /* given to the three below */
    void (*title)(struct html *h, const void *view);
    void (*description)(struct html *h, const void *view); /* NULL: none */
    void (*main)(struct html *h, const void *view);
};

/* Writes the page and answers with it. */
enum http_result page_reply(struct http_request *req, const struct language *language,
                            const struct page *page);

/* The key of a page: its language, its address and its question (NULL: none). */
void page_key(struct answer_asked *asked, struct http_request *req, const struct language *language,
              const char *address, const struct question *question);

/* 503: the markets are not in memory yet. */
enum http_result page_not_ready(struct http_request *req, const struct language *language);
/* Redirects to a page in the language: its address, and the question (NULL: none). */
enum http_result page_lead_on(struct http_request *req, const struct language *language, int status,
                              const char *address, const struct question *question);

/* The language that the address names; NULL when it is none of ours. */
const struct language *page_language(const struct http_request *req);
/* The one the browser asks for, the default one when it has no say. */
const struct language *page_language_asked(const struct http_request *req);

#endif
