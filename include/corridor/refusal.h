/*
 * Why something that was sent is refused, or held back: the one list of codes. They are public
 * words, published at /v1/refusals; a code's meaning never changes, new ones are added.
 */
#ifndef CORRIDOR_REFUSAL_H
#define CORRIDOR_REFUSAL_H

#include <corridor/base.h>

/*
 * X(NAME, "code", GROUP, "explanation in English", "in French")
 *
 * DOCUMENT: nothing of the submission is taken. QUOTE: this quote is not taken, the others are.
 * OBSERVATION: the same of a mystery shopper's observation, beside those of QUOTE that fit. HELD:
 * the quote is kept in quarantine and not shown until somebody has looked at it.
 */
#define REFUSALS(X)                                                                                 \
    X(NOT_JSON, "not_json", DOCUMENT, "The document, or a line of it, is not JSON.",                \
      "Le document, ou l'une de ses lignes, n'est pas du JSON.")                                    \
    X(CUT_OFF, "cut_off", DOCUMENT, "The document ended before its end.",                           \
      "Le document s'arrête avant sa fin.")                                                         \
    X(EMPTY_DOCUMENT, "empty_document", DOCUMENT, "The document holds nothing.",                    \
      "Le document ne contient rien.")                                                              \
    X(NOT_AN_OBJECT, "not_an_object", DOCUMENT, "A quote must be a JSON object.",                   \
      "Un tarif doit être un objet JSON.")                                                          \
    X(NOT_UTF8, "not_utf8", QUOTE, "A text is not valid UTF-8.",                                    \
      "Un texte n'est pas en UTF-8 valide.")                                                        \
    X(TOO_LONG, "too_long", QUOTE, "The quote, or a text or list in it, is longer than allowed.",   \
      "Le tarif, ou l'un de ses textes ou listes, est trop long.")                                  \
    X(TOO_DEEP, "too_deep", QUOTE, "Objects and lists are nested deeper than any quote needs.",     \
      "Les objets et listes sont imbriqués plus profondément que nécessaire.")                      \
    X(DUPLICATE_FIELD, "duplicate_field", QUOTE, "A field stands twice in one object.",             \
      "Un champ figure deux fois dans le même objet.")                                              \
    X(UNKNOWN_FIELD, "unknown_field", QUOTE,                                                        \
      "There is no such field. It is refused, since it may be another one misspelt.",               \
      "Ce champ n'existe pas. Il est refusé, car il peut s'agir d'une faute de frappe.")            \
    X(MISSING_FIELD, "missing_field", QUOTE, "A field that is needed is not there.",                \
      "Un champ obligatoire manque.")                                                               \
    X(WRONG_TYPE, "wrong_type", QUOTE,                                                              \
      "A value is of another JSON type. Amounts, rates and percentages are texts such as "          \
      "\"1.99\", since JSON numbers lose decimals on the way.",                                     \
      "Une valeur est d'un autre type JSON. Les montants, taux et pourcentages sont des textes "    \
      "comme \"1.99\", car les nombres JSON perdent des décimales en chemin.")                      \
    X(BAD_REF, "bad_ref", QUOTE,                                                                    \
      "A ref is 1 to 100 of the characters A-Z a-z 0-9 . _ ~ : - and begins with a letter or a "    \
      "digit.",                                                                                     \
      "Une ref compte de 1 à 100 caractères parmi A-Z a-z 0-9 . _ ~ : - et commence par une "     \
      "lettre ou un chiffre.")                                                                      \
    X(DUPLICATE_REF, "duplicate_ref", QUOTE,                                                        \
      "An earlier quote of this submission has the same ref and price.",                            \
      "Un tarif précédent de cet envoi porte la même ref et le même type de prix.")                 \
    X(REF_OF_OTHER_CORRIDOR, "ref_of_other_corridor", QUOTE,                                        \
      "This ref is that of a service on another corridor. A service never changes corridor: give "  \
      "the new one a ref of its own.",                                                              \
      "Cette ref est celle d'un service d'un autre corridor. Un service ne change jamais de "       \
      "corridor : donnez au nouveau sa propre ref.")                                                \
    X(UNKNOWN_CORRIDOR, "unknown_corridor", QUOTE,                                                  \
      "A corridor is two different countries of today, sending first, in ISO 3166-1 letters: "      \
      "FR-SN or FRASEN.",                                                                           \
      "Un corridor, ce sont deux pays actuels différents, celui d'envoi d'abord, en lettres ISO "  \
      "3166-1 : FR-SN ou FRASEN.")                                                                  \
    X(UNKNOWN_CURRENCY, "unknown_currency", QUOTE, "ISO 4217 has no such currency.",                \
      "Cette devise n'existe pas dans l'ISO 4217.")                                                 \
    X(CURRENCY_NOT_USED, "currency_not_used", QUOTE,                                                \
      "Nobody pays in this currency there now. What is sent is the sending country's money; what "  \
      "is received is the receiving country's, US dollars or euros.",                               \
      "Cette devise n'est pas utilisée dans ce pays aujourd'hui. On envoie la monnaie du pays "    \
      "d'envoi ; on reçoit celle du pays de réception, des dollars américains ou des euros.")       \
    X(UNKNOWN_CODE, "unknown_code", QUOTE, "A word is not one of the codes of its field.",          \
      "Un mot ne figure pas parmi les codes de son champ.")                                         \
    X(EMPTY_LIST, "empty_list", QUOTE, "A list needs at least one entry.",                          \
      "Une liste doit avoir au moins une entrée.")                                                  \
    X(REPEATED_CODE, "repeated_code", QUOTE, "A list names one code twice.",                        \
      "Une liste cite deux fois le même code.")                                                     \
    X(NOT_A_NUMBER, "not_a_number", QUOTE,                                                          \
      "A number is digits with at most one point: 1234.50. No spaces, no comma, no exponent.",      \
      "Un nombre s'écrit en chiffres avec au plus un point : 1234.50. Ni espace, ni virgule, ni "  \
      "exposant.")                                                                                  \
    X(TOO_MANY_DECIMALS, "too_many_decimals", QUOTE,                                                \
      "An amount has more decimals than its currency, a rate more than 12, or a percentage more "   \
      "than 6.",                                                                                    \
      "Un montant a plus de décimales que sa devise, un taux plus de 12 ou un pourcentage plus "   \
      "de 6.")                                                                                      \
    X(OUT_OF_RANGE, "out_of_range", QUOTE,                                                          \
      "A number is larger than any amount, rate, percentage or count can be.",                      \
      "Un nombre dépasse tout montant, taux, pourcentage ou compte possible.")                      \
    X(NEGATIVE, "negative", QUOTE, "Fees, percentages, limits and counts are not below zero.",      \
      "Les frais, pourcentages, limites et comptes ne sont pas négatifs.")                          \
    X(RATE_NOT_POSITIVE, "rate_not_positive", QUOTE,                                                \
      "An exchange rate is above zero; null says that it is not disclosed.",                        \
      "Un taux de change est supérieur à zéro ; null signifie qu'il n'est pas communiqué.")         \
    X(NO_BANDS, "no_bands", QUOTE, "A tariff needs at least one band.",                             \
      "Un barème doit avoir au moins une tranche.")                                                 \
    X(TOO_MANY_BANDS, "too_many_bands", QUOTE, "A tariff has at most 32 bands.",                    \
      "Un barème a au plus 32 tranches.")                                                           \
    X(BANDS_GAP, "bands_gap", QUOTE, "A band must begin where the one before it ends.",             \
      "Une tranche doit commencer là où la précédente finit.")                                      \
    X(BANDS_OVERLAP, "bands_overlap", QUOTE,                                                        \
      "A band begins before the one before it ends; only the last one may be open.",                \
      "Une tranche commence avant la fin de la précédente ; seule la dernière peut être "       \
      "ouverte.")                                                                                   \
    X(BAND_REVERSED, "band_reversed", QUOTE, "A band must end above where it begins.",              \
      "Une tranche doit finir au-dessus de son début.")                                             \
    X(FEE_LIMITS_REVERSED, "fee_limits_reversed", QUOTE, "fee_max is below fee_min.",               \
      "fee_max est inférieur à fee_min.")                                                           \
    X(LIMITS_REVERSED, "limits_reversed", QUOTE, "max is below min, or zero.",                      \
      "max est inférieur à min, ou nul.")                                                           \
    X(LIMITS_OUTSIDE_BANDS, "limits_outside_bands", QUOTE,                                          \
      "min and max must lie within the bands: every amount taken needs its price.",                 \
      "min et max doivent être dans les tranches : tout montant accepté a besoin de son prix.")     \
    X(FEE_ABOVE_AMOUNT, "fee_above_amount", QUOTE,                                                  \
      "In a band the fee and tax are more than the amount, even at its largest amount.",            \
      "Dans une tranche, les frais et taxes dépassent le montant, même au plus grand montant.")     \
    X(NOTHING_ARRIVES, "nothing_arrives", QUOTE,                                                    \
      "The receiving fee takes all, even at a band's largest amount.",                              \
      "Les frais de réception prennent tout, même au plus grand montant d'une tranche.")            \
    X(BAD_TIME, "bad_time", QUOTE,                                                                  \
      "A time is RFC 3339 with seconds and an offset: 2026-03-01T09:00:00Z, or +01:00 for Z.",      \
      "Une heure s'écrit selon la RFC 3339 avec secondes et décalage : 2026-03-01T09:00:00Z, ou " \
      "+01:00 au lieu de Z.")                                                                       \
    X(DATES_REVERSED, "dates_reversed", QUOTE, "valid_until is not after valid_from.",              \
      "valid_until n'est pas après valid_from.")                                                    \
    X(VALID_TOO_LONG, "valid_too_long", QUOTE,                                                      \
      "A price holds for at most 30 days; send it again to prolong it.",                            \
      "Un prix vaut 30 jours au plus ; renvoyez-le pour le prolonger.")                             \
    X(VALID_TOO_FAR, "valid_too_far", QUOTE,                                                        \
      "A price may be announced at most 30 days before it begins.",                                 \
      "Un prix peut être annoncé au plus 30 jours avant son début.")                                \
    X(ALREADY_EXPIRED, "already_expired", QUOTE, "valid_until is past.", "valid_until est passé.")  \
    X(UNKNOWN_OPERATOR, "unknown_operator", OBSERVATION, "There is no such operator.",              \
      "Cet opérateur n'existe pas.")                                                                \
    X(NOT_PAST, "not_past", OBSERVATION, "What was observed lies in the future.",                   \
      "Ce qui a été observé est dans le futur.")                                                    \
    X(TOO_OLD, "too_old", OBSERVATION, "An observation is sent within a year.",                     \
      "Une observation s'envoie dans l'année.")                                                     \
    X(NOTHING_PAID, "nothing_paid", OBSERVATION,                                                    \
      "What was sent, paid and received is above zero, and no less is paid than sent.",             \
      "Ce qui est envoyé, payé et reçu est supérieur à zéro, et on ne paie pas moins que le " \
      "montant envoyé.")                                                                            \
    X(BAD_SHA256, "bad_sha256", OBSERVATION, "A SHA-256 is 64 hexadecimal digits, lower case.",     \
      "Une empreinte SHA-256 compte 64 chiffres hexadécimaux minuscules.")                          \
    X(CURRENCIES_SWAPPED, "currencies_swapped", HELD,                                               \
      "Sending and receiving currency are the other way round than in this service's last price.",  \
      "Les devises d'envoi et de réception sont inversées par rapport au dernier prix de ce "     \
      "service.")                                                                                   \
    X(RATE_INVERTED, "rate_inverted", HELD,                                                         \
      "The rate is that of the opposite direction: about 1 divided by what is expected.",           \
      "Le taux est celui du sens contraire : environ 1 divisé par le taux attendu.")                \
    X(RATE_SHIFTED, "rate_shifted", HELD,                                                           \
      "The rate is about 10, 100 or 1,000 times what is expected, or a part of that.",              \
      "Le taux est environ 10, 100 ou 1 000 fois le taux attendu, ou une telle fraction.")          \
    X(RATE_FAR_FROM_LAST, "rate_far_from_last", HELD,                                               \
      "The rate is far from this service's last one, beyond what the market moved.",                \
      "Le taux est loin du dernier de ce service, au-delà du mouvement du marché.")                 \
    X(RATE_FAR_FROM_CORRIDOR, "rate_far_from_corridor", HELD,                                       \
      "The rate is far from those that others offer on this corridor.",                             \
      "Le taux est loin de ceux des autres sur ce corridor.")                                       \
    X(RATE_FAR_FROM_REFERENCE, "rate_far_from_reference", HELD,                                     \
      "The rate is far from the market's, and there are too few prices to compare it with.",        \
      "Le taux est loin de celui du marché, et trop peu de prix permettent de comparer.")           \
    X(RATES_APART, "rates_apart", HELD, "The rates of two bands are far apart.",                    \
      "Les taux de deux tranches sont très éloignés.")                                              \
    X(FEE_SHIFTED, "fee_shifted", HELD,                                                             \
      "The fee is 10 or 100 times this service's last one, or a part of that.",                     \
      "Les frais sont 10 ou 100 fois les derniers de ce service, ou une telle fraction.")           \
    X(FEE_FAR_FROM_LAST, "fee_far_from_last", HELD,                                                 \
      "The fee takes far more of the amount than this service's last one.",                         \
      "Les frais prennent une part du montant bien plus grande que les derniers de ce service.")    \
    X(FEE_FAR_FROM_CORRIDOR, "fee_far_from_corridor", HELD,                                         \
      "The fee takes far more of the amount than others take on this corridor.",                    \
      "Les frais prennent une part du montant bien plus grande que les autres sur ce corridor.")    \
    X(FEE_OUT_OF_PROPORTION, "fee_out_of_proportion", HELD,                                         \
      "In a band the fee takes more than a third of the amount, even at its largest amount.",       \
      "Dans une tranche, les frais prennent plus d'un tiers du montant, même au plus grand "       \
      "montant.")

enum refusal_group {
    REFUSAL_OF_DOCUMENT,
    REFUSAL_OF_QUOTE,
    REFUSAL_OF_OBSERVATION,
    REFUSAL_OF_HELD,
};

#define REFUSAL_ENUM(name, code, group, english, french) REFUSAL_##name,
enum refusal_code {
    REFUSAL_NONE,
    REFUSALS(REFUSAL_ENUM) REFUSAL_COUNT /* one past the last: codes are 1 … REFUSAL_COUNT - 1 */
};

/* The public word; "" for REFUSAL_NONE. */
const char *refusal_word(enum refusal_code code);
/* Not of REFUSAL_NONE. */
enum refusal_group refusal_group(enum refusal_code code);

#define REFUSAL_FIELD_MAX  96
#define REFUSAL_REASON_MAX 240

/* One refusal, or with REFUSAL_NONE none: then both texts are empty. NUL-terminated UTF-8. */
struct refusal {
    enum refusal_code code;
    char field[REFUSAL_FIELD_MAX]; /* JSON Pointer (RFC 6901) within the quote; "" for all of it */
    char reason[REFUSAL_REASON_MAX]; /* English, for whoever sent it: what came, what is allowed */
};

struct out;
/*
 * The body of /v1/refusals: {"refusals":[{"code","applies_to","en","fr"}]}, applies_to being
 * document, quote, observation or quarantine.
 */
void refusals_json(struct out *out);

#endif
