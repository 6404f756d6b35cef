/*
 * One survey row, read as the survey means it. The hard part is to change nothing that was
 * published: totals are stored as they stand, never computed, and only where the survey itself says
 * that its numbers mean nothing (not transparent: margin 0, rate 1) are they left out.
 */
#include <ingest/rpw_row.h>

#include <ingest/xlsx_cell.h>

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>

static const struct span field_names[RPW_FIELD_COUNT] = {
#define RPW_FIELD_NAME(name, old, new, needed) {old, sizeof old - 1},
    RPW_FIELDS(RPW_FIELD_NAME)
#undef RPW_FIELD_NAME
};

static const char *const refusal_texts[RPW_REFUSED_COUNT] = {
#define RPW_REFUSAL_TEXT(name, text) text,
    RPW_REFUSALS(RPW_REFUSAL_TEXT)
#undef RPW_REFUSAL_TEXT
};

const char *rpw_refusal_text(enum rpw_refusal refusal)
{
    return refusal_texts[refusal];
}

struct row {
    const struct rpw_columns *columns;
    const struct span *cells;
    const struct rpw_unknown *unknown;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A field's text without spaces around it; empty where the file lacks the column. */
static struct span text_of(const struct row *row, enum rpw_field field)
{
    struct span text = {"", 0};
    if (row->columns->at[field] != RPW_NO_COLUMN) {
        text = row->cells[row->columns->at[field]];
    }
    while (text.len > 0 && is_space(text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len > 0 && is_space(text.at[text.len - 1])) {
        text.len--;
    }
    return text;
}

/* "2011_1Q" → "2011-Q1" */
static bool read_period(struct span text, char period[8])
{
    static const char shape[] = "dddd_dQ";
    bool ok = text.len == sizeof shape - 1;
    for (size_t i = 0; ok && i < text.len; i++) {
        ok = shape[i] == 'd' ? text.at[i] >= '0' && text.at[i] <= '9' : text.at[i] == shape[i];
    }
    ok = ok && text.at[5] >= '1' && text.at[5] <= '4' && text.at[0] != '0';
    if (ok) {
        (void)snprintf(period, 8, "%.4s-Q%c", text.at, text.at[5]);
    }
    return ok;
}

/* A number as published and its text for SQL, "" when blank. */
struct number {
    bool given;
    struct decimal value;
};

static bool take_decimal(const struct row *row, enum rpw_field field, struct number *number,
                         char text[DECIMAL_TEXT_MAX])
{
    struct span cell = text_of(row, field);
    number->given = !rpw_blank(cell);
    text[0] = '\0';
    if (!number->given) {
        return true;
    }
    if (!cell_number(cell, &number->value)) {
        return false;
    }
    (void)decimal_print(text, DECIMAL_TEXT_MAX, number->value);
    return true;
}

static int sign(const struct number *number)
{
    return number->given ? decimal_compare(number->value, (struct decimal){0, 0}) : 1;
}

/* |100·fee + (margin − total)·principal| <= 0.01·principal: the survey's own sum, without a
 * division. */
static bool adds_up(const struct number *principal, const struct number *fee,
                    const struct number *margin, const struct number *total)
{
    struct decimal gap;
    struct decimal fee_part;
    struct decimal allowed;
    struct decimal minus;
    return decimal_subtract(&gap, margin->value, total->value) &&
           decimal_multiply(&gap, gap, principal->value) &&
           decimal_multiply(&fee_part, fee->value, (struct decimal){100, 0}) &&
           decimal_add(&gap, gap, fee_part) &&
           decimal_multiply(&allowed, principal->value, (struct decimal){1, 2}) &&
           decimal_subtract(&minus, (struct decimal){0, 0}, allowed) &&
           decimal_compare(gap, allowed) <= 0 && decimal_compare(gap, minus) >= 0;
}

static enum rpw_refusal read_price(const struct row *row, enum rpw_field amount, bool transparent,
                                   struct rpw_price *price)
{
    /* The seven columns of a price point follow each other in RPW_FIELDS. */
    enum rpw_field first = amount;
    struct number principal;
    struct number fee;
    struct number rate;
    struct number margin;
    struct number total;
    if (!take_decimal(row, first, &principal, price->principal) ||
        !take_decimal(row, first + (RPW_FIELD_CC1_FEE - RPW_FIELD_CC1_AMOUNT), &fee, price->fee) ||
        !take_decimal(row, first + (RPW_FIELD_CC1_RATE - RPW_FIELD_CC1_AMOUNT), &rate,
                      price->rate) ||
        !take_decimal(row, first + (RPW_FIELD_CC1_MARGIN - RPW_FIELD_CC1_AMOUNT), &margin,
                      price->margin_pct) ||
        !take_decimal(row, first + (RPW_FIELD_CC1_TOTAL - RPW_FIELD_CC1_AMOUNT), &total,
                      price->total_cost_pct)) {
        return RPW_REFUSED_NUMBER;
    }
    if (sign(&principal) <= 0 || sign(&fee) < 0 || sign(&rate) < 0) {
        return RPW_REFUSED_RANGE;
    }
    price->present = principal.given && total.given;
    price->checked = principal.given && fee.given && margin.given && total.given;
    price->consistent = price->checked && adds_up(&principal, &fee, &margin, &total);
    if (!transparent || sign(&rate) == 0) {
        price->rate[0] = '\0';
    }
    if (!transparent) {
        price->margin_pct[0] = '\0';
    }
    return RPW_REFUSED_NONE;
}

/* NULL when the code is blank or no currency's. */
static const struct currency *read_currency(struct span code, const struct country *from)
{
    bool franc = from->currency && (strcmp(from->currency->code, "XOF") == 0 ||
                                    strcmp(from->currency->code, "XAF") == 0);
    if (span_is(code, "CFA")) {
        return franc ? from->currency : NULL;
    }
    return currency_find(code);
}

/* The two price points name one currency each, and one of them is at times mistaken: the amounts
 * and fees are in the sending country's. */
static const struct currency *choose_currency(const struct row *row, const struct country *from)
{
    const struct currency *first = read_currency(text_of(row, RPW_FIELD_CC1_CODE), from);
    const struct currency *second = read_currency(text_of(row, RPW_FIELD_CC2_CODE), from);
    if (first && second && country_uses(from, second) && !country_uses(from, first)) {
        return second;
    }
    return first ? first : second;
}

static void map_service(const struct row *row, struct rpw_service *service)
{
    static const struct {
        enum rpw_field field;
        enum rpw_vocabulary vocabulary;
    } mapped[] = {
        {RPW_FIELD_FIRM_TYPE, RPW_WORDS_FIRM_TYPE},
        {RPW_FIELD_PRODUCT, RPW_WORDS_PRODUCT},
        {RPW_FIELD_INSTRUMENT, RPW_WORDS_INSTRUMENT},
        {RPW_FIELD_SENDING_LOCATION, RPW_WORDS_SENDING_LOCATION},
        {RPW_FIELD_SPEED, RPW_WORDS_SPEED},
        {RPW_FIELD_COVERAGE, RPW_WORDS_COVERAGE},
        {RPW_FIELD_PICKUP, RPW_WORDS_PICKUP},
    };
    *service = (struct rpw_service){
        .speed = SPEED_UNKNOWN, .coverage = COVERAGE_UNKNOWN, .firm_type = FIRM_OTHER};
    for (size_t i = 0; i < COUNT_OF(mapped); i++) {
        rpw_map(mapped[i].vocabulary, row->columns->name[mapped[i].field],
                text_of(row, mapped[i].field), service, row->unknown);
    }
}

/* Found once: to find it costs as much as a row's digest. It lives as long as the program. */
static const EVP_MD *sha256(void)
{
    static EVP_MD *found;
    if (!found) {
        found = EVP_MD_fetch(NULL, "SHA256", NULL);
    }
    return found;
}

/* What a digest is taken of, gathered so that it is told few and long pieces. */
struct content {
    EVP_MD_CTX *hash;
    bool ok;
    size_t len;
    char bytes[4096];
};

static void content_flush(struct content *content)
{
    content->ok = content->ok && EVP_DigestUpdate(content->hash, content->bytes, content->len) == 1;
    content->len = 0;
}

/* The text and the NUL that ends it. */
static void content_add(struct content *content, struct span text)
{
    if (content->len + text.len + 1 > sizeof content->bytes) {
        content_flush(content);
    }
    if (text.len + 1 > sizeof content->bytes) {
        content->ok = content->ok && EVP_DigestUpdate(content->hash, text.at, text.len) == 1;
    } else {
        memcpy(content->bytes + content->len, text.at, text.len);
        content->len += text.len;
    }
    content->bytes[content->len++] = '\0';
}

/* The fields by their own names, whatever the file calls them: the same row in another layout is
 * the same content. */
static void digest(const struct row *row, unsigned char out[32])
{
    struct content content;
    content.len = 0;
    content.hash = EVP_MD_CTX_new();
    content.ok = content.hash && EVP_DigestInit_ex2(content.hash, sha256(), NULL) == 1;
    for (size_t i = 0; i < RPW_FIELD_COUNT; i++) {
        struct span text = text_of(row, (enum rpw_field)i);
        if (text.len > 0) {
            content_add(&content, field_names[i]);
            content_add(&content, text);
        }
    }
    content_flush(&content);
    bool ok = content.ok && EVP_DigestFinal_ex(content.hash, out, NULL) == 1;
    assert(ok);
    EVP_MD_CTX_free(content.hash);
}

/* A workbook's cell of a date may lack a date's style; its number is a day of the survey's years.
 */
static bool read_date(struct span text, char date[CELL_DATE_SIZE])
{
    return cell_date(text, date) ||
           (xlsx_date(text, false, date) && strcmp(date, "2000-01-01") >= 0);
}

static enum rpw_refusal read_prices(const struct row *row, const struct country *from,
                                    struct rpw_observation *o)
{
    struct number bank_rate;
    enum rpw_refusal refusal = read_price(row, RPW_FIELD_CC1_AMOUNT, o->transparent, &o->prices[0]);
    if (refusal == RPW_REFUSED_NONE) {
        refusal = read_price(row, RPW_FIELD_CC2_AMOUNT, o->transparent, &o->prices[1]);
    }
    if (refusal != RPW_REFUSED_NONE) {
        return refusal;
    }
    if (!take_decimal(row, RPW_FIELD_BANK_RATE, &bank_rate, o->reference_rate)) {
        return RPW_REFUSED_NUMBER;
    }
    if (sign(&bank_rate) < 0) {
        return RPW_REFUSED_RANGE;
    }
    if (sign(&bank_rate) == 0) {
        o->reference_rate[0] = '\0';
    }
    o->currency = NULL;
    if (o->prices[0].present || o->prices[1].present) {
        o->currency = choose_currency(row, from);
        if (!o->currency) {
            return RPW_REFUSED_CURRENCY;
        }
    }
    return RPW_REFUSED_NONE;
}

enum rpw_refusal rpw_row_read(const struct rpw_columns *columns, const struct span *cells,
                              struct rpw_observation *observation,
                              const struct rpw_unknown *unknown)
{
    const struct row row = {columns, cells, unknown};
    struct rpw_observation *o = observation;
    char yes_no[8];

    o->id = text_of(&row, RPW_FIELD_ID);
    if (rpw_blank(o->id) || o->id.len > RPW_ID_MAX) {
        return RPW_REFUSED_ID;
    }
    if (!read_period(text_of(&row, RPW_FIELD_PERIOD), o->period)) {
        return RPW_REFUSED_PERIOD;
    }
    const struct country *from = country_find(text_of(&row, RPW_FIELD_SOURCE));
    const struct country *to = country_find(text_of(&row, RPW_FIELD_DESTINATION));
    if (!from || !to) {
        return from ? RPW_REFUSED_DESTINATION : RPW_REFUSED_SOURCE;
    }
    if (from == to) {
        return RPW_REFUSED_SAME_COUNTRY;
    }
    corridor_print(o->corridor, from, to);
    o->firm = text_of(&row, RPW_FIELD_FIRM);
    if (o->firm.len == 0 || o->firm.len > RPW_FIRM_MAX) {
        return RPW_REFUSED_FIRM;
    }
    (void)rpw_fold(text_of(&row, RPW_FIELD_TRANSPARENT), yes_no, sizeof yes_no);
    /* A workbook may hold the truth itself. */
    o->transparent = strcmp(yes_no, "yes") == 0 || strcmp(yes_no, "true") == 0;
    if (!o->transparent && strcmp(yes_no, "no") != 0 && strcmp(yes_no, "false") != 0) {
        return RPW_REFUSED_TRANSPARENT;
    }
    enum rpw_refusal refusal = read_prices(&row, from, o);
    if (refusal != RPW_REFUSED_NONE) {
        return refusal;
    }
    map_service(&row, &o->service);
    struct span date = text_of(&row, RPW_FIELD_DATE);
    if (!read_date(date, o->collected_on)) {
        o->collected_on[0] = '\0';
        if (!rpw_blank(date)) {
            unknown->told(columns->name[RPW_FIELD_DATE], date, unknown->arg);
        }
    }
    digest(&row, o->content);
    return RPW_REFUSED_NONE;
}
