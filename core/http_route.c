/*
 * The route table, cut into segments once, when a server starts. Finding goes from the top: the
 * first pattern that fits decides, so that the table reads as it works.
 */
#include "http_engine.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_param(struct span segment)
{
    return segment.len > 2 && segment.at[0] == '{' && segment.at[segment.len - 1] == '}';
}

/* Takes the next segment off a path, which begins with its "/". */
static struct span segment_next(struct span *path)
{
    size_t end = 1;
    while (end < path->len && path->at[end] != '/') {
        end++;
    }
    struct span segment = {path->at + 1, end - 1};
    *path = (struct span){path->at + end, path->len - end};
    return segment;
}

static void route_compile(struct http_compiled *row, const struct http_route *route, unsigned index)
{
    struct span path = span_of(route->pattern);
    unsigned params = 0;
    bool param = false;
    bool streamed = (route->flags & HTTP_ROUTE_STREAMED) != 0;
    assert(path.len > 0 && path.at[0] == '/' && route->handler != NULL);
    assert(streamed ? route->body_limit > 0 : route->body_limit != HTTP_BODY_UNLIMITED);
    *row = (struct http_compiled){.route = route, .index = index};
    row->get = strcmp(route->method, "GET") == 0;
    while (path.len > 0) {
        assert(row->segment_count < COUNT_OF(row->segments));
        struct span segment = segment_next(&path);
        param = is_param(segment);
        params += param;
        row->params |= (uint16_t)((unsigned)param << row->segment_count);
        row->segments[row->segment_count++] = segment;
    }
    assert(params <= HTTP_PARAMS_MAX);
}

/* What the rows with this row's pattern serve. */
static void route_allow(struct http_compiled *row, const struct http_config *config)
{
    size_t len = 0;
    for (size_t i = 0; i < config->route_count; i++) {
        const struct http_route *other = &config->routes[i];
        if (strcmp(other->pattern, row->route->pattern) == 0) {
            size_t room = sizeof row->allow - len;
            const char *method = strcmp(other->method, "GET") == 0 ? "GET, HEAD" : other->method;
            int more = snprintf(row->allow + len, room, "%s, ", method);
            assert(more > 0 && (size_t)more < room);
            len += (size_t)more;
        }
    }
    snprintf(row->allow + len, sizeof row->allow - len, "OPTIONS");
}

bool http_routes_compile(struct http_routes *routes, const struct http_config *config)
{
    *routes = (struct http_routes){.count = config->route_count};
    routes->rows = calloc(config->route_count + 1, sizeof *routes->rows);
    if (routes->rows == NULL) {
        return false;
    }
    for (unsigned i = 0; i < config->route_count; i++) {
        const struct http_route *route = &config->routes[i];
        route_compile(&routes->rows[i], route, i);
        route_allow(&routes->rows[i], config);
    }
    return true;
}

void http_routes_free(struct http_routes *routes)
{
    free(routes->rows);
    *routes = (struct http_routes){0};
}

static bool segment_fits(struct span want, bool param, struct span have)
{
    if (param) {
        return have.len > 0;
    }
    /* Most rows differ in the length or the first letter. */
    return have.len == want.len && (want.len == 0 || have.at[0] == want.at[0]) &&
           memcmp(have.at, want.at, want.len) == 0;
}

/* `have` has as many segments. */
static bool route_fits(const struct http_compiled *row, const struct span *have)
{
    for (unsigned i = 0; i < row->segment_count; i++) {
        if (!segment_fits(row->segments[i], (row->params >> i & 1) != 0, have[i])) {
            return false;
        }
    }
    return true;
}

const struct http_compiled *http_routes_find(const struct http_routes *routes, struct span path)
{
    struct span segments[HTTP_ROUTE_SEGMENTS];
    unsigned count = 0;
    if (path.at[0] != '/') {
        return NULL; /* the asterisk form */
    }
    while (path.len > 0) {
        if (count == COUNT_OF(segments)) {
            return NULL;
        }
        segments[count++] = segment_next(&path);
    }
    for (size_t i = 0; i < routes->count; i++) {
        if (routes->rows[i].segment_count == count && route_fits(&routes->rows[i], segments)) {
            return &routes->rows[i];
        }
    }
    return NULL;
}

bool http_routes_api(const struct http_routes *routes, struct span path)
{
    struct span first = path.len == 0 || path.at[0] != '/' ? path : segment_next(&path);
    for (size_t i = 0; i < routes->count; i++) {
        const struct http_compiled *row = &routes->rows[i];
        if ((row->route->flags & HTTP_ROUTE_API) != 0 && first.len > 0 &&
            segment_fits(row->segments[0], (row->params & 1) != 0, first)) {
            return true;
        }
    }
    return false;
}

const struct http_compiled *http_routes_method(const struct http_routes *routes,
                                               const struct http_compiled *pattern,
                                               struct span method)
{
    bool get = span_is(method, "GET") || span_is(method, "HEAD");
    if (get && pattern->get) {
        return pattern; /* nearly always; the rest look for the pattern's other rows */
    }
    for (size_t i = 0; i < routes->count; i++) {
        const struct http_compiled *row = &routes->rows[i];
        if ((get ? row->get : span_is(method, row->route->method)) &&
            strcmp(row->route->pattern, pattern->route->pattern) == 0) {
            return row;
        }
    }
    return NULL;
}
