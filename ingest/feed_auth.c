/*
 * Who sent a request. The hard part is what a refusal tells: a client with a mistake is told
 * exactly what differs, a stranger learns nothing about which keys there are. So an unknown key, a
 * revoked one, one of a disabled operator and a wrong signature get one answer, with the signature
 * base that was computed here, in which nothing is that the client did not send.
 */
#include <ingest/feed_auth.h>

#include <stdio.h>

enum {
    ORIGIN_SIZE = 300
};

static unsigned header_of(const void *arg, const char *name, struct span *value)
{
    return http_header(arg, name, value);
}

/* A header that has to be there once; empty where it is not. */
static bool header_once(const struct http_request *req, const char *name, struct span *value,
                        struct feed_fault *fault)
{
    if (http_header(req, name, value) > 1) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, name, "send this header once");
    }
    return true;
}

static bool find_origin(const struct feed_auth_config *config, const struct http_request *req,
                        char *origin, struct feed_fault *fault)
{
    const struct span host = http_host(req);
    int len = 0;
    if (config->origin && config->origin[0] != '\0') {
        len = snprintf(origin, ORIGIN_SIZE, "%s", config->origin);
    } else {
        len = snprintf(origin, ORIGIN_SIZE, "http://%.*s", (int)host.len, host.at ? host.at : "");
    }
    if (len < 0 || len >= ORIGIN_SIZE) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, "Host", "it is too long");
    }
    return true;
}

/* The target from its path on, also of one in absolute form, whose authority is the Host already.
 */
static struct span path_and_query(struct span target)
{
    const char *scheme =
        target.len > 0 && target.at[0] != '/' ? memmem(target.at, target.len, "://", 3) : NULL;
    if (!scheme) {
        return target;
    }
    const char *authority = scheme + 3;
    const char *end = target.at + target.len;
    const char *path = memchr(authority, '/', (size_t)(end - authority));
    return path ? (struct span){path, (size_t)(end - path)} : span_of("/");
}

static bool verify(const struct feed_auth_config *config, const struct feed_signature *signature,
                   const struct feed_message *message, struct feed_party *who,
                   struct feed_fault *fault, struct out *base)
{
    if (!feed_signature_base(signature, message, base, fault)) {
        return false;
    }
    if (out_failed(base)) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, "Signature-Input",
                              "what it covers is longer than %d bytes", FEED_SIGNATURE_BASE_MAX);
    }
    if (!feed_keys_ready(config->keys)) {
        return feed_fault_set(fault, FEED_IDENTITY_AWAY, "",
                              "try again in a moment; nothing was taken");
    }
    if (!feed_keys_verify(config->keys, signature, out_span(base), who)) {
        return feed_fault_set(fault, FEED_SIGNATURE_WRONG, "Signature",
                              "it is not the signature of a valid key over the signature_base "
                              "below. Compare that, byte for byte, with what you signed; then the "
                              "keyid, and whether the key is still valid");
    }
    return true;
}

bool feed_auth_check(const struct feed_auth_config *config, const struct http_request *req,
                     bool has_body, int64_t now, struct feed_auth *auth, struct feed_fault *fault,
                     struct out *base)
{
    char origin[ORIGIN_SIZE];
    struct span input = {0};
    struct span signed_bytes = {0};
    struct span digest = {0};
    struct feed_signature signature;
    *auth = (struct feed_auth){0};
    if (!header_once(req, "Signature-Input", &input, fault) ||
        !header_once(req, "Signature", &signed_bytes, fault) ||
        !header_once(req, "Content-Digest", &digest, fault) ||
        !find_origin(config, req, origin, fault)) {
        return false;
    }
    const struct feed_message message = {.method = http_method(req),
                                         .origin = span_of(origin),
                                         .target = path_and_query(http_target(req)),
                                         .header = header_of,
                                         .arg = req};
    if (!feed_signature_parse(&signature, input, signed_bytes, fault) ||
        !feed_signature_check(&signature, has_body, now, fault) ||
        !verify(config, &signature, &message, &auth->who, fault, base)) {
        return false;
    }
    (void)snprintf(auth->nonce, sizeof auth->nonce, "%.*s", (int)signature.nonce.len,
                   signature.nonce.at);
    auth->created = signature.created;
    if (has_body) {
        auth->digest = feed_digest_new(digest, fault);
        return auth->digest != NULL;
    }
    return true;
}

enum http_result feed_auth_refuse(struct http_request *req, const struct feed_fault *fault,
                                  struct span base)
{
    static const struct http_field challenge[] = {
        {"WWW-Authenticate", "Signature"},
        {"Accept-Signature", "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created"},
    };
    const int status = feed_fault_status(fault->code);
    const struct http_problem problem = {
        .status = status,
        .code = feed_fault_problem(fault->code),
        .title = feed_fault_title(fault->code),
        .detail = fault->reason,
        .parameter = fault->field[0] ? fault->field : NULL,
        .retry_after = status == 503 ? 1 : 0,
        .more = "signature_base",
        .more_text = fault->code == FEED_SIGNATURE_WRONG ? base : (struct span){0},
        .fields = challenge,
        .field_count = status == 401 ? COUNT_OF(challenge) : 0,
    };
    return http_problem(req, &problem);
}
