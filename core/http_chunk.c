/*
 * Chunked bodies (RFC 9112 7.1), byte by byte outside the data. Extensions are checked against
 * their grammar and dropped, trailers too; what both may cost is counted, because a line nobody
 * ends is an old way to use up a server.
 */
#include "http_parse.h"

enum chunk_state {
    CHUNK_SIZE,       /* hexadecimal digits */
    CHUNK_BLANK,      /* blanks after size or value: only ";" may follow */
    CHUNK_NAME_FIRST, /* after ";" */
    CHUNK_NAME,
    CHUNK_NAME_BLANK, /* "=" or ";" may follow */
    CHUNK_VALUE_FIRST,
    CHUNK_VALUE,
    CHUNK_QUOTED,
    CHUNK_QUOTED_PAIR,
    CHUNK_QUOTED_END,
    CHUNK_SIZE_LF,
    CHUNK_DATA,
    CHUNK_DATA_CR,
    CHUNK_DATA_LF,
    CHUNK_TRAILER, /* the beginning of a trailer line, or of the last empty one */
    CHUNK_TRAILER_NAME,
    CHUNK_TRAILER_VALUE,
    CHUNK_TRAILER_LF,
    CHUNK_LAST_LF,
    CHUNK_OVER,
    CHUNK_WRONG,
};

static bool chunk_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* After a whole name or value: blanks, the next extension, or the line's end. */
static enum chunk_state chunk_after(char byte, enum chunk_state blank)
{
    return byte == ';'         ? CHUNK_NAME_FIRST
           : byte == '\r'      ? CHUNK_SIZE_LF
           : chunk_blank(byte) ? blank
                               : CHUNK_WRONG;
}

static enum chunk_state chunk_size(struct http_chunk_read *chunk, char byte)
{
    if (http_byte_is(byte, HTTP_HEX)) {
        chunk->left = chunk->left << 4 | http_hex(byte);
        return ++chunk->digits <= 8 ? CHUNK_SIZE : CHUNK_WRONG;
    }
    return chunk->digits == 0 ? CHUNK_WRONG : chunk_after(byte, CHUNK_BLANK);
}

/* One byte of a size line. */
static enum chunk_state chunk_line_byte(struct http_chunk_read *chunk, char byte)
{
    bool token = http_byte_is(byte, HTTP_TOKEN);
    switch ((enum chunk_state)chunk->state) {
    case CHUNK_SIZE:
        return chunk_size(chunk, byte);
    case CHUNK_BLANK:
        return byte == '\r' ? CHUNK_WRONG : chunk_after(byte, CHUNK_BLANK);
    case CHUNK_NAME_FIRST:
        return token ? CHUNK_NAME : chunk_blank(byte) ? CHUNK_NAME_FIRST : CHUNK_WRONG;
    case CHUNK_NAME:
        return token         ? CHUNK_NAME
               : byte == '=' ? CHUNK_VALUE_FIRST
                             : chunk_after(byte, CHUNK_NAME_BLANK);
    case CHUNK_NAME_BLANK:
        return byte == '='    ? CHUNK_VALUE_FIRST
               : byte == '\r' ? CHUNK_WRONG
                              : chunk_after(byte, CHUNK_NAME_BLANK);
    case CHUNK_VALUE_FIRST:
        return token               ? CHUNK_VALUE
               : byte == '"'       ? CHUNK_QUOTED
               : chunk_blank(byte) ? CHUNK_VALUE_FIRST
                                   : CHUNK_WRONG;
    case CHUNK_VALUE:
        return token ? CHUNK_VALUE : chunk_after(byte, CHUNK_BLANK);
    case CHUNK_QUOTED:
        return byte == '"'                      ? CHUNK_QUOTED_END
               : byte == '\\'                   ? CHUNK_QUOTED_PAIR
               : http_byte_is(byte, HTTP_VALUE) ? CHUNK_QUOTED
                                                : CHUNK_WRONG;
    case CHUNK_QUOTED_PAIR:
        return http_byte_is(byte, HTTP_VALUE) ? CHUNK_QUOTED : CHUNK_WRONG;
    case CHUNK_QUOTED_END:
        return chunk_after(byte, CHUNK_BLANK);
    case CHUNK_SIZE_LF:
        return byte != '\n' ? CHUNK_WRONG : chunk->left == 0 ? CHUNK_TRAILER : CHUNK_DATA;
    default:
        return CHUNK_WRONG;
    }
}

static enum chunk_state chunk_size_line(struct http_chunk_read *chunk, char byte)
{
    bool extension = chunk->state != CHUNK_SIZE && chunk->state != CHUNK_SIZE_LF;
    if (++chunk->line > HTTP_CHUNK_LINE_MAX || (extension && ++chunk->extra > HTTP_CHUNK_EXTRA)) {
        return CHUNK_WRONG;
    }
    return chunk_line_byte(chunk, byte);
}

static enum chunk_state chunk_trailer_byte(struct http_chunk_read *chunk, char byte)
{
    if (++chunk->trailer > HTTP_CHUNK_EXTRA) {
        return CHUNK_WRONG;
    }
    switch ((enum chunk_state)chunk->state) {
    case CHUNK_TRAILER:
        if (byte == '\r') {
            return CHUNK_LAST_LF;
        }
        return http_byte_is(byte, HTTP_TOKEN) && ++chunk->trailers <= HTTP_FIELDS_MAX
                   ? CHUNK_TRAILER_NAME
                   : CHUNK_WRONG;
    case CHUNK_TRAILER_NAME:
        return http_byte_is(byte, HTTP_TOKEN) ? CHUNK_TRAILER_NAME
               : byte == ':'                  ? CHUNK_TRAILER_VALUE
                                              : CHUNK_WRONG;
    case CHUNK_TRAILER_VALUE:
        return http_byte_is(byte, HTTP_VALUE) ? CHUNK_TRAILER_VALUE
               : byte == '\r'                 ? CHUNK_TRAILER_LF
                                              : CHUNK_WRONG;
    case CHUNK_TRAILER_LF:
        return byte == '\n' ? CHUNK_TRAILER : CHUNK_WRONG;
    default:
        return byte == '\n' ? CHUNK_OVER : CHUNK_WRONG;
    }
}

/* One byte that is not data. */
static enum chunk_state chunk_byte(struct http_chunk_read *chunk, char byte)
{
    if (chunk->state <= CHUNK_SIZE_LF) {
        return chunk_size_line(chunk, byte);
    }
    if (chunk->state >= CHUNK_TRAILER) {
        return chunk_trailer_byte(chunk, byte);
    }
    if (chunk->state == CHUNK_DATA_CR) {
        return byte == '\r' ? CHUNK_DATA_LF : CHUNK_WRONG;
    }
    chunk->digits = 0;
    chunk->line = 0;
    return byte == '\n' ? CHUNK_SIZE : CHUNK_WRONG;
}

enum http_step http_chunk_step(struct http_chunk_read *chunk, const char *bytes, size_t len,
                               size_t *used, struct span *data)
{
    size_t at = 0;
    enum http_step step = HTTP_MORE;
    while (at < len && step == HTTP_MORE) {
        if (chunk->state == CHUNK_DATA) {
            size_t piece = len - at < chunk->left ? len - at : chunk->left;
            *data = (struct span){bytes + at, piece};
            chunk->left -= (uint32_t)piece;
            chunk->state = chunk->left == 0 ? CHUNK_DATA_CR : CHUNK_DATA;
            at += piece;
            step = HTTP_DATA;
        } else {
            chunk->state = (uint8_t)chunk_byte(chunk, bytes[at++]);
            step = chunk->state == CHUNK_OVER    ? HTTP_END
                   : chunk->state == CHUNK_WRONG ? HTTP_BAD
                                                 : HTTP_MORE;
        }
    }
    *used = at;
    return step;
}
