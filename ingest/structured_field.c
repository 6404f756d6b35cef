/*
 * Structured fields: one function for each production of RFC 8941, section 4.2, each taking its
 * bytes from the front of the rest. The hard part is that a reader is asked for members and
 * parameters in any order by its caller, and must see every byte exactly once all the same: before
 * it gives a new member it reads what is left of the one before.
 */
#include <ingest/structured_field.h>

#include <openssl/evp.h>

enum {
    INTEGER_DIGITS = 15,  /* RFC 8941 section 3.3.1 */
    DECIMAL_DIGITS = 12,  /* before the point, section 3.3.2 */
    FRACTION_DIGITS = 3,  /* after it */
    BYTES_ENCODED = 1024, /* base64 that structured_bytes decodes */
};

static bool fail(struct structured_reader *r, const char *error)
{
    r->error = error;
    return false;
}

/* The next byte, or -1 at the end. */
static int peek(const struct structured_reader *r)
{
    return r->rest.len > 0 ? (unsigned char)r->rest.at[0] : -1;
}

static void skip(struct structured_reader *r, size_t count)
{
    r->rest.at += count;
    r->rest.len -= count;
}

static bool take(struct structured_reader *r, char c)
{
    if (peek(r) != c) {
        return false;
    }
    skip(r, 1);
    return true;
}

static void skip_spaces(struct structured_reader *r, bool tabs)
{
    while (peek(r) == ' ' || (tabs && peek(r) == '\t')) {
        skip(r, 1);
    }
}

static bool is_lower(int c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(int c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool one_of(int c, const char *set)
{
    return c > 0 && strchr(set, c) != NULL;
}

/* Takes what `length` bytes of the rest are. */
static struct span cut(struct structured_reader *r, size_t length)
{
    struct span text = {r->rest.at, length};
    skip(r, length);
    return text;
}

static bool read_key(struct structured_reader *r, struct span *key)
{
    size_t n = 0;
    if (!is_lower(peek(r)) && peek(r) != '*') {
        return fail(r, "a name in lower case");
    }
    while (n < r->rest.len &&
           (is_lower(r->rest.at[n]) || is_digit(r->rest.at[n]) || one_of(r->rest.at[n], "_-.*"))) {
        n++;
    }
    *key = cut(r, n);
    return true;
}

static bool read_number(struct structured_reader *r, struct structured_value *value)
{
    const size_t sign = peek(r) == '-';
    size_t n = sign;
    size_t fraction = 0;
    int64_t integer = 0;
    while (n < r->rest.len && is_digit(r->rest.at[n])) {
        if (n - sign == INTEGER_DIGITS) {
            return fail(r, "a number of at most 15 digits");
        }
        integer = integer * 10 + (r->rest.at[n] - '0');
        n++;
    }
    const size_t whole = n - sign;
    if (whole == 0) {
        return fail(r, "a digit");
    }
    value->type = STRUCTURED_INTEGER;
    value->integer = sign ? -integer : integer;
    if (n < r->rest.len && r->rest.at[n] == '.') {
        value->type = STRUCTURED_DECIMAL;
        for (n++; n < r->rest.len && is_digit(r->rest.at[n]); n++) {
            fraction++;
        }
        if (whole > DECIMAL_DIGITS || fraction == 0 || fraction > FRACTION_DIGITS) {
            return fail(r, "a decimal of at most 12 digits and 3 after the point");
        }
    }
    value->text = cut(r, n);
    return true;
}

static bool read_string(struct structured_reader *r, struct structured_value *value)
{
    skip(r, 1);
    for (size_t n = 0; n < r->rest.len; n++) {
        const unsigned char c = (unsigned char)r->rest.at[n];
        if (c == '"') {
            value->type = STRUCTURED_STRING;
            value->text = cut(r, n);
            skip(r, 1);
            return true;
        }
        if (c < 0x20 || c > 0x7e) {
            break;
        }
        if (c == '\\') {
            n++;
            if (n == r->rest.len || !one_of((unsigned char)r->rest.at[n], "\"\\")) {
                break;
            }
        }
    }
    return fail(r, "a string of printable ASCII that ends with a quote");
}

static bool read_token(struct structured_reader *r, struct structured_value *value)
{
    size_t n = 1;
    while (n < r->rest.len && (is_alpha(r->rest.at[n]) || is_digit(r->rest.at[n]) ||
                               one_of((unsigned char)r->rest.at[n], "!#$%&'*+-.^_`|~:/"))) {
        n++;
    }
    value->type = STRUCTURED_TOKEN;
    value->text = cut(r, n);
    return true;
}

static bool read_bytes(struct structured_reader *r, struct structured_value *value)
{
    skip(r, 1);
    size_t n = 0;
    while (n < r->rest.len && (is_alpha(r->rest.at[n]) || is_digit(r->rest.at[n]) ||
                               one_of((unsigned char)r->rest.at[n], "+/="))) {
        n++;
    }
    if (n == r->rest.len || r->rest.at[n] != ':') {
        return fail(r, "base64 that ends with a colon");
    }
    value->type = STRUCTURED_BYTES;
    value->text = cut(r, n);
    skip(r, 1);
    return true;
}

static bool read_boolean(struct structured_reader *r, struct structured_value *value)
{
    if (r->rest.len < 2 || (r->rest.at[1] != '0' && r->rest.at[1] != '1')) {
        return fail(r, "?0 or ?1");
    }
    value->type = STRUCTURED_BOOLEAN;
    value->text = cut(r, 2);
    value->integer = value->text.at[1] == '1';
    return true;
}

static bool read_bare_item(struct structured_reader *r, struct structured_value *value)
{
    const int c = peek(r);
    *value = (struct structured_value){0};
    if (c == '-' || is_digit(c)) {
        return read_number(r, value);
    }
    if (c == '"') {
        return read_string(r, value);
    }
    if (c == '*' || is_alpha(c)) {
        return read_token(r, value);
    }
    if (c == ':') {
        return read_bytes(r, value);
    }
    if (c == '?') {
        return read_boolean(r, value);
    }
    return fail(r, "a value: a number, \"text\", a token, :base64:, ?0 or ?1");
}

bool structured_next_parameter(struct structured_reader *r, struct span *name,
                               struct structured_value *value)
{
    if (r->error || !take(r, ';')) {
        return false;
    }
    skip_spaces(r, false);
    if (!read_key(r, name)) {
        return false;
    }
    if (!take(r, '=')) {
        *value = (struct structured_value){.type = STRUCTURED_BOOLEAN, .integer = 1};
        return true;
    }
    return read_bare_item(r, value);
}

/* Reads parameters that nobody asked for; before the first member there can be none. */
static bool finish_parameters(struct structured_reader *r)
{
    struct span name;
    struct structured_value value;
    while (r->begun && structured_next_parameter(r, &name, &value)) {
    }
    return r->error == NULL;
}

bool structured_next_item(struct structured_reader *r, struct structured_value *value)
{
    if (r->error || !finish_parameters(r)) {
        return false;
    }
    const size_t before = r->rest.len;
    skip_spaces(r, false);
    if (r->rest.len == 0) {
        return false;
    }
    if (r->begun && r->rest.len == before) {
        return fail(r, "a space between items");
    }
    r->begun = true;
    return read_bare_item(r, value);
}

/* An inner list is read whole to find its end; its text can then be read again without errors. */
static bool read_list(struct structured_reader *r, struct structured_value *value)
{
    struct structured_value item;
    bool spaced = true;
    skip(r, 1);
    const char *start = r->rest.at;
    for (;;) {
        const size_t before = r->rest.len;
        skip_spaces(r, false);
        spaced = spaced || r->rest.len != before;
        if (peek(r) == ')') {
            break;
        }
        if (!spaced) {
            return fail(r, "a space between items, or )");
        }
        if (!read_bare_item(r, &item) || !finish_parameters(r)) {
            return false;
        }
        spaced = false;
    }
    *value = (struct structured_value){.type = STRUCTURED_LIST,
                                       .text = {start, (size_t)(r->rest.at - start)}};
    skip(r, 1);
    return true;
}

bool structured_next_member(struct structured_reader *r, struct span *name,
                            struct structured_value *value)
{
    if (r->error || !finish_parameters(r)) {
        return false;
    }
    if (r->begun) {
        skip_spaces(r, true);
        if (r->rest.len == 0) {
            return false;
        }
        if (!take(r, ',')) {
            return fail(r, "a comma between members");
        }
        skip_spaces(r, true);
        if (r->rest.len == 0) {
            return fail(r, "a member after the comma");
        }
    } else {
        skip_spaces(r, false);
        while (r->rest.len > 0 && r->rest.at[r->rest.len - 1] == ' ') {
            r->rest.len--;
        }
        if (r->rest.len == 0) {
            return false;
        }
    }
    r->begun = true;
    if (!read_key(r, name)) {
        return false;
    }
    if (!take(r, '=')) {
        *value = (struct structured_value){.type = STRUCTURED_BOOLEAN, .integer = 1};
        return true;
    }
    return peek(r) == '(' ? read_list(r, value) : read_bare_item(r, value);
}

void structured_begin(struct structured_reader *reader, struct span text)
{
    *reader = (struct structured_reader){.rest = text};
}

bool structured_bytes(struct span text, uint8_t *bytes, size_t size, size_t *len)
{
    unsigned char decoded[BYTES_ENCODED / 4 * 3 + 1];
    unsigned char again[BYTES_ENCODED + 1];
    if (text.len > BYTES_ENCODED || text.len % 4 != 0) {
        return false;
    }
    *len = 0;
    if (text.len == 0) {
        return true;
    }
    if (EVP_DecodeBlock(decoded, (const unsigned char *)text.at, (int)text.len) < 0) {
        return false;
    }
    size_t count = text.len / 4 * 3;
    count -= text.at[text.len - 1] == '=';
    count -= text.at[text.len - 2] == '=';
    /* OpenSSL forgives much; what it gives back when asked to encode is the one right way. */
    EVP_EncodeBlock(again, decoded, (int)count);
    if (memcmp(again, text.at, text.len) != 0 || count > size) {
        return false;
    }
    memcpy(bytes, decoded, count);
    *len = count;
    return true;
}
