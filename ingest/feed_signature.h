/*
 * HTTP Message Signatures (RFC 9421) as the feed demands them, and nothing but that: pure functions
 * over spans, without a socket or a database. A request's signature is parsed, then checked for
 * what it must cover and say, then its signature base is written, which a key verifies
 * (feed_key.h).
 *
 * What is demanded: one signature; the components "@method", "@target-uri" and, with a body,
 * "content-digest"; the parameters created (within FEED_SIGNATURE_WINDOW seconds of our clock),
 * nonce and keyid; alg, when it is there, names the key's own algorithm. Further components may be
 * covered: other header fields that occur once, and the derived ones of RFC 9421 section 2.2 except
 * @query-param and @status.
 */
#ifndef INGEST_FEED_SIGNATURE_H
#define INGEST_FEED_SIGNATURE_H

#include <corridor/out.h>

enum {
    FEED_SIGNATURE_WINDOW = 300,     /* seconds, either way */
    FEED_SIGNATURE_FIELD_MAX = 2048, /* bytes of Signature-Input, and of Signature */
    FEED_SIGNATURE_COMPONENTS = 16,
    FEED_SIGNATURE_PARAMETERS = 8,
    FEED_SIGNATURE_NONCE_MIN = 16, /* characters */
    FEED_SIGNATURE_NONCE_MAX = 64,
    FEED_SIGNATURE_KEYID_MAX = 64,
    FEED_SIGNATURE_BYTES_MAX = 64,
    FEED_SIGNATURE_BASE_MAX = 32 * 1024,
};

/*
 * Why a request is not believed: name, HTTP status, problem code, title. SIGNATURE_WRONG is also
 * the answer to an unknown key and to one that is not valid (any more): from outside they look the
 * same.
 */
#define FEED_FAULTS(X)                                                                           \
    X(SIGNATURE_MISSING, 401, "signature-missing", "The request is not signed")                  \
    X(SIGNATURE_MALFORMED, 401, "signature-malformed", "The signature cannot be read")           \
    X(SIGNATURE_INCOMPLETE, 401, "signature-incomplete", "The signature does not cover enough")  \
    X(SIGNATURE_STALE, 401, "signature-stale", "The signature is too old or ahead of time")      \
    X(SIGNATURE_WRONG, 401, "signature-wrong", "The signature is not that of a valid key")       \
    X(NONCE_USED, 401, "nonce-used", "The nonce has been used")                                  \
    X(NOT_YOURS, 403, "not-yours", "The key is not one for this address")                        \
    X(DIGEST_MISSING, 400, "digest-missing", "The body has no digest that is known here")        \
    X(DIGEST_WRONG, 400, "digest-wrong", "The body does not have the digest that was announced") \
    X(IDENTITY_AWAY, 503, "identity-away", "The keys cannot be read at the moment")

enum feed_fault_code {
    FEED_FAULT_NONE,
#define FEED_FAULT_NAME(name, status, code, title) FEED_##name,
    FEED_FAULTS(FEED_FAULT_NAME)
#undef FEED_FAULT_NAME
};

struct feed_fault {
    enum feed_fault_code code;
    char field[FEED_SIGNATURE_KEYID_MAX]; /* the header, component or parameter at fault */
    char reason[256];                     /* a sentence that says what to do */
};

int feed_fault_status(enum feed_fault_code code);
const char *feed_fault_problem(enum feed_fault_code code); /* "signature-wrong" */
const char *feed_fault_title(enum feed_fault_code code);
/* Fills *fault; false, so that `return feed_fault_set(…)` reads well. */
bool feed_fault_set(struct feed_fault *fault, enum feed_fault_code code, const char *field,
                    const char *format, ...) PRINTF_LIKE(4, 5);

/* A signature as it was sent. The spans point into the two headers. */
struct feed_signature {
    struct span component[FEED_SIGNATURE_COMPONENTS]; /* without quotes */
    unsigned component_count;
    struct feed_signature_parameter {
        struct span name;
        struct span text; /* of a string, without quotes; at = NULL: an integer */
        int64_t integer;
    } parameter[FEED_SIGNATURE_PARAMETERS]; /* in the order they came in, which is signed too */
    unsigned parameter_count;
    struct span keyid; /* at = NULL where absent, as the next two */
    struct span nonce;
    struct span alg;
    int64_t created; /* seconds since 1970; 0 where absent */
    int64_t expires;
    uint8_t bytes[FEED_SIGNATURE_BYTES_MAX];
    size_t bytes_len;
};

/* Reads the two headers' values. False with *fault set when they are not one well-formed signature;
 * an empty span is a missing header. */
MUST_CHECK bool feed_signature_parse(struct feed_signature *signature, struct span input,
                                     struct span signed_bytes, struct feed_fault *fault);

/* Whether it says and covers what is demanded, at the time `now` (seconds since 1970). */
MUST_CHECK bool feed_signature_check(const struct feed_signature *signature, bool has_body,
                                     int64_t now, struct feed_fault *fault);

/* A request, as far as signatures go. */
struct feed_message {
    struct span method;
    struct span origin; /* "https://feed.example.org": scheme and authority, no slash at the end */
    struct span target; /* as received: "/v1/operators/a/quotes?dry_run=true" */
    /* A header's first value without surrounding blanks, and how often it occurs: http_header. */
    unsigned (*header)(const void *arg, const char *name, struct span *value);
    const void *arg;
};

/*
 * Appends the signature base (RFC 9421 section 2.5). False with *fault set when a covered component
 * is not to be had. Make `out` with the limit FEED_SIGNATURE_BASE_MAX; look at out_failed
 * afterwards.
 */
MUST_CHECK bool feed_signature_base(const struct feed_signature *signature,
                                    const struct feed_message *message, struct out *out,
                                    struct feed_fault *fault);

#endif
