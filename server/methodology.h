/*
 * How each figure is made, in words: the one list that /v1/methodology, the links in answers and
 * the pages read.
 */
#ifndef SERVER_METHODOLOGY_H
#define SERVER_METHODOLOGY_H

#include <corridor/out.h>

#define METHODOLOGY_SOURCES_MAX 4

struct methodology_source {
    const char *id;
    const char *title;
    const char *url;
};
struct methodology_definition {
    const char *id; /* of a series' indicator its code */
    const char *title;
    const char *unit;
    const char *definition;
    const char *formula;
    const char *sources[METHODOLOGY_SOURCES_MAX]; /* ids; NULL after the last */
    const char *sql; /* the function that computes it, in schema corridor */
};
struct methodology_kind {
    const char *kind; /* a code of OBSERVATORY_KINDS */
    const char *title;
    const char *definition;
};

const struct methodology_source *methodology_sources(size_t *count);
const struct methodology_definition *methodology_definitions(size_t *count);
const struct methodology_kind *methodology_kinds(size_t *count);

/* Of an indicator's code, which must be one. */
const char *methodology_unit(const char *id);
bool methodology_in_percent(const char *id); /* its values are decimal strings */

/* key: "/v1/methodology#id" */
void methodology_link(struct out *out, const char *key, const char *id);
enum methodology_answer {
    METHODOLOGY_OVERVIEW,
    METHODOLOGY_CORRIDORS,
};
/* "definitions": {member: link} for each figure of an answer. */
void methodology_links(struct out *out, enum methodology_answer answer);

#endif
