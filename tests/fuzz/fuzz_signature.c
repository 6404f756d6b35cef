/*
 * The signature's headers under libFuzzer: any bytes as Signature-Input, Signature and
 * Content-Digest, parted by line breaks. Beside crashes and sanitizer findings it holds that a
 * refusal says why, and that what was read means what it says: the parameters as they were written
 * into the signature base, sent again, make the same base.
 */
#include <ingest/feed_digest.h>
#include <ingest/feed_signature.h>

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned header_of(const void *arg, const char *name, struct span *value)
{
    (void)arg;
    *value = span_of("value");
    return name[0] == 'x' ? 0 : 1;
}

static struct span take_line(struct span *rest)
{
    const char *end = memchr(rest->at, '\n', rest->len);
    struct span line = {rest->at, end ? (size_t)(end - rest->at) : rest->len};
    const size_t used = line.len + (end != NULL);
    *rest = (struct span){rest->at + used, rest->len - used};
    return line;
}

static bool base_of(struct span input, struct span signed_bytes, struct out *base)
{
    static const struct feed_message message = {.method = {"POST", 4},
                                                .origin = {"https://a.example", 17},
                                                .target = {"/a?b", 4},
                                                .header = header_of};
    struct feed_signature signature;
    struct feed_fault fault = {.code = FEED_FAULT_NONE};
    const bool parsed = feed_signature_parse(&signature, input, signed_bytes, &fault);
    if (!parsed || !feed_signature_base(&signature, &message, base, &fault)) {
        assert(fault.code != FEED_FAULT_NONE && fault.reason[0] != '\0');
        return false;
    }
    assert(fault.code == FEED_FAULT_NONE && !out_failed(base));
    (void)feed_signature_check(&signature, true, 1700000000, &fault);
    return true;
}

static void read_again(const struct out *base, struct span signed_bytes)
{
    static const char name[] = "\"@signature-params\": ";
    const char *params = memmem(base->at, base->len, name, sizeof name - 1);
    const char *label_end = memchr(signed_bytes.at, '=', signed_bytes.len);
    struct out input;
    struct out again;
    assert(params && label_end);
    params += sizeof name - 1;
    out_init(&input, 1 << 16);
    out_init(&again, 1 << 16);
    const char *label = signed_bytes.at;
    for (; *label == ' '; label++) {
    }
    out_bytes(&input, label, (size_t)(label_end - label));
    out_char(&input, '=');
    out_bytes(&input, params, (size_t)(base->at + base->len - params));
    assert(base_of(out_span(&input), signed_bytes, &again));
    assert(again.len == base->len && memcmp(again.at, base->at, again.len) == 0);
    out_free(&input);
    out_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = {(const char *)data, size};
    const struct span input = take_line(&rest);
    const struct span signed_bytes = take_line(&rest);
    struct feed_fault fault;
    struct out base;
    out_init(&base, 1 << 16);
    if (base_of(input, signed_bytes, &base)) {
        read_again(&base, signed_bytes);
    }
    out_free(&base);
    struct feed_digest *digest = feed_digest_new(rest, &fault);
    if (digest) {
        feed_digest_add(digest, input);
        (void)feed_digest_end(digest, &fault);
    }
    feed_digest_free(digest);
    return 0;
}
