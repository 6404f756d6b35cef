/* Which byte may stand where, in one table, so that a rule is a row to read and not a condition to
 * find. */
#include "http_parse.h"

#define T HTTP_TOKEN
#define V HTTP_VALUE
#define P HTTP_PATH
#define Q HTTP_QUERY
#define H HTTP_HEX
#define R HTTP_REG

/*
 * The path is RFC 3986's to the letter. The query also takes [ ] { } | ^ ` and \, which browsers
 * send unencoded there (WHATWG URL, query percent-encode set) and which cannot change where a
 * request ends.
 */
const uint8_t http_bytes[256] = {
    ['\t'] = V,
    [' '] = V,
    ['!'] = T | V | P | Q,
    ['"'] = V,
    ['#'] = T | V,
    ['$'] = T | V | P | Q,
    ['%'] = T | V,
    ['&'] = T | V | P | Q,
    ['\''] = T | V | P | Q,
    ['('] = V | P | Q,
    [')'] = V | P | Q,
    ['*'] = T | V | P | Q,
    ['+'] = T | V | P | Q,
    [','] = V | P | Q,
    ['-'] = T | V | P | Q | R,
    ['.'] = T | V | P | Q | R,
    ['/'] = V | P | Q,
    ['0' ... '9'] = T | V | P | Q | H | R,
    [':'] = V | P | Q,
    [';'] = V | P | Q,
    ['<'] = V,
    ['='] = V | P | Q,
    ['>'] = V,
    ['?'] = V | Q,
    ['@'] = V | P | Q,
    ['A' ... 'F'] = T | V | P | Q | H | R,
    ['G' ... 'Z'] = T | V | P | Q | R,
    ['['] = V | Q,
    ['\\'] = V | Q,
    [']'] = V | Q,
    ['^'] = T | V | Q,
    ['_'] = T | V | P | Q | R,
    ['`'] = T | V | Q,
    ['a' ... 'f'] = T | V | P | Q | H | R,
    ['g' ... 'z'] = T | V | P | Q | R,
    ['{'] = V | Q,
    ['|'] = T | V | Q,
    ['}'] = V | Q,
    ['~'] = T | V | P | Q,
    [0x80 ... 0xFF] = V,
};

unsigned http_hex(char digit)
{
    unsigned char byte = (unsigned char)digit;
    return byte <= '9' ? byte - (unsigned)'0' : (byte | 0x20U) - (unsigned)'a' + 10U;
}
