/* Routes for tests of the HTTP engine (http_echo.c says which). */
#ifndef HTTP_ECHO_H
#define HTTP_ECHO_H

#include <corridor/http.h>

/* Puts the routes into the configuration and prepares what they send. */
void http_echo_open(struct http_config *config);
void http_echo_close(void);

/* Bodies that are decided on before they come (http_receive.c). */
http_handler http_receive_body;
http_handler http_receive_collected;
http_handler http_receive_counts; /* how they ended */
/* Replies that are still owed are given. */
void http_receive_worker_done(struct http_worker *worker);

#endif
