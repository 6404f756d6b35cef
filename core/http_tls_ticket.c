/*
 * The keys of session tickets: random, in memory only, shared by all workers so that a client may
 * come back to any of them. The hard part is forgetting: a ticket opens whatever was sent under it,
 * so a key seals for a while, opens for two more, and is then wiped, whether anybody came or not.
 */
#include "http_engine.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

static bool ticket_key_new(struct http_ticket_key *key)
{
    key->set = RAND_bytes(key->name, sizeof key->name) == 1 &&
               RAND_priv_bytes(key->cipher, sizeof key->cipher) == 1 &&
               RAND_priv_bytes(key->mac, sizeof key->mac) == 1;
    return key->set;
}

bool http_tickets_open(struct http_tickets *tickets, unsigned seconds)
{
    *tickets = (struct http_tickets){.seconds = seconds};
    tickets->cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
    tickets->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    tickets->next_us = http_now_us() + (uint64_t)seconds * 1000000;
    return pthread_mutex_init(&tickets->lock, NULL) == 0 && tickets->cipher != NULL &&
           tickets->mac != NULL && ticket_key_new(&tickets->keys[0]);
}

void http_tickets_close(struct http_tickets *tickets)
{
    if (tickets->seconds > 0) {
        pthread_mutex_destroy(&tickets->lock);
        EVP_CIPHER_free(tickets->cipher);
        EVP_MAC_free(tickets->mac);
        OPENSSL_cleanse(tickets->keys, sizeof tickets->keys);
    }
}

void http_tickets_tick(struct http_tickets *tickets)
{
    struct http_ticket_key fresh = {.set = false};
    uint64_t now = http_now_us();
    if (now < tickets->next_us) {
        return;
    }
    tickets->next_us = now + (uint64_t)tickets->seconds * 1000000;
    /* Without randomness there is no new key; the old ones still go. */
    (void)ticket_key_new(&fresh);
    pthread_mutex_lock(&tickets->lock);
    for (unsigned i = HTTP_TICKET_KEYS - 1; i > 0; i--) {
        tickets->keys[i] = tickets->keys[i - 1];
    }
    tickets->keys[0] = fresh;
    pthread_mutex_unlock(&tickets->lock);
    OPENSSL_cleanse(&fresh, sizeof fresh);
}

/* Copies the key that seals (name NULL) or the one of that name; returns its age, or
 * HTTP_TICKET_KEYS. */
static unsigned ticket_key_find(struct http_tickets *tickets, const unsigned char *name,
                                struct http_ticket_key *key)
{
    unsigned age = 0;
    pthread_mutex_lock(&tickets->lock);
    while (
        age < HTTP_TICKET_KEYS && name != NULL &&
        !(tickets->keys[age].set && memcmp(tickets->keys[age].name, name, sizeof key->name) == 0)) {
        age++;
    }
    if (age < HTTP_TICKET_KEYS) {
        *key = tickets->keys[age];
    }
    pthread_mutex_unlock(&tickets->lock);
    return age;
}

static bool ticket_mac(EVP_MAC_CTX *mac, struct http_ticket_key *key)
{
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->mac, sizeof key->mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

/* OpenSSL's question: -1 an error, 0 no ticket, 1 good, 2 good but give a new one. */
static int ticket_on_key(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                         EVP_MAC_CTX *mac, int seal)
{
    struct http_tickets *tickets = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    struct http_ticket_key key = {.set = false};
    int result = 0;
    unsigned age = ticket_key_find(tickets, seal ? NULL : name, &key);
    if (!key.set) {
        return 0;
    }
    if (seal) {
        memcpy(name, key.name, sizeof key.name);
        bool good = RAND_bytes(iv, EVP_CIPHER_get_iv_length(tickets->cipher)) == 1 &&
                    EVP_EncryptInit_ex2(cipher, tickets->cipher, key.cipher, iv, NULL) == 1 &&
                    ticket_mac(mac, &key);
        result = good ? 1 : -1;
    } else {
        bool good = EVP_DecryptInit_ex2(cipher, tickets->cipher, key.cipher, iv, NULL) == 1 &&
                    ticket_mac(mac, &key);
        /* In TLS 1.3 a ticket is used once: always a new one. */
        bool renew = age > 0 || SSL_version(ssl) >= TLS1_3_VERSION;
        result = !good ? -1 : renew ? 2 : 1;
    }
    OPENSSL_cleanse(&key, sizeof key);
    return result;
}

bool http_tickets_use(struct http_tickets *tickets, SSL_CTX *context)
{
    SSL_CTX_set_app_data(context, tickets);
    return SSL_CTX_set_tlsext_ticket_key_evp_cb(context, ticket_on_key) == 1;
}
