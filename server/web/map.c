/* The map. Its shapes are read once, by line; a page then writes them as they stand: every land,
 * and over them, for those too small to be seen, dots. */
#include "server/web/map.h"

#include "server/web/atlas.h"
#include "server/web/chart_draw.h"
#include "server/web/say.h"

#include <corridor/embed.h>
#include <corridor/log.h>

#include <stdio.h>
#include <stdlib.h>

#define SHAPES_MAX 300

static struct {
    const struct country *country;
    struct span path; /* of an SVG path; of a dot "x y" */
    bool dot;
} shapes[SHAPES_MAX];
static size_t shape_count;

static bool shape_read(struct span line)
{
    if (shape_count == SHAPES_MAX || line.len < 5 || line.at[2] != ' ')
        return false;
    shapes[shape_count].country = country_find((struct span){line.at, 2});
    shapes[shape_count].dot = line.at[3] == '@';
    shapes[shape_count].path = shapes[shape_count].dot ? (struct span){line.at + 5, line.len - 5}
                                                       : (struct span){line.at + 3, line.len - 3};
    return shapes[shape_count++].country != NULL;
}

bool map_open(void)
{
    shape_count = 0;
    for (size_t i = 0; i < embed_web_count; i++) {
        struct span rest = {(const char *)embed_web[i].data, embed_web[i].size};
        unsigned number = 0;

        if (strcmp(embed_web[i].name, "world.txt") != 0)
            continue;
        while (rest.len > 0) {
            const char *end = memchr(rest.at, '\n', rest.len);
            struct span line = {rest.at, end == NULL ? rest.len : (size_t)(end - rest.at)};

            number++;
            if (!shape_read(line)) {
                log_error("world.txt: line %u is not a country's shape", number);
                return false;
            }
            rest = end == NULL ? (struct span){NULL, 0}
                               : (struct span){end + 1, rest.len - line.len - 1};
        }
    }
    if (shape_count == 0)
        log_error("world.txt has no shapes");
    return shape_count > 0;
}

/* ---- Colours ---- */

/* The goals of SDG 10.c, and above them a step that tells dear from very dear. */
static const struct {
    int64_t most;
    const char *class;
} STEPS[] = {
    {3 * PERCENT_ONE, "at3"},
    {5 * PERCENT_ONE, "at5"},
    {8 * PERCENT_ONE, "at8"},
    {INT64_MAX, "above"},
};

/* By the figure as it is shown: 8.004% reads 8.00%, and is not more than 8%. */
static const char *class_of(int64_t percent)
{
    const int64_t half = PERCENT_ONE / 200; /* of a hundredth of a percent */
    size_t step = 0;

    while (percent - half >= STEPS[step].most)
        step++;
    return STEPS[step].class;
}

static const struct map_value *value_of(const struct map *map, const struct country *country)
{
    for (size_t i = 0; i < map->count; i++) {
        if (map->values[i].country == country)
            return &map->values[i];
    }
    return NULL;
}

static void legend(struct html *h)
{
    html(h, "<ul class='legend'>\n");
    for (size_t i = 0; i < COUNT_OF(STEPS); i++) {
        html(h, "<li class='");
        html_text(h, STEPS[i].class);
        html(h, "'><span>");
        if (STEPS[i].most == INT64_MAX)
            say_with(h, "more than {limit}", SAY_PERCENT_SHORT("limit", STEPS[i - 1].most, 0));
        else if (i == 0)
            say_with(h, "up to {limit}", SAY_PERCENT_SHORT("limit", STEPS[i].most, 0));
        else
            say_with(h, "from {least} to {most}", SAY_PERCENT_SHORT("least", STEPS[i - 1].most, 0),
                     SAY_PERCENT_SHORT("most", STEPS[i].most, 0));
        html(h, "</span></li>\n");
    }
    html(h, "<li class='unknown'>");
    say(h, "not known");
    html(h, "</li>\n</ul>\n");
}

/* ---- Drawing ---- */

static void shape(struct html *h, size_t i, const struct map_value *value)
{
    struct span path = shapes[i].path;

    if (shapes[i].dot && value == NULL)
        return; /* a dot that says nothing would only look like land */
    if (shapes[i].dot) {
        const char *space = memchr(path.at, ' ', path.len);

        html(h, "<circle r='5' cx='");
        html_span(h, (struct span){path.at, (size_t)(space - path.at)});
        html(h, "' cy='");
        html_span(h, (struct span){space + 1, path.len - (size_t)(space - path.at) - 1});
    } else {
        html(h, "<path d='");
        html_span(h, path);
    }
    if (value == NULL) {
        html(h, "'/>\n");
        return;
    }
    html(h, "' class='");
    html_text(h, class_of(value->percent));
    html(h, "'><title>");
    h->words_only = true;
    html_country(h, value->country);
    html_colon(h);
    html_percent(h, value->percent, 1);
    h->words_only = false;
    if (shapes[i].dot)
        html(h, "</title></circle>\n");
    else
        html(h, "</title></path>\n");
}

static void table(struct html *h, const struct map *map)
{
    size_t count;
    const struct country *const *all = atlas_sorted(h->language, &count);

    html(h, "<details>\n<summary>");
    say(h, "These figures as a table");
    html(h, "</summary>\n<table>\n<caption class='hidden'>");
    map->chart.title(h, map->chart.view);
    html(h, "</caption>\n<thead>\n<tr>\n<th scope='col'>");
    say(h, "Country");
    html(h, "</th>\n<th scope='col'>");
    say(h, "Average cost");
    html(h, "</th>\n</tr>\n</thead>\n<tbody>\n");
    for (size_t i = 0; i < count; i++) {
        const struct map_value *value = value_of(map, all[i]);

        if (value == NULL)
            continue;
        html(h, "<tr>\n<th scope='row'>");
        html_country(h, value->country);
        html(h, "</th>\n<td>");
        html_percent(h, value->percent, 2);
        html(h, "</td>\n</tr>\n");
    }
    html(h, "</tbody>\n</table>\n</details>\n");
}

void map_write(struct html *h, const struct map *map)
{
    chart_begin(h, &map->chart, 1640);
    html(h, "<g class='world' transform='scale(.328)'>\n");
    for (size_t i = 0; i < shape_count; i++)
        shape(h, i, value_of(map, shapes[i].country));
    html(h, "</g>\n");
    chart_end(h);
    legend(h);
    table(h, map);
    html(h, "</figure>\n");
}
