/*
 * A workbook's zip file. The hard part is that nothing it says of itself can be trusted: sizes are
 * counted as bytes come out, a member is whole only when its checksum says so, and a bomb is
 * stopped while it goes off.
 */
#include <ingest/xlsx_zip.h>

#include <errno.h>
#include <minizip/unzip.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    ENCRYPTED = 1, /* a bit of a member's flags */
    STORED = 0,
    DEFLATED = 8,
    HASHED_AT_ONCE = 64 * 1024
};

struct xlsx_zip {
    unzFile file;
    char member[XLSX_NAME_MAX + 1]; /* the one being read; "" between */
    uint64_t packed;                /* its bytes in the file */
    uint64_t expanded;              /* its bytes read so far */
    uint64_t done;
    char error[XLSX_ERROR_SIZE];
    unsigned char digest[XLSX_DIGEST_SIZE];
};

bool xlsx_zip_fail(struct xlsx_zip *zip, const char *format, ...)
{
    if (zip->error[0] == '\0') {
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(zip->error, sizeof zip->error, format, arguments);
        va_end(arguments);
    }
    return false;
}

bool xlsx_zip_is(const char *path)
{
    struct stat about;
    /* A pipe is CSV, and is not even opened here: its writer would see it closed again. */
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) {
        return false;
    }
    char begin[4] = "";
    FILE *file = fopen(path, "re");
    bool is = file && fread(begin, 1, 4, file) == 4 &&
              (memcmp(begin, "PK\x03\x04", 4) == 0 || memcmp(begin, "PK\x05\x06", 4) == 0 ||
               memcmp(begin, "\xD0\xCF\x11\xE0", 4) == 0);
    if (file) {
        (void)fclose(file);
    }
    return is;
}

/* The digest of the whole file; false with the reason. */
static bool hash(struct xlsx_zip *zip, const char *path)
{
    static char buffer[HASHED_AT_ONCE];
    size_t len = 0;
    FILE *file = fopen(path, "re");
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = file != NULL;
    if (!file) {
        (void)xlsx_zip_fail(zip, "cannot be opened: %s", strerror(errno));
        goto done;
    }
    ok = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    while (ok && (len = fread(buffer, 1, sizeof buffer, file)) > 0) {
        if (zip->done == 0 && len >= 4 && memcmp(buffer, "\xD0\xCF\x11\xE0", 4) == 0) {
            ok = xlsx_zip_fail(zip, "is locked with a password, or of before 2007; save it as .xlsx"
                                    " without one");
        }
        zip->done += len;
        ok = ok && EVP_DigestUpdate(context, buffer, len) == 1;
    }
    if (ok && ferror(file)) {
        ok = xlsx_zip_fail(zip, "cannot be read: %s", strerror(errno));
    }
    ok = ok && EVP_DigestFinal_ex(context, zip->digest, NULL) == 1;
    if (!ok) {
        (void)xlsx_zip_fail(zip, "its digest cannot be computed");
    }
    zip->done = 0;

done:
    EVP_MD_CTX_free(context);
    if (file) {
        (void)fclose(file);
    }
    return ok;
}

struct xlsx_zip *xlsx_zip_open(const char *path, char *error)
{
    unz_global_info64 info;
    struct xlsx_zip *zip = calloc(1, sizeof *zip);
    if (!zip) {
        (void)snprintf(error, XLSX_ERROR_SIZE, "out of memory");
        return NULL;
    }
    if (!hash(zip, path)) {
        goto failed;
    }
    zip->file = unzOpen64(path);
    if (!zip->file || unzGetGlobalInfo64(zip->file, &info) != UNZ_OK) {
        (void)xlsx_zip_fail(zip, "is not a whole workbook: the list at its end is missing or"
                                 " damaged; it may have been cut");
        goto failed;
    }
    if (info.number_entry > XLSX_MEMBERS_MAX) {
        (void)xlsx_zip_fail(zip, "has more than %d parts; no workbook has", XLSX_MEMBERS_MAX);
        goto failed;
    }
    return zip;

failed:
    (void)snprintf(error, XLSX_ERROR_SIZE, "%s", zip->error);
    xlsx_zip_close(zip);
    return NULL;
}

void xlsx_zip_close(struct xlsx_zip *zip)
{
    if (zip) {
        if (zip->file) {
            xlsx_zip_leave(zip);
            (void)unzClose(zip->file);
        }
        free(zip);
    }
}

/* Names of parts differ in case at times; Excel does not mind. */
static bool locate(struct xlsx_zip *zip, const char *member, unz_file_info64 *info)
{
    return unzLocateFile(zip->file, member, 2) == UNZ_OK &&
           unzGetCurrentFileInfo64(zip->file, info, NULL, 0, NULL, 0, NULL, 0) == UNZ_OK;
}

bool xlsx_zip_has(struct xlsx_zip *zip, const char *member, uint64_t *size)
{
    unz_file_info64 info;
    bool has = locate(zip, member, &info);
    *size = has ? info.uncompressed_size : 0;
    return has;
}

bool xlsx_zip_enter(struct xlsx_zip *zip, const char *member)
{
    unz_file_info64 info;
    if (strlen(member) > XLSX_NAME_MAX || !locate(zip, member, &info)) {
        return xlsx_zip_fail(zip, "lacks the part %.100s: no workbook, or a damaged one", member);
    }
    if (info.flag & ENCRYPTED) {
        return xlsx_zip_fail(zip, "%s is encrypted; save the workbook without a password", member);
    }
    if (info.compression_method != STORED && info.compression_method != DEFLATED) {
        return xlsx_zip_fail(zip, "%s is packed by a method that workbooks do not use (%lu)",
                             member, info.compression_method);
    }
    if (info.uncompressed_size > XLSX_EXPANDED_MAX) {
        return xlsx_zip_fail(zip,
                             "%s says it expands to more than %llu bytes, the most that is"
                             " taken",
                             member, XLSX_EXPANDED_MAX);
    }
    if (unzOpenCurrentFile(zip->file) != UNZ_OK) {
        return xlsx_zip_fail(zip, "%s is damaged: the file contradicts the list at its end",
                             member);
    }
    (void)snprintf(zip->member, sizeof zip->member, "%s", member);
    zip->packed = info.compressed_size;
    zip->expanded = 0;
    return true;
}

bool xlsx_zip_read(struct xlsx_zip *zip, void *buffer, size_t size, size_t *len)
{
    int got = unzReadCurrentFile(zip->file, buffer, (unsigned)size);
    *len = 0;
    if (got < 0) {
        return xlsx_zip_fail(zip, "%s is damaged: it cannot be unpacked", zip->member);
    }
    zip->expanded += (uint64_t)got;
    zip->done += (uint64_t)got;
    if (zip->done > XLSX_EXPANDED_MAX) {
        return xlsx_zip_fail(zip, "expands to more than %llu bytes, the most that is taken",
                             XLSX_EXPANDED_MAX);
    }
    if (zip->expanded > XLSX_RATIO_FROM && zip->expanded / XLSX_RATIO_MAX > zip->packed) {
        return xlsx_zip_fail(zip, "%s expands to more than %u times its size; no table does",
                             zip->member, XLSX_RATIO_MAX);
    }
    if (got == 0) {
        unz_file_info64 info;
        int closed = unzCloseCurrentFile(zip->file);
        bool whole =
            closed == UNZ_OK &&
            unzGetCurrentFileInfo64(zip->file, &info, NULL, 0, NULL, 0, NULL, 0) == UNZ_OK &&
            info.uncompressed_size == zip->expanded;
        if (!whole) {
            (void)xlsx_zip_fail(zip, "%s is damaged: %s", zip->member,
                                closed == UNZ_CRCERROR ? "its checksum is another"
                                                       : "it ends too early");
        }
        zip->member[0] = '\0';
        return whole;
    }
    *len = (size_t)got;
    return true;
}

void xlsx_zip_leave(struct xlsx_zip *zip)
{
    if (zip->member[0] != '\0') {
        (void)unzCloseCurrentFile(zip->file);
        zip->member[0] = '\0';
    }
}

const char *xlsx_zip_error(const struct xlsx_zip *zip)
{
    return zip->error;
}

uint64_t xlsx_zip_done(const struct xlsx_zip *zip)
{
    return zip->done;
}

const unsigned char *xlsx_zip_digest(const struct xlsx_zip *zip)
{
    return zip->digest;
}
