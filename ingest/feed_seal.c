/*
 * Sealing with a master key from a file. The hard part is the file: it must never be readable for
 * others, never be made twice by two programs that start together, and never be half written; so it
 * is written under another name and linked into place, which only one can do.
 */
#include <ingest/feed_seal.h>

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    VERSION = 1,
    NAME_SIZE = 4,
    NONCE_SIZE = 12,
    TAG_SIZE = 16,
    HEX_SIZE = FEED_SEAL_KEY_SIZE * 2,
    PATH_SIZE = 2048,
};

struct feed_seal {
    uint8_t key[FEED_SEAL_KEY_SIZE];
    uint8_t name[NAME_SIZE];
    char name_text[NAME_SIZE * 2 + 1];
};

/* Writes a new key beside the path, then links it there: EEXIST when another program was faster. */
static bool make_file(const char *path, char *error, size_t size)
{
    char beside[PATH_SIZE];
    char text[HEX_SIZE + 2];
    uint8_t key[FEED_SEAL_KEY_SIZE];
    bool made = false;
    int fd = -1;
    const int len = snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid());
    if (len < 0 || (size_t)len >= sizeof beside || RAND_bytes(key, sizeof key) != 1) {
        (void)snprintf(error, size, "no random bytes for a master key, or too long a path: %s",
                       path);
        return false;
    }
    for (size_t i = 0; i < sizeof key; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", key[i]);
    }
    text[HEX_SIZE] = '\n';
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0 && write(fd, text, HEX_SIZE + 1) == HEX_SIZE + 1 && fsync(fd) == 0) {
        made = link(beside, path) == 0 || errno == EEXIST;
    }
    if (!made) {
        (void)snprintf(error, size, "the master key cannot be written to %s: %s", path,
                       strerror(errno));
    }
    if (fd >= 0) {
        (void)close(fd);
        (void)unlink(beside);
    }
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(text, sizeof text);
    return made;
}

static bool decode_hex(const char *text, uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count * 2; i++) {
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
        if (!digit) {
            return false;
        }
        const unsigned value = (unsigned)(digit - digits);
        bytes[i / 2] = (uint8_t)(i % 2 ? bytes[i / 2] | value : value << 4);
    }
    return true;
}

/* A master key's name is the start of its hash: it tells which one it is, and nothing of it. */
static bool give_name(struct feed_seal *seal)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    if (EVP_Digest(seal->key, sizeof seal->key, hash, NULL, EVP_sha256(), NULL) != 1) {
        return false;
    }
    memcpy(seal->name, hash, NAME_SIZE);
    (void)snprintf(seal->name_text, sizeof seal->name_text, "%02x%02x%02x%02x", hash[0], hash[1],
                   hash[2], hash[3]);
    return true;
}

static bool read_key(int fd, const char *path, struct feed_seal *seal, char *error, size_t size)
{
    char text[HEX_SIZE + 3] = "";
    struct stat about;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || (about.st_mode & 077) != 0) {
        (void)snprintf(error, size,
                       "the master key %s must be a file that its owner alone can read; run: chmod "
                       "600 %s",
                       path, path);
        return false;
    }
    const ssize_t len = read(fd, text, sizeof text - 1);
    const bool right = (len == HEX_SIZE || (len == HEX_SIZE + 1 && text[HEX_SIZE] == '\n')) &&
                       decode_hex(text, seal->key, sizeof seal->key) && give_name(seal);
    OPENSSL_cleanse(text, sizeof text);
    if (!right) {
        (void)snprintf(error, size,
                       "the master key %s must hold %d hexadecimal digits in lower "
                       "case",
                       path, HEX_SIZE);
    }
    return right;
}

struct feed_seal *feed_seal_load(const char *path, bool create, bool *created, char *error,
                                 size_t size)
{
    struct feed_seal *seal = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *created = false;
    if (fd < 0 && errno == ENOENT && create) {
        if (!make_file(path, error, size)) {
            return NULL;
        }
        *created = true;
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0) {
        (void)snprintf(error, size, "the master key %s cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    seal = calloc(1, sizeof *seal);
    if (!seal) {
        (void)snprintf(error, size, "no memory");
    } else if (!read_key(fd, path, seal, error, size)) {
        feed_seal_free(seal);
        seal = NULL;
    }
    (void)close(fd);
    return seal;
}

void feed_seal_free(struct feed_seal *seal)
{
    if (seal) {
        OPENSSL_cleanse(seal, sizeof *seal);
        free(seal);
    }
}

const char *feed_seal_name(const struct feed_seal *seal)
{
    return seal->name_text;
}

bool feed_seal_seal(const struct feed_seal *seal, struct span keyid, const uint8_t *secret,
                    size_t len, uint8_t *sealed)
{
    int done = 0;
    uint8_t *nonce = sealed + 1 + NAME_SIZE;
    uint8_t *text = nonce + NONCE_SIZE;
    sealed[0] = VERSION;
    memcpy(sealed + 1, seal->name, NAME_SIZE);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    const bool right =
        context && RAND_bytes(nonce, NONCE_SIZE) == 1 &&
        EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, seal->key, nonce) == 1 &&
        EVP_EncryptUpdate(context, NULL, &done, (const unsigned char *)keyid.at, (int)keyid.len) ==
            1 &&
        EVP_EncryptUpdate(context, text, &done, secret, (int)len) == 1 &&
        EVP_EncryptFinal_ex(context, text + len, &done) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, text + len) == 1;
    EVP_CIPHER_CTX_free(context);
    return right;
}

bool feed_seal_unseal(const struct feed_seal *seal, struct span keyid, const uint8_t *sealed,
                      size_t len, uint8_t *secret)
{
    int done = 0;
    uint8_t tag[TAG_SIZE];
    if (len < FEED_SEAL_OVERHEAD || sealed[0] != VERSION ||
        memcmp(sealed + 1, seal->name, NAME_SIZE) != 0) {
        return false;
    }
    const size_t secret_len = len - FEED_SEAL_OVERHEAD;
    const uint8_t *nonce = sealed + 1 + NAME_SIZE;
    const uint8_t *text = nonce + NONCE_SIZE;
    memcpy(tag, text + secret_len, sizeof tag);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    const bool right =
        context && EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, seal->key, nonce) == 1 &&
        EVP_DecryptUpdate(context, NULL, &done, (const unsigned char *)keyid.at, (int)keyid.len) ==
            1 &&
        EVP_DecryptUpdate(context, secret, &done, text, (int)secret_len) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, tag) == 1 &&
        EVP_DecryptFinal_ex(context, secret + secret_len, &done) == 1;
    EVP_CIPHER_CTX_free(context);
    if (!right) {
        OPENSSL_cleanse(secret, secret_len);
    }
    return right;
}
