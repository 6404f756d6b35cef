/* Routes for tests of the HTTP engine (http_echo.c says which). */
#ifndef HTTP_ECHO_H
#define HTTP_ECHO_H

#include <corridor/http.h>

/* Puts the routes into the configuration and prepares what they send. */
void http_echo_open(struct http_config *config);
void http_echo_close(void);

#endif
