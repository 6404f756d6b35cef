/* Well-formedness of UTF-8 by the table of the Unicode standard (3-7), and cutting without
 * splitting a character. */
#include <corridor/out.h>

/* The length of the well-formed character at the start, or 0. */
static size_t utf8_step(const unsigned char *at, size_t len)
{
    unsigned char lead = at[0];
    if (lead < 0x80) {
        return 1;
    }
    size_t size = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        size = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        size = 3;
        low = lead == 0xE0 ? 0xA0 : low;   /* overlong */
        high = lead == 0xED ? 0x9F : high; /* surrogates */
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        size = 4;
        low = lead == 0xF0 ? 0x90 : low;   /* overlong */
        high = lead == 0xF4 ? 0x8F : high; /* above U+10FFFF */
    }
    if (size == 0 || size > len || at[1] < low || at[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return size;
}

/* Eight at once, as most text is. */
static bool utf8_ascii(const unsigned char *at, size_t len)
{
    uint64_t eight;
    if (len < sizeof eight) {
        return false;
    }
    memcpy(&eight, at, sizeof eight);
    return (eight & UINT64_C(0x8080808080808080)) == 0;
}

size_t utf8_character(struct span text)
{
    return text.len == 0 ? 0 : utf8_step((const unsigned char *)text.at, text.len);
}

bool utf8_valid(struct span text)
{
    const unsigned char *at = (const unsigned char *)text.at;
    size_t len = text.len;
    while (len > 0) {
        size_t step = utf8_ascii(at, len) ? 8 : utf8_step(at, len);
        if (step == 0) {
            return false;
        }
        at += step;
        len -= step;
    }
    return true;
}

struct span utf8_cut(struct span text, size_t max)
{
    if (text.len > max) {
        size_t len = max;
        /* A character is four bytes at most: step back over what may be its continuation. */
        while (len > 0 && max - len < 3 && ((unsigned char)text.at[len] & 0xC0) == 0x80) {
            len--;
        }
        text.len = len;
    }
    return text;
}

size_t utf8_length(struct span text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((uint8_t)text.at[i] & 0xC0U) != 0x80U;
    return count;
}
