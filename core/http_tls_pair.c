/*
 * One certificate as it lies in the folder: NAME.crt (its chain behind it), NAME.key and perhaps
 * NAME.ocsp. Whatever is wrong is said with the file's name, since whoever put it there reads that
 * line and nothing else.
 */
#include "http_tls.h"

#include <corridor/log.h>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define STAPLE_MAX 65536L

enum {
    PATH_SIZE = 4096
};

/* Why OpenSSL refused something; the error queue is empty afterwards. */
static const char *pair_reason(void)
{
    unsigned long error = ERR_peek_last_error();
    const char *reason = error == 0 ? NULL : ERR_reason_error_string(error);
    ERR_clear_error();
    return reason == NULL ? "not readable" : reason;
}

static bool pair_path(char *path, const char *folder, const char *name, const char *ending)
{
    int len = snprintf(path, PATH_SIZE, "%s/%s.%s", folder, name, ending);
    return len > 0 && len < PATH_SIZE;
}

/* A key that asks for a password is refused: nobody is there to type one. */
static int pair_no_password(char *buffer, int size, int writing, void *arg)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)arg;
    return -1;
}

static bool pair_certificate(struct http_pair_files *pair, const char *path)
{
    BIO *file = BIO_new_file(path, "re");
    pair->leaf = file == NULL ? NULL : PEM_read_bio_X509_AUX(file, NULL, pair_no_password, NULL);
    pair->chain = sk_X509_new_null();
    bool good = pair->leaf != NULL && pair->chain != NULL;
    while (good) {
        X509 *next = PEM_read_bio_X509(file, NULL, pair_no_password, NULL);
        if (next == NULL) {
            /* The end of the file, and not something half there. */
            good = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
            break;
        }
        if (sk_X509_push(pair->chain, next) == 0) {
            X509_free(next);
            good = false;
        }
    }
    if (good) {
        ERR_clear_error();
    } else {
        log_error("%s: %s", path, pair_reason());
    }
    BIO_free(file);
    return good;
}

static bool pair_key(struct http_pair_files *pair, const char *path)
{
    BIO *file = BIO_new_file(path, "re");
    pair->key = file == NULL ? NULL : PEM_read_bio_PrivateKey(file, NULL, pair_no_password, NULL);
    BIO_free(file);
    if (pair->key == NULL) {
        log_error("%s: %s", path, pair_reason());
        return false;
    }
    if (X509_check_private_key(pair->leaf, pair->key) != 1) {
        ERR_clear_error();
        log_error("%s is not the key of the certificate beside it", path);
        return false;
    }
    return true;
}

/* ---- Staples ---- */

static int64_t staple_time(const ASN1_GENERALIZEDTIME *time)
{
    struct tm utc;
    return time != NULL && ASN1_TIME_to_tm(time, &utc) == 1 ? timegm(&utc) : 0;
}

/* The reason why it cannot be stapled, or NULL; *until is its end. */
static const char *staple_judge(OCSP_RESPONSE *response, const X509 *leaf, int64_t *until)
{
    const char *reason = NULL;
    ASN1_GENERALIZEDTIME *next = NULL;
    const ASN1_INTEGER *serial = X509_get0_serialNumber(leaf);
    ASN1_INTEGER *about = NULL;
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    OCSP_SINGLERESP *single = basic == NULL ? NULL : OCSP_resp_get0(basic, 0);
    /* OCSP_id_get0_info only reads, but its type cannot say so. */
    union {
        const OCSP_CERTID *in;
        OCSP_CERTID *out;
    } id = {.in = single == NULL ? NULL : OCSP_SINGLERESP_get0_id(single)};
    if (single == NULL || OCSP_id_get0_info(NULL, NULL, NULL, &about, id.out) != 1) {
        reason = "not a successful OCSP response";
        goto done;
    }
    if (ASN1_INTEGER_cmp(about, serial) != 0) {
        reason = "about another certificate";
        goto done;
    }
    if (OCSP_single_get0_status(single, NULL, NULL, NULL, &next) != V_OCSP_CERTSTATUS_GOOD) {
        reason = "it says that the certificate is not good";
        goto done;
    }
    *until = staple_time(next);
    if (*until != 0 && *until <= time(NULL)) {
        reason = "out of date";
    }
done:
    OCSP_BASICRESP_free(basic);
    return reason;
}

static void pair_staple(struct http_pair_files *pair, const char *path)
{
    if (access(path, F_OK) != 0) {
        return;
    }
    BIO *file = BIO_new_file(path, "rbe");
    OCSP_RESPONSE *response = file == NULL ? NULL : d2i_OCSP_RESPONSE_bio(file, NULL);
    const char *reason =
        response == NULL ? pair_reason() : staple_judge(response, pair->leaf, &pair->staple_until);
    int len = reason == NULL ? i2d_OCSP_RESPONSE(response, &pair->staple) : 0;
    if (len > 0 && len <= STAPLE_MAX) {
        pair->staple_len = (size_t)len;
    } else {
        ERR_clear_error();
        log_warn("%s is not stapled: %s", path, reason == NULL ? "too long" : reason);
    }
    OCSP_RESPONSE_free(response);
    BIO_free(file);
}

/* ---- The whole ---- */

bool http_pair_read(struct http_pair_files *pair, const char *folder, const char *name)
{
    char certificate[PATH_SIZE];
    char key[PATH_SIZE];
    char staple[PATH_SIZE];
    *pair = (struct http_pair_files){0};
    if (!pair_path(certificate, folder, name, "crt") || !pair_path(key, folder, name, "key") ||
        !pair_path(staple, folder, name, "ocsp")) {
        log_error("%s/%s.crt: the path is too long", folder, name);
        return false;
    }
    if (!pair_certificate(pair, certificate) || !pair_key(pair, key)) {
        return false;
    }
    if (X509_cmp_current_time(X509_get0_notAfter(pair->leaf)) < 0) {
        /* Browsers will say so too; serving nothing instead would help nobody. */
        log_warn("%s is out of date", certificate);
    }
    pair_staple(pair, staple);
    return true;
}

void http_pair_free(struct http_pair_files *pair)
{
    X509_free(pair->leaf);
    sk_X509_pop_free(pair->chain, X509_free);
    EVP_PKEY_free(pair->key);
    OPENSSL_free(pair->staple);
    *pair = (struct http_pair_files){0};
}

static GENERAL_NAMES *pair_names(const struct http_pair_files *pair)
{
    return X509_get_ext_d2i(pair->leaf, NID_subject_alt_name, NULL, NULL);
}

static bool names_has(const GENERAL_NAMES *names, GENERAL_NAME *name)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(names, i), name) == 0) {
            return true;
        }
    }
    return false;
}

bool http_pair_same_names(const struct http_pair_files *a, const struct http_pair_files *b)
{
    GENERAL_NAMES *of_a = pair_names(a);
    GENERAL_NAMES *of_b = pair_names(b);
    bool same =
        of_a != NULL && of_b != NULL && sk_GENERAL_NAME_num(of_a) == sk_GENERAL_NAME_num(of_b);
    for (int i = 0; same && i < sk_GENERAL_NAME_num(of_a); i++) {
        same = names_has(of_b, sk_GENERAL_NAME_value(of_a, i));
    }
    GENERAL_NAMES_free(of_a);
    GENERAL_NAMES_free(of_b);
    return same;
}
