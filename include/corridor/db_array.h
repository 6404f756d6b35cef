/*
 * A PostgreSQL array of one dimension as a binary parameter: what a statement unnests. Built
 * element by element, without quoting; the format is array_recv's, the elements are each type's
 * own.
 */
#ifndef CORRIDOR_DB_ARRAY_H
#define CORRIDOR_DB_ARRAY_H

#include <corridor/db.h>
#include <corridor/out.h>

/* pg_type's numbers, which never change. */
enum db_array_type {
    DB_ARRAY_BOOL = 16,
    DB_ARRAY_BYTEA = 17,
    DB_ARRAY_INT8 = 20,
    DB_ARRAY_INT4 = 23,
    DB_ARRAY_TEXT = 25,
    DB_ARRAY_INSTANT = 1184, /* timestamptz */
};

struct db_array {
    struct out out; /* failed where memory or its limit is short */
    uint32_t count;
};

/* Nothing is allocated before the first element. limit is the most bytes it may take. */
void db_array_init(struct db_array *array, size_t limit);
void db_array_free(struct db_array *array);
/* Empty again; keeps the memory. */
void db_array_clear(struct db_array *array);

void db_array_null(struct db_array *array);
void db_array_bytes(struct db_array *array, struct span bytes); /* text, bytea */
void db_array_text(struct db_array *array, const char *text);   /* NULL: SQL's null */
void db_array_int8(struct db_array *array, int64_t value);
void db_array_int4(struct db_array *array, int32_t value);
void db_array_bool(struct db_array *array, bool value);
/* Microseconds since 1970. */
void db_array_instant(struct db_array *array, int64_t instant);

/* The parameter; valid until the array changes. Look at out_failed(&array->out) before. */
struct db_value db_array_value(struct db_array *array, enum db_array_type type);
/* The parameters of several, each of its type. False: one of them has failed. */
MUST_CHECK bool db_array_values(struct db_value *values, struct db_array *arrays,
                                const enum db_array_type *types, size_t count);

#endif
