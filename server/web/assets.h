/* The style sheet and the icon, at addresses made from their bytes, so that a browser may keep them
 * for ever. */
#ifndef CORRIDOR_WEB_ASSETS_H
#define CORRIDOR_WEB_ASSETS_H

#include <corridor/base.h>

/* Prepares the answers. Call once. False, having logged why, when a file is missing. */
MUST_CHECK bool assets_open(void);
void assets_close(void);

const char *assets_style(void); /* "/assets/style.1f3a….css" */
const char *assets_icon(void);
const char *assets_script(void);

#endif
