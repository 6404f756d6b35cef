/*
 * The corridors of the demonstration market and what its countries are like. From France they are
 * those that envoidargent.fr compared; the others are chosen for variety of regions and currencies.
 */
#include <ingest/demo_market.h>

static const struct demo_sender senders[] = {
    /* country, currency, a round amount near 100 dollars, step of fees */
    {"AE", "AED", 40000, 50},     {"AU", "AUD", 15000, 10}, {"BE", "EUR", 10000, 10},
    {"CA", "CAD", 15000, 10},     {"CH", "CHF", 10000, 10}, {"CL", "CLP", 100000, 100},
    {"CR", "CRC", 5000000, 5000}, {"DE", "EUR", 10000, 10}, {"ES", "EUR", 10000, 10},
    {"FR", "EUR", 10000, 10},     {"GB", "GBP", 10000, 10}, {"GH", "GHS", 100000, 50},
    {"IT", "EUR", 10000, 10},     {"JP", "JPY", 10000, 10}, {"KE", "KES", 1000000, 500},
    {"KR", "KRW", 100000, 100},   {"KW", "KWD", 30000, 50}, {"MY", "MYR", 40000, 50},
    {"NL", "EUR", 10000, 10},     {"NZ", "NZD", 15000, 10}, {"PT", "EUR", 10000, 10},
    {"QA", "QAR", 40000, 50},     {"SA", "SAR", 40000, 50}, {"SG", "SGD", 10000, 10},
    {"TH", "THB", 300000, 500},   {"US", "USD", 10000, 10}, {"ZA", "ZAR", 200000, 100},
};

static const struct demo_receiver receivers[] = {
    {"BD", DEMO_SA, "BDT", "", DEMO_WALLETS},
    {"BF", DEMO_SSA, "XOF", "", DEMO_WALLETS},
    {"BJ", DEMO_SSA, "XOF", "", DEMO_WALLETS},
    {"BR", DEMO_LAC, "BRL", "", 0},
    {"CD", DEMO_SSA, "CDF", "USD", DEMO_WALLETS},
    {"CG", DEMO_SSA, "XAF", "", DEMO_WALLETS},
    {"CI", DEMO_SSA, "XOF", "", DEMO_WALLETS},
    {"CM", DEMO_SSA, "XAF", "", DEMO_WALLETS},
    {"CN", DEMO_EAP, "CNY", "", DEMO_WALLETS},
    {"CO", DEMO_LAC, "COP", "", DEMO_WALLETS},
    {"CV", DEMO_SSA, "CVE", "EUR", 0},
    {"DO", DEMO_LAC, "DOP", "USD", DEMO_HOME},
    {"DZ", DEMO_MENA, "DZD", "", DEMO_HOME},
    {"EC", DEMO_LAC, "USD", "", 0},
    {"EG", DEMO_MENA, "EGP", "", DEMO_WALLETS},
    {"FJ", DEMO_EAP, "FJD", "", DEMO_WALLETS},
    {"GA", DEMO_SSA, "XAF", "", DEMO_WALLETS},
    {"GH", DEMO_SSA, "GHS", "", DEMO_WALLETS},
    {"GT", DEMO_LAC, "GTQ", "", DEMO_HOME},
    {"HT", DEMO_LAC, "HTG", "USD", DEMO_WALLETS | DEMO_HOME},
    {"ID", DEMO_EAP, "IDR", "", DEMO_WALLETS},
    {"IN", DEMO_SA, "INR", "", DEMO_HOME},
    {"JM", DEMO_LAC, "JMD", "", 0},
    {"KE", DEMO_SSA, "KES", "", DEMO_WALLETS},
    {"KH", DEMO_EAP, "KHR", "USD", DEMO_WALLETS},
    {"KM", DEMO_SSA, "KMF", "EUR", 0},
    {"LB", DEMO_MENA, "USD", "LBP", DEMO_HOME},
    {"LK", DEMO_SA, "LKR", "", DEMO_HOME},
    {"LS", DEMO_SSA, "LSL", "ZAR", DEMO_WALLETS},
    {"MA", DEMO_MENA, "MAD", "", DEMO_WALLETS | DEMO_HOME},
    {"MG", DEMO_SSA, "MGA", "", DEMO_WALLETS},
    {"ML", DEMO_SSA, "XOF", "", DEMO_WALLETS},
    {"MU", DEMO_SSA, "MUR", "", DEMO_WALLETS},
    {"MX", DEMO_LAC, "MXN", "", DEMO_HOME},
    {"MZ", DEMO_SSA, "MZN", "", DEMO_WALLETS},
    {"NG", DEMO_SSA, "NGN", "USD", DEMO_WALLETS},
    {"NI", DEMO_LAC, "NIO", "USD", 0},
    {"NP", DEMO_SA, "NPR", "", DEMO_WALLETS},
    {"PE", DEMO_LAC, "PEN", "USD", DEMO_WALLETS},
    {"PH", DEMO_EAP, "PHP", "", DEMO_WALLETS | DEMO_HOME},
    {"PK", DEMO_SA, "PKR", "", DEMO_WALLETS | DEMO_HOME},
    {"RS", DEMO_ECA, "RSD", "EUR", 0},
    {"SN", DEMO_SSA, "XOF", "", DEMO_WALLETS},
    {"SV", DEMO_LAC, "USD", "", DEMO_WALLETS},
    {"TG", DEMO_SSA, "XOF", "", DEMO_WALLETS},
    {"TN", DEMO_MENA, "TND", "", DEMO_HOME},
    {"TO", DEMO_EAP, "TOP", "", DEMO_WALLETS},
    {"TR", DEMO_ECA, "TRY", "EUR", DEMO_WALLETS},
    {"TZ", DEMO_SSA, "TZS", "", DEMO_WALLETS},
    {"UG", DEMO_SSA, "UGX", "", DEMO_WALLETS},
    {"VN", DEMO_EAP, "VND", "USD", DEMO_WALLETS | DEMO_HOME},
    {"WS", DEMO_EAP, "WST", "", DEMO_WALLETS},
    {"ZW", DEMO_SSA, "USD", "", DEMO_WALLETS},
};

const struct demo_corridor demo_corridors[] = {
    /* from, to, services, percent of its region's level */
    {"FR", "DZ", 10, 130}, {"FR", "BJ", 14, 100}, {"FR", "BR", 12, 95},  {"FR", "BF", 12, 105},
    {"FR", "CM", 20, 95},  {"FR", "CV", 9, 110},  {"FR", "CN", 14, 90},  {"FR", "KM", 10, 110},
    {"FR", "CG", 12, 110}, {"FR", "CI", 22, 90},  {"FR", "GA", 11, 105}, {"FR", "HT", 10, 110},
    {"FR", "MU", 9, 90},   {"FR", "MG", 15, 100}, {"FR", "ML", 16, 90},  {"FR", "MA", 25, 85},
    {"FR", "CD", 14, 115}, {"FR", "SN", 24, 85},  {"FR", "LK", 10, 120}, {"FR", "TN", 18, 90},
    {"FR", "VN", 14, 95},  {"FR", "TG", 13, 100}, {"FR", "IN", 16, 115}, {"FR", "LB", 11, 105},
    {"FR", "RS", 11, 110}, {"FR", "TR", 14, 95},  {"DE", "TR", 20, 85},  {"DE", "GH", 16, 85},
    {"DE", "MA", 14, 90},  {"DE", "VN", 12, 95},  {"DE", "RS", 11, 95},  {"IT", "BD", 16, 110},
    {"IT", "PH", 14, 100}, {"IT", "SN", 14, 100}, {"ES", "CO", 16, 95},  {"ES", "EC", 14, 100},
    {"ES", "MA", 16, 90},  {"ES", "DO", 11, 100}, {"PT", "BR", 13, 95},  {"PT", "CV", 10, 100},
    {"NL", "MA", 11, 100}, {"BE", "CD", 12, 110}, {"BE", "MA", 12, 95},  {"CH", "LK", 10, 115},
    {"CH", "RS", 11, 110}, {"GB", "IN", 22, 85},  {"GB", "NG", 20, 75},  {"GB", "PK", 20, 85},
    {"GB", "BD", 16, 95},  {"GB", "GH", 18, 80},  {"GB", "KE", 16, 85},  {"GB", "PH", 15, 90},
    {"US", "MX", 25, 90},  {"US", "IN", 24, 95},  {"US", "PH", 22, 90},  {"US", "GT", 14, 85},
    {"US", "SV", 14, 85},  {"US", "DO", 14, 95},  {"US", "HT", 12, 110}, {"US", "VN", 15, 95},
    {"US", "NG", 16, 80},  {"CA", "IN", 18, 100}, {"CA", "PH", 16, 90},  {"CA", "JM", 11, 110},
    {"CA", "HT", 10, 115}, {"AE", "IN", 20, 85},  {"AE", "PK", 16, 80},  {"AE", "BD", 13, 95},
    {"AE", "PH", 14, 85},  {"AE", "NP", 11, 90},  {"AE", "LK", 11, 85},  {"SA", "EG", 14, 85},
    {"SA", "PK", 13, 100}, {"SA", "BD", 11, 110}, {"QA", "NP", 10, 95},  {"QA", "IN", 11, 95},
    {"KW", "EG", 10, 90},  {"KW", "IN", 11, 95},  {"AU", "IN", 16, 110}, {"AU", "PH", 16, 85},
    {"AU", "VN", 13, 95},  {"AU", "FJ", 11, 110}, {"NZ", "FJ", 11, 120}, {"NZ", "WS", 10, 120},
    {"NZ", "TO", 10, 125}, {"JP", "PH", 14, 120}, {"JP", "VN", 12, 105}, {"JP", "BR", 10, 120},
    {"SG", "BD", 11, 105}, {"SG", "IN", 14, 85},  {"SG", "ID", 12, 80},  {"MY", "ID", 12, 85},
    {"MY", "BD", 11, 95},  {"MY", "NP", 9, 95},   {"KR", "VN", 10, 95},  {"TH", "KH", 9, 110},
    {"ZA", "ZW", 12, 130}, {"ZA", "MZ", 10, 125}, {"ZA", "LS", 9, 120},  {"KE", "UG", 9, 120},
    {"KE", "TZ", 9, 125},  {"GH", "NG", 8, 120},  {"CL", "PE", 10, 90},  {"CL", "HT", 9, 110},
    {"CR", "NI", 9, 90},
};
const size_t demo_corridor_count = COUNT_OF(demo_corridors);

const struct demo_sender *demo_sender_find(const char *country)
{
    for (size_t i = 0; i < COUNT_OF(senders); i++) {
        if (strcmp(senders[i].country, country) == 0) {
            return &senders[i];
        }
    }
    return NULL;
}

const struct demo_receiver *demo_receiver_find(const char *country)
{
    for (size_t i = 0; i < COUNT_OF(receivers); i++) {
        if (strcmp(receivers[i].country, country) == 0) {
            return &receivers[i];
        }
    }
    return NULL;
}
