/*
 * SDG 10.c as the record's kept figures have it (sql/0013 and after): asked once for the API and
 * the pages. Every value is a text as it is shown: percentages with four decimals, money in whole
 * dollars, counts; at = NULL where there is none.
 */
#ifndef SERVER_OBSERVATORY_H
#define SERVER_OBSERVATORY_H

#include "server/observatory_ask.h"

#include <corridor/http.h>

/* Rows of cells. */
struct observatory_table {
    size_t rows;
    size_t columns;
    const struct span *cells;
};
static inline struct span observatory_cell(const struct observatory_table *table, size_t row,
                                           size_t column)
{
    return table->cells[row * table->columns + column];
}
static inline bool observatory_true(const struct observatory_table *table, size_t row,
                                    size_t column)
{
    struct span cell = observatory_cell(table, row, column);
    return cell.at != NULL && span_is(cell, "t");
}

/* The world in a quarter: one row, or none where nothing is known of it. Columns of figures_by,
 * operators_by, cost_deciles and world_course; changes and slopes are percentage points. */
enum {
    WORLD_SERVICES,
    WORLD_AVERAGE,
    WORLD_CORRIDORS,
    WORLD_CORRIDORS_AVERAGE,
    WORLD_FLOW_WEIGHTED,
    WORLD_FLOWS_YEAR,
    WORLD_SMART,
    WORLD_SMART_CORRIDORS,
    WORLD_SMART_WITHOUT,
    WORLD_SMART_AT_MOST_5,
    WORLD_MEETS,
    WORLD_NEAR,
    WORLD_MUST_FALL,
    WORLD_AT_STAKE,
    WORLD_ABOVE_TARGET,
    WORLD_FLOW_USD,
    WORLD_THIN,
    WORLD_SURVEYED,
    WORLD_NOT_TRANSPARENT,
    WORLD_OPERATORS,
    WORLD_MARKET_SHARE,
    WORLD_DECILE_1,
    WORLD_DECILE_2,
    WORLD_DECILE_3,
    WORLD_DECILE_4,
    WORLD_DECILE_5,
    WORLD_DECILE_6,
    WORLD_DECILE_7,
    WORLD_DECILE_8,
    WORLD_DECILE_9,
    WORLD_QUARTER_CHANGE,
    WORLD_YEAR_CHANGE,
    WORLD_TREND_QUARTERS,
    WORLD_TREND_FROM,
    WORLD_TREND_VALUE,
    WORLD_TREND_LOW,
    WORLD_TREND_HIGH,
    WORLD_TREND_YEARLY,
    WORLD_COLUMNS
};
/* Its groups: KIND is a code of OBSERVATORY_KINDS. */
enum {
    GROUP_KIND,
    GROUP_VALUE,
    GROUP_AVERAGE,
    GROUP_SERVICES,
    GROUP_COLUMNS
};
/* A series: by group, then quarter. */
enum {
    POINT_GROUP,
    POINT_PERIOD,
    POINT_VALUE,
    POINT_SERVICES,
    POINT_COLUMNS
};
/* The world in every quarter up to the one asked about, the first one first. */
enum {
    COURSE_PERIOD,
    COURSE_AVERAGE,
    COURSE_FLOW_WEIGHTED,
    COURSE_SMART,
    COURSE_COLUMNS
};
/* Corridors; TOTAL of all pages stands on each row, and alone on one where there is none. STATUS is
 * meets, near or must_fall. */
enum {
    LISTED_TOTAL,
    LISTED_CORRIDOR,
    LISTED_SERVICES,
    LISTED_OPERATORS,
    LISTED_AVERAGE,
    LISTED_MEDIAN,
    LISTED_SMART,
    LISTED_STATUS,
    LISTED_THIN,
    LISTED_FLOW_USD_MILLION,
    LISTED_FLOWS_YEAR,
    LISTED_AT_STAKE,
    LISTED_QUARTER_CHANGE,
    LISTED_YEAR_CHANGE,
    LISTED_COLUMNS
};

struct observatory {
    int64_t as_of;      /* the stand that it was read at: asked with it, the same comes again */
    const char *period; /* "" where nothing is known */
    bool provisional;   /* of the quarter that was running then */
    bool demonstration; /* of invented prices, since there are no real ones */
    bool complete;      /* false while figures are being worked out after a change */
    /* Only where as_of was not asked: corridors that changed since, here or at all, or a day gone
     * by. */
    int64_t changed;
    bool aged;
    struct observatory_table world;     /* OBSERVATORY_OVERVIEW */
    struct observatory_table groups;    /* OBSERVATORY_OVERVIEW */
    struct observatory_table points;    /* OBSERVATORY_SERIES */
    struct observatory_table corridors; /* OBSERVATORY_LIST */
    struct observatory_table course;    /* OBSERVATORY_COURSE */
};

/* What to read, one or several. */
enum observatory_part {
    OBSERVATORY_OVERVIEW = 1U << 0,
    OBSERVATORY_SERIES = 1U << 1, /* ask: indicator, kind, values, from, to */
    OBSERVATORY_LIST = 1U << 2,   /* ask: sort, regions, page, per_page */
    OBSERVATORY_COURSE = 1U << 3,
};

/* Gives the reply. Both are gone when it returns. */
typedef enum http_result observatory_answer(struct http_request *req,
                                            const struct observatory_ask *ask,
                                            const struct observatory *found);

/*
 * Asks the record for a set of parts and calls `answer` later, on this worker's thread. Where
 * PostgreSQL can't be asked the reply is a problem, 503. `return observatory_read(req, parts, &ask,
 * answer);`
 */
enum http_result observatory_read(struct http_request *req, unsigned parts,
                                  const struct observatory_ask *ask, observatory_answer *answer);

#endif
