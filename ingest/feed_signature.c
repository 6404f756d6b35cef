/*
 * HTTP Message Signatures, the part that the feed needs. The hard part is that base and signature
 * must agree byte for byte with what the client made: the parameters are written again in the order
 * they came in, in the one way RFC 8941 has for them, and what cannot be written again (a parameter
 * of a type or name that is not known here) is refused by name instead of being guessed at.
 */
#include <ingest/feed_signature.h>

#include <ingest/structured_field.h>

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
    int status;
    const char *problem;
    const char *title;
} faults[] = {[FEED_FAULT_NONE] = {500, "internal-error", "Internal error"},
#define FEED_FAULT_ROW(name, status, code, title) [FEED_##name] = {status, code, title},
              FEED_FAULTS(FEED_FAULT_ROW)
#undef FEED_FAULT_ROW
};

int feed_fault_status(enum feed_fault_code code)
{
    return faults[code].status;
}

const char *feed_fault_problem(enum feed_fault_code code)
{
    return faults[code].problem;
}

const char *feed_fault_title(enum feed_fault_code code)
{
    return faults[code].title;
}

bool feed_fault_set(struct feed_fault *fault, enum feed_fault_code code, const char *field,
                    const char *format, ...)
{
    va_list arguments;
    fault->code = code;
    (void)snprintf(fault->field, sizeof fault->field, "%s", field);
    va_start(arguments, format);
    (void)vsnprintf(fault->reason, sizeof fault->reason, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- Reading ---- */

static const char *const known_derived[] = {"@method", "@target-uri", "@authority",     "@scheme",
                                            "@path",   "@query",      "@request-target"};

static bool read_component(struct feed_signature *signature, struct structured_reader *list,
                           const struct structured_value *item, struct feed_fault *fault)
{
    struct span name;
    struct structured_value value;
    if (item->type != STRUCTURED_STRING || item->text.len == 0 ||
        item->text.len >= sizeof fault->field) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, "Signature-Input",
                              "a component is a name between quotes, of at most %zu characters",
                              sizeof fault->field - 1);
    }
    char component[sizeof fault->field];
    (void)snprintf(component, sizeof component, "%.*s", (int)item->text.len, item->text.at);
    if (structured_next_parameter(list, &name, &value)) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, component,
                              "components with parameters such as ;%.*s are not known here",
                              (int)(name.len > 40 ? 40 : name.len), name.at);
    }
    bool known = component[0] != '@';
    for (size_t i = 0; i < COUNT_OF(known_derived) && !known; i++) {
        known = strcmp(component, known_derived[i]) == 0;
    }
    for (const char *c = component; *c; c++) {
        known = known && *c > ' ' && *c < 0x7f && !isupper((unsigned char)*c) && *c != '"' &&
                *c != '\\' && *c != ':';
    }
    if (!known) {
        return feed_fault_set(
            fault, FEED_SIGNATURE_MALFORMED, component,
            "no such component is known here: field names are written in lower "
            "case; of the derived ones @method, @target-uri, @authority, @scheme, "
            "@path, @query and @request-target are");
    }
    for (unsigned i = 0; i < signature->component_count; i++) {
        if (span_is(signature->component[i], component)) {
            return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, component,
                                  "a component may be covered once");
        }
    }
    if (signature->component_count == FEED_SIGNATURE_COMPONENTS) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, "Signature-Input",
                              "at most %d components may be covered", FEED_SIGNATURE_COMPONENTS);
    }
    signature->component[signature->component_count++] = item->text;
    return true;
}

/* Parameters of RFC 9421 section 2.3: where each goes. */
static bool keep_parameter(struct feed_signature *signature, struct span name,
                           const struct structured_value *value, struct feed_fault *fault)
{
    const struct {
        const char *name;
        struct span *text;
        int64_t *integer;
    } known[] = {
        {"created", NULL, &signature->created}, {"expires", NULL, &signature->expires},
        {"nonce", &signature->nonce, NULL},     {"keyid", &signature->keyid, NULL},
        {"alg", &signature->alg, NULL},         {"tag", &(struct span){0}, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (!span_is(name, known[i].name)) {
            continue;
        }
        for (unsigned j = 0; j < signature->parameter_count; j++) {
            if (span_is(signature->parameter[j].name, known[i].name)) {
                return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, known[i].name,
                                      "a parameter may stand once");
            }
        }
        if (known[i].integer ? value->type != STRUCTURED_INTEGER || value->integer <= 0
                             : value->type != STRUCTURED_STRING ||
                                   memchr(value->text.at, '\\', value->text.len) != NULL) {
            return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, known[i].name, "it must be %s",
                                  known[i].integer
                                      ? "a whole number of seconds since 1970, without quotes"
                                      : "text between quotes, without backslashes");
        }
        if (known[i].integer) {
            *known[i].integer = value->integer;
        } else {
            *known[i].text = value->text;
        }
        signature->parameter[signature->parameter_count++] = (struct feed_signature_parameter){
            .name = name,
            .text = known[i].integer ? (struct span){0} : value->text,
            .integer = value->integer};
        return true;
    }
    char unknown[sizeof fault->field];
    (void)snprintf(unknown, sizeof unknown, "%.*s",
                   (int)(name.len < sizeof unknown ? name.len : sizeof unknown - 1), name.at);
    return feed_fault_set(
        fault, FEED_SIGNATURE_MALFORMED, unknown,
        "the parameters known here are created, expires, nonce, keyid, alg and tag");
}

/* A header of the two: one member of a dictionary, of the type wanted. */
static bool only_member(struct structured_reader *reader, const char *header, struct span text,
                        enum structured_type type, struct span *label,
                        struct structured_value *value, struct feed_fault *fault)
{
    *label = (struct span){0};
    *value = (struct structured_value){0};
    if (text.len == 0) {
        return feed_fault_set(fault, FEED_SIGNATURE_MISSING, header,
                              "send the header %s, once (RFC 9421)", header);
    }
    if (text.len > FEED_SIGNATURE_FIELD_MAX) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, header,
                              "it has %zu bytes; at most %d are read", text.len,
                              FEED_SIGNATURE_FIELD_MAX);
    }
    structured_begin(reader, text);
    if (structured_next_member(reader, label, value) && value->type == type) {
        return true;
    }
    return feed_fault_set(
        fault, FEED_SIGNATURE_MALFORMED, header, "it must read %s (RFC 9421 section 4)%s%s",
        type == STRUCTURED_LIST ? "sig1=(\"@method\" …);created=…;keyid=\"…\"" : "sig1=:base64:",
        reader->error ? "; expected " : "", reader->error ? reader->error : "");
}

/* Nothing may follow that one member. */
static bool no_more(struct structured_reader *reader, const char *header, struct feed_fault *fault)
{
    struct span name;
    struct structured_value value;
    if (structured_next_member(reader, &name, &value)) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, header,
                              "one signature is read; this has several");
    }
    if (reader->error) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, header, "expected %s",
                              reader->error);
    }
    return true;
}

static bool parse_input(struct feed_signature *signature, struct span input, struct span *label,
                        struct feed_fault *fault)
{
    struct structured_reader reader;
    struct structured_reader list;
    struct structured_value member;
    struct structured_value value;
    struct span name;
    if (!only_member(&reader, "Signature-Input", input, STRUCTURED_LIST, label, &member, fault)) {
        return false;
    }
    structured_begin(&list, member.text);
    while (structured_next_item(&list, &value)) {
        if (!read_component(signature, &list, &value, fault)) {
            return false;
        }
    }
    while (structured_next_parameter(&reader, &name, &value)) {
        if (!keep_parameter(signature, name, &value, fault)) {
            return false;
        }
    }
    return no_more(&reader, "Signature-Input", fault);
}

bool feed_signature_parse(struct feed_signature *signature, struct span input,
                          struct span signed_bytes, struct feed_fault *fault)
{
    struct structured_reader reader;
    struct structured_value value;
    struct span name;
    struct span label;
    struct span signed_label;
    *signature = (struct feed_signature){0};
    if (!parse_input(signature, input, &label, fault) ||
        !only_member(&reader, "Signature", signed_bytes, STRUCTURED_BYTES, &signed_label, &value,
                     fault)) {
        return false;
    }
    if (!structured_bytes(value.text, signature->bytes, sizeof signature->bytes,
                          &signature->bytes_len)) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, "Signature",
                              "between its colons stands base64 with its padding, of at most %d "
                              "bytes",
                              FEED_SIGNATURE_BYTES_MAX);
    }
    if (structured_next_parameter(&reader, &name, &value)) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, "Signature",
                              "a signature has no parameters; they stand in Signature-Input");
    }
    if (label.len == 0 || label.len != signed_label.len ||
        memcmp(label.at, signed_label.at, label.len) != 0) {
        return feed_fault_set(fault, FEED_SIGNATURE_MALFORMED, "Signature",
                              "its label must be the one in Signature-Input");
    }
    return no_more(&reader, "Signature", fault);
}

/* ---- What is demanded ---- */

static bool covers(const struct feed_signature *signature, const char *component)
{
    for (unsigned i = 0; i < signature->component_count; i++) {
        if (span_is(signature->component[i], component)) {
            return true;
        }
    }
    return false;
}

bool feed_signature_check(const struct feed_signature *signature, bool has_body, int64_t now,
                          struct feed_fault *fault)
{
    static const char *const needed[] = {"@method", "@target-uri", "content-digest"};
    for (size_t i = 0; i < COUNT_OF(needed); i++) {
        const bool always = i < 2;
        if ((always || has_body) && !covers(signature, needed[i])) {
            return feed_fault_set(fault, FEED_SIGNATURE_INCOMPLETE, needed[i],
                                  "the signature must cover \"@method\", \"@target-uri\" and, "
                                  "with a body, \"content-digest\"");
        }
    }
    if (signature->created == 0) {
        return feed_fault_set(fault, FEED_SIGNATURE_INCOMPLETE, "created",
                              "say when it was signed: created=%lld (seconds since 1970)",
                              (long long)now);
    }
    if (signature->keyid.len == 0 || signature->keyid.len > FEED_SIGNATURE_KEYID_MAX) {
        return feed_fault_set(fault, FEED_SIGNATURE_INCOMPLETE, "keyid",
                              "say which key signed: keyid=\"…\", as it was issued");
    }
    if (signature->nonce.len < FEED_SIGNATURE_NONCE_MIN ||
        signature->nonce.len > FEED_SIGNATURE_NONCE_MAX) {
        return feed_fault_set(fault, FEED_SIGNATURE_INCOMPLETE, "nonce",
                              "send a nonce of %d to %d characters, new for each request",
                              FEED_SIGNATURE_NONCE_MIN, FEED_SIGNATURE_NONCE_MAX);
    }
    const int64_t age = now - signature->created;
    if (age > FEED_SIGNATURE_WINDOW || age < -FEED_SIGNATURE_WINDOW) {
        return feed_fault_set(fault, FEED_SIGNATURE_STALE, "created",
                              "it was signed at %lld and it is %lld here; %d seconds either way "
                              "are allowed. Sign anew, and look at your clock",
                              (long long)signature->created, (long long)now, FEED_SIGNATURE_WINDOW);
    }
    if (signature->expires != 0 && signature->expires < now) {
        return feed_fault_set(fault, FEED_SIGNATURE_STALE, "expires",
                              "it expired at %lld and it is %lld here",
                              (long long)signature->expires, (long long)now);
    }
    return true;
}

/* ---- The signature base ---- */

/* The target's path, or its query with the question mark: "?" when it has none (section 2.2.7). */
static struct span target_part(struct span target, bool query)
{
    const char *mark = memchr(target.at, '?', target.len);
    const size_t path = mark ? (size_t)(mark - target.at) : target.len;
    if (!query) {
        return path > 0 ? (struct span){target.at, path} : span_of("/");
    }
    return mark ? (struct span){mark, target.len - path} : span_of("?");
}

/* Lower case, and without the port that the scheme has anyway (section 2.2.3). */
static void append_authority(struct out *out, struct span scheme, struct span authority)
{
    const struct span port = span_is(scheme, "https") ? span_of(":443") : span_of(":80");
    if (authority.len > port.len &&
        memcmp(authority.at + authority.len - port.len, port.at, port.len) == 0) {
        authority.len -= port.len;
    }
    for (size_t i = 0; i < authority.len; i++) {
        out_char(out, (char)tolower((unsigned char)authority.at[i]));
    }
}

static void append_derived(struct out *out, struct span component,
                           const struct feed_message *message)
{
    const char *colon = memmem(message->origin.at, message->origin.len, "://", 3);
    const size_t scheme_len = colon ? (size_t)(colon - message->origin.at) : 0;
    const struct span scheme = {message->origin.at, scheme_len};
    if (span_is(component, "@method")) {
        out_span_append(out, message->method);
    } else if (span_is(component, "@target-uri")) {
        out_span_append(out, message->origin);
        out_span_append(out, message->target);
    } else if (span_is(component, "@authority") && colon) {
        append_authority(out, scheme,
                         (struct span){colon + 3, message->origin.len - scheme_len - 3});
    } else if (span_is(component, "@scheme")) {
        out_span_append(out, scheme);
    } else if (span_is(component, "@path") || span_is(component, "@query")) {
        out_span_append(out, target_part(message->target, span_is(component, "@query")));
    } else {
        out_span_append(out, message->target); /* @request-target: read_component let no other in */
    }
}

static bool append_field(struct out *out, struct span component, const struct feed_message *message,
                         struct feed_fault *fault)
{
    char name[sizeof fault->field];
    struct span value = {0};
    (void)snprintf(name, sizeof name, "%.*s", (int)component.len, component.at);
    const unsigned times = message->header(message->arg, name, &value);
    if (times != 1) {
        return feed_fault_set(fault, FEED_SIGNATURE_INCOMPLETE, name,
                              times == 0 ? "it is covered, but the request has no such header"
                                         : "it is covered, but the request has this header more "
                                           "than once; send it once");
    }
    out_span_append(out, value);
    return true;
}

static void append_parameters(struct out *out, const struct feed_signature *signature)
{
    out_text(out, "\"@signature-params\": (");
    for (unsigned i = 0; i < signature->component_count; i++) {
        out_text(out, i > 0 ? " \"" : "\"");
        out_span_append(out, signature->component[i]);
        out_char(out, '"');
    }
    out_char(out, ')');
    for (unsigned i = 0; i < signature->parameter_count; i++) {
        const struct feed_signature_parameter *parameter = &signature->parameter[i];
        out_char(out, ';');
        out_span_append(out, parameter->name);
        out_char(out, '=');
        if (parameter->text.at) {
            out_char(out, '"');
            out_span_append(out, parameter->text);
            out_char(out, '"');
        } else {
            out_int(out, parameter->integer);
        }
    }
}

bool feed_signature_base(const struct feed_signature *signature, const struct feed_message *message,
                         struct out *out, struct feed_fault *fault)
{
    for (unsigned i = 0; i < signature->component_count; i++) {
        const struct span component = signature->component[i];
        out_char(out, '"');
        out_span_append(out, component);
        out_text(out, "\": ");
        if (component.at[0] == '@') {
            append_derived(out, component, message);
        } else if (!append_field(out, component, message, fault)) {
            return false;
        }
        out_char(out, '\n');
    }
    append_parameters(out, signature);
    return true;
}
