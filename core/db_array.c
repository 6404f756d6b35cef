/* Arrays as binary parameters. The head, which has the number of elements, is written last. */
#include <corridor/db_array.h>

#include <endian.h>

#define HEAD_SIZE  20                       /* dimensions, nulls, type, length, lower bound */
#define EMPTY_SIZE 12                       /* no dimension */
#define YEAR_2000  INT64_C(946684800000000) /* PostgreSQL counts from there */

void db_array_init(struct db_array *array, size_t limit)
{
    *array = (struct db_array){0};
    out_init(&array->out, limit);
}

void db_array_free(struct db_array *array)
{
    out_free(&array->out);
    array->count = 0;
}

void db_array_clear(struct db_array *array)
{
    out_clear(&array->out);
    array->count = 0;
}

static void put4(char *to, uint32_t value)
{
    value = htobe32(value);
    memcpy(to, &value, sizeof value);
}

/* Room for an element of so many bytes, its length written. */
static char *element(struct db_array *array, size_t len, uint32_t told)
{
    size_t head = array->out.len == 0 ? HEAD_SIZE : 0;
    char *at = out_room(&array->out, head + 4 + len);
    if (!at) {
        return NULL;
    }
    array->out.len += head + 4 + len;
    array->count++;
    put4(at + head, told);
    return at + head + 4;
}

void db_array_null(struct db_array *array)
{
    (void)element(array, 0, UINT32_MAX);
}

void db_array_bytes(struct db_array *array, struct span bytes)
{
    char *at = element(array, bytes.len, (uint32_t)bytes.len);
    if (at && bytes.len > 0) {
        memcpy(at, bytes.at, bytes.len);
    }
}

void db_array_text(struct db_array *array, const char *text)
{
    if (text) {
        db_array_bytes(array, span_of(text));
    } else {
        db_array_null(array);
    }
}

void db_array_int8(struct db_array *array, int64_t value)
{
    uint64_t wire = htobe64((uint64_t)value);
    db_array_bytes(array, (struct span){(const char *)&wire, sizeof wire});
}

void db_array_int4(struct db_array *array, int32_t value)
{
    char *at = element(array, 4, 4);
    if (at) {
        put4(at, (uint32_t)value);
    }
}

void db_array_bool(struct db_array *array, bool value)
{
    const char wire = value ? 1 : 0;
    db_array_bytes(array, (struct span){&wire, 1});
}

void db_array_instant(struct db_array *array, int64_t instant)
{
    db_array_int8(array, instant - YEAR_2000);
}

struct db_value db_array_value(struct db_array *array, enum db_array_type type)
{
    if (array->count == 0) {
        out_clear(&array->out);
        char *at = out_room(&array->out, EMPTY_SIZE);
        if (at) {
            memset(at, 0, EMPTY_SIZE);
            put4(at + 8, (uint32_t)type);
        }
        /* Not counted in len: the first element still writes its head. */
        return (struct db_value){at, at ? EMPTY_SIZE : 0, true};
    }
    char *head = array->out.at;
    if (!out_failed(&array->out)) {
        put4(head, 1);
        put4(head + 4, 1); /* there may be nulls */
        put4(head + 8, (uint32_t)type);
        put4(head + 12, array->count);
        put4(head + 16, 1);
    }
    return (struct db_value){head, array->out.len, true};
}

bool db_array_values(struct db_value *values, struct db_array *arrays,
                     const enum db_array_type *types, size_t count)
{
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        values[i] = db_array_value(&arrays[i], types[i]);
        ok = ok && !out_failed(&arrays[i].out);
    }
    return ok;
}
