/* Accept, Accept-Language and Accept-Encoding (RFC 9110 12.5): which of our few offers the client
 * likes best. */
#include "http_engine.h"

#include <limits.h>

static struct span trim(struct span text)
{
    while (text.len > 0 && (text.at[0] == ' ' || text.at[0] == '\t')) {
        text = (struct span){text.at + 1, text.len - 1};
    }
    while (text.len > 0 && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t')) {
        text.len--;
    }
    return text;
}

/* Takes the part before `mark` off the text. */
static struct span part_next(struct span *text, char mark)
{
    const char *end = memchr(text->at, mark, text->len);
    size_t len = end == NULL ? text->len : (size_t)(end - text->at);
    size_t skip = end == NULL ? len : len + 1;
    struct span part = {text->at, len};
    *text = (struct span){text->at + skip, text->len - skip};
    return trim(part);
}

/* "q=0.8" in thousandths; 1000 for other parameters, 0 for a malformed weight. */
static unsigned weight(struct span parameter)
{
    unsigned value = 0;
    unsigned unit = 1000;
    if (parameter.len < 2 || (parameter.at[0] | 0x20) != 'q' || parameter.at[1] != '=') {
        return 1000;
    }
    for (size_t i = 2; i < parameter.len && i < 7; i++) {
        char byte = parameter.at[i];
        if (byte == '.' && i == 3) {
            continue;
        }
        if (byte < '0' || byte > '9') {
            return 0;
        }
        value += (unsigned)(byte - '0') * unit;
        unit /= 10;
    }
    return value > 1000 ? 1000 : value;
}

static bool same(struct span a, struct span b)
{
    return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

/* How exactly a range names the offer: 0 not at all, more is more exact. */
typedef unsigned fit_function(struct span range, struct span offer);

static unsigned media_fit(struct span range, struct span offer)
{
    if (span_is(range, "*/*")) {
        return 1;
    }
    if (range.len > 2 && memcmp(range.at + range.len - 2, "/*", 2) == 0 && offer.len >= range.len &&
        strncasecmp(range.at, offer.at, range.len - 1) == 0) {
        return 2;
    }
    return same(range, offer) ? 3 : 0;
}

/* "fr-CH" asks for "fr" where "fr-CH" is not offered. "*" names none. */
static unsigned language_fit(struct span range, struct span offer)
{
    if (same(range, offer)) {
        return 3;
    }
    return range.len > offer.len && range.at[offer.len] == '-' &&
                   strncasecmp(range.at, offer.at, offer.len) == 0
               ? 2
               : 0;
}

static unsigned encoding_fit(struct span range, struct span offer)
{
    if (span_is(range, "*")) {
        return 1;
    }
    /* The old name of gzip (RFC 9110 8.4.1.3). */
    return same(range, offer) || (same(range, span_of("x-gzip")) && span_is(offer, "gzip")) ? 3 : 0;
}

/* Takes the first range of the list off it, with its weight. */
static struct span range_next(struct span *list, unsigned *value)
{
    struct span element = part_next(list, ',');
    struct span range = part_next(&element, ';');
    *value = 1000;
    while (element.len > 0 && *value == 1000) {
        *value = weight(part_next(&element, ';'));
    }
    return range;
}

/* The offer's weight by the range that names it most exactly, in thousandths; `unnamed` where none
 * does. */
static unsigned offer_weight(struct span list, struct span offer, fit_function *fit,
                             unsigned unnamed)
{
    unsigned best = 0;
    unsigned result = unnamed;
    while (list.len > 0) {
        unsigned value;
        struct span range = range_next(&list, &value);
        unsigned how = fit(range, offer);
        if (how > best) {
            best = how;
            result = value;
        }
    }
    return result;
}

static int choose(struct span list, const char *const *offered, unsigned count, fit_function *fit)
{
    int best = -1;
    unsigned best_weight = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned value = offer_weight(list, span_of(offered[i]), fit, 0);
        if (value > best_weight) {
            best_weight = value;
            best = (int)i;
        }
    }
    return best;
}

int http_choose_media(const struct http_request *req, const char *const *offered, unsigned count)
{
    struct span list;
    return http_header_list(req, "Accept", &list) == 0 ? 0
                                                       : choose(list, offered, count, media_fit);
}

/* The offer that a range leads to; -1: none, or it is refused by name. "*" leads to the first that
 * no other range names. */
static int language_led_to(struct span range, struct span list, const char *const *offered,
                           unsigned count)
{
    int found = -1;
    unsigned best = 0;
    for (unsigned i = 0; i < count; i++) {
        struct span offer = span_of(offered[i]);
        unsigned named = offer_weight(list, offer, language_fit, UINT_MAX);
        unsigned how = language_fit(range, offer);
        if (span_is(range, "*")) {
            how = named == UINT_MAX;
        } else if (named == 0) {
            how = 0;
        }
        if (how > best) {
            best = how;
            found = (int)i;
        }
    }
    return found;
}

/* By range, not by offer: who reads en-US most and en least of all is to have English, and of what
 * is liked as well the first stands first ("fr-FR, en-US", as old telephones ask). */
int http_choose_language(const struct http_request *req, const char *const *offered, unsigned count)
{
    struct span list;
    unsigned best_weight = 0;
    int best = -1;
    if (http_header_list(req, "Accept-Language", &list) == 0) {
        return -1;
    }
    for (struct span rest = list; rest.len > 0;) {
        unsigned value;
        struct span range = range_next(&rest, &value);
        int led = value > best_weight ? language_led_to(range, list, offered, count) : -1;
        if (led >= 0) {
            best_weight = value;
            best = led;
        }
    }
    return best;
}

static int negotiate(struct span list, bool small, bool streamed)
{
    static const enum http_encoding order[] = {HTTP_BR, HTTP_GZIP, HTTP_IDENTITY};
    if (list.at == NULL) {
        return HTTP_IDENTITY;
    }
    /* Unnamed, identity is acceptable, but less than anything that is named. Weights are doubled to
     * make room for that. */
    unsigned weights[HTTP_ENCODINGS];
    weights[HTTP_IDENTITY] = offer_weight(list, span_of("identity"), encoding_fit, UINT_MAX);
    weights[HTTP_IDENTITY] = weights[HTTP_IDENTITY] == UINT_MAX ? 1 : 2 * weights[HTTP_IDENTITY];
    if (small && weights[HTTP_IDENTITY] > 0) {
        return HTTP_IDENTITY;
    }
    weights[HTTP_GZIP] = 2 * offer_weight(list, span_of("gzip"), encoding_fit, 0);
    weights[HTTP_BR] = streamed ? 0 : 2 * offer_weight(list, span_of("br"), encoding_fit, 0);
    int best = -1;
    for (unsigned i = 0; i < COUNT_OF(order); i++) {
        if (weights[order[i]] > (best < 0 ? 0 : weights[best])) {
            best = (int)order[i];
        }
    }
    return best;
}

int http_negotiate_encoding(struct span list, size_t len)
{
    return negotiate(list, len < HTTP_ENCODE_MIN, false);
}

static struct span accepted_encodings(const struct http_request *req)
{
    struct span list;
    if (http_header_list(req, "Accept-Encoding", &list) == 0) {
        list.at = NULL;
    }
    return list;
}

int http_choose_encoding(const struct http_request *req, size_t len)
{
    return http_negotiate_encoding(accepted_encodings(req), len);
}

int http_choose_stream_encoding(const struct http_request *req)
{
    return negotiate(accepted_encodings(req), false, true);
}
