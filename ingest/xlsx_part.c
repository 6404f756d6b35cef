/*
 * XML out of a zip member, a piece at a time. The hard part is that XML lets a small file ask for
 * much: entities that multiply, elements without end inside each other, a token as long as the
 * file. The first needs a document type, which no workbook has; the others are measured.
 */
#include <ingest/xlsx_part.h>

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PIECE = 64 * 1024,
    DEPTH_MAX = 64,
    TOKEN_MAX = 1024 * 1024 /* of a tag, a comment: what expat must hold at once */
};

struct xlsx_part {
    struct xlsx_zip *zip;
    char member[XLSX_NAME_MAX + 1];
    XML_Parser parser;
    const struct xlsx_handler *handler;
    void *arg;
    unsigned depth;
    int64_t fed;
    bool paused;
    bool stopped;
    bool ended; /* the member's last byte was given */
};

const char *xlsx_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2) {
        const char *colon = strchr(attributes[0], ':');
        if (strcmp(colon ? colon + 1 : attributes[0], name) == 0) {
            return attributes[1];
        }
    }
    return NULL;
}

static const char *without_prefix(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

static void XMLCALL start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
    struct xlsx_part *part = arg;
    if (part->stopped) {
        return;
    }
    if (++part->depth > DEPTH_MAX) {
        (void)xlsx_zip_fail(part->zip, "%s has elements more than %d deep", part->member,
                            DEPTH_MAX);
        xlsx_part_stop(part);
        return;
    }
    part->handler->start(part->arg, without_prefix(name), attributes);
}

static void XMLCALL end(void *arg, const XML_Char *name)
{
    struct xlsx_part *part = arg;
    if (!part->stopped) {
        part->depth--;
        part->handler->end(part->arg, without_prefix(name));
    }
}

static void XMLCALL text(void *arg, const XML_Char *at, int len)
{
    struct xlsx_part *part = arg;
    if (!part->stopped) {
        part->handler->text(part->arg, (struct span){at, (size_t)len});
    }
}

static void XMLCALL doctype(void *arg, const XML_Char *name, const XML_Char *system_id,
                            const XML_Char *public_id, int internal)
{
    struct xlsx_part *part = arg;
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)internal;
    (void)xlsx_zip_fail(part->zip, "%s has a document type, which no workbook has", part->member);
    xlsx_part_stop(part);
}

struct xlsx_part *xlsx_part_open(struct xlsx_zip *zip, const char *member,
                                 const struct xlsx_handler *handler, void *arg)
{
    struct xlsx_part *part = NULL;
    if (!xlsx_zip_enter(zip, member)) {
        return NULL;
    }
    part = calloc(1, sizeof *part);
    if (part) {
        part->parser = XML_ParserCreate(NULL);
    }
    if (!part || !part->parser) {
        (void)xlsx_zip_fail(zip, "out of memory");
        xlsx_zip_leave(zip);
        free(part);
        return NULL;
    }
    part->zip = zip;
    part->handler = handler;
    part->arg = arg;
    (void)snprintf(part->member, sizeof part->member, "%s", member);
    XML_SetUserData(part->parser, part);
    XML_SetElementHandler(part->parser, start, end);
    XML_SetCharacterDataHandler(part->parser, text);
    XML_SetStartDoctypeDeclHandler(part->parser, doctype);
    return part;
}

void xlsx_part_close(struct xlsx_part *part)
{
    if (part) {
        xlsx_zip_leave(part->zip);
        XML_ParserFree(part->parser);
        free(part);
    }
}

void xlsx_part_pause(struct xlsx_part *part)
{
    part->paused = true;
    (void)XML_StopParser(part->parser, XML_TRUE);
}

void xlsx_part_stop(struct xlsx_part *part)
{
    if (!part->stopped) {
        part->stopped = true;
        (void)XML_StopParser(part->parser, XML_FALSE);
    }
}

/* Gives expat the next piece. */
static enum XML_Status feed(struct xlsx_part *part)
{
    size_t len = 0;
    void *buffer = XML_GetBuffer(part->parser, PIECE);
    if (!buffer) {
        (void)xlsx_zip_fail(part->zip, "out of memory");
        return XML_STATUS_ERROR;
    }
    if (!xlsx_zip_read(part->zip, buffer, PIECE, &len)) {
        return XML_STATUS_ERROR;
    }
    part->fed += (int64_t)len;
    part->ended = len == 0;
    return XML_ParseBuffer(part->parser, (int)len, part->ended);
}

enum xlsx_part_result xlsx_part_run(struct xlsx_part *part)
{
    enum XML_Status status = XML_STATUS_OK;
    if (part->paused) {
        part->paused = false;
        status = XML_ResumeParser(part->parser);
    }
    while (status == XML_STATUS_OK && !part->ended) {
        if (part->fed - XML_GetCurrentByteIndex(part->parser) > TOKEN_MAX + PIECE) {
            (void)xlsx_zip_fail(part->zip, "%s has a tag or comment of more than %d bytes",
                                part->member, TOKEN_MAX);
            return XLSX_PART_ERROR;
        }
        status = feed(part);
    }
    if (status == XML_STATUS_SUSPENDED) {
        return XLSX_PART_PAUSED;
    }
    if (status == XML_STATUS_ERROR || part->stopped) {
        (void)xlsx_zip_fail(part->zip, "%s is no whole XML: line %lu: %s", part->member,
                            XML_GetCurrentLineNumber(part->parser),
                            XML_ErrorString(XML_GetErrorCode(part->parser)));
        return XLSX_PART_ERROR;
    }
    return XLSX_PART_END;
}

bool xlsx_part_read(struct xlsx_zip *zip, const char *member, const struct xlsx_handler *handler,
                    void *arg)
{
    struct xlsx_part *part = xlsx_part_open(zip, member, handler, arg);
    bool ok = part && xlsx_part_run(part) == XLSX_PART_END;
    xlsx_part_close(part);
    return ok;
}
