/* Files that travel inside the programs, so that one binary is all there is to install. Made by
 * core/embed.sh. */
#ifndef CORRIDOR_EMBED_H
#define CORRIDOR_EMBED_H

#include <stddef.h>

struct embed_file {
    const char *name; /* "0001-roles.sql"; below server/web: "style.css", "messages/fr.mo" */
    const unsigned char *data; /* followed by a zero byte that size leaves out */
    size_t size;               /* bytes */
};

/* The migrations of sql/ in the order of their names; linked with libingest. One empty entry
 * follows the last. */
extern const struct embed_file embed_sql[];
extern const size_t embed_sql_count;

/* Style sheets, scripts and compiled message catalogues of server/web; linked with libserver. */
extern const struct embed_file embed_web[];
extern const size_t embed_web_count;

/* JSON Schemas that are published; linked with libcorridor. */
extern const struct embed_file embed_schemas[];
extern const size_t embed_schemas_count;

#endif
