/*
 * Our parser against llhttp on streams made from a seed: differential [COUNT [SEED [CLASS]]].
 *
 * It prints how often each class of difference was met, and a finding whole. With a CLASS it prints
 * the first streams of that class instead. The last line is `N passed, N failed`; a stream fails
 * when the two differ in a way that has no class, or when our reading depends on how it was cut.
 */
#include "differ.h"
#include "differ_stream.h"

#include <stdio.h>
#include <stdlib.h>

#define CUTS_MAX  6U
#define SHOWN_MAX 5U

static const char *const judgements[] = {"we are right", "we are strict", "elsewhere"};

/* Every class has its row in the README, for people. */
static unsigned classes_untold(void)
{
    static char text[65536];
    unsigned untold = 0;
    FILE *file = fopen("tests/fuzz/README.md", "r");
    size_t len = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    for (size_t i = 0; i < differ_class_count; i++) {
        char row[64];
        snprintf(row, sizeof row, "| `%s` |", differ_classes[i].name);
        if (strstr(text, row) == NULL) {
            printf("not ok - tests/fuzz/README.md has no row for %s\n", differ_classes[i].name);
            untold++;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return untold;
}

static void show(const char *title, uint64_t seed, uint64_t number, struct span bytes)
{
    static struct differ_reading ours;
    static struct differ_reading theirs;
    struct differ_point point;
    printf("%s - stream %llu of seed %llu\n", title, (unsigned long long)number,
           (unsigned long long)seed);
    differ_ours(&ours, bytes, NULL, 0);
    differ_llhttp(&theirs, bytes);
    if (differ_compare(&point, &ours, &theirs, bytes)) {
        differ_print(&point);
    } else {
        puts("  the two agree; what it means here depends on how it is cut");
    }
}

int main(int argc, char **argv)
{
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 50000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    const char *wanted = argc > 3 ? argv[3] : NULL;
    const char *shared = getenv("CORRIDOR_SHARED");
    static char stream[DIFFER_STREAM_MAX];
    char path[4096];
    size_t cuts[CUTS_MAX];
    uint64_t *met = calloc(differ_class_count, sizeof *met);
    uint64_t failed = classes_untold();
    uint64_t passed = differ_class_count - failed;
    unsigned shown = 0;
    if (met == NULL || stream_seeds("tests/http/cases.json") == 0 ||
        stream_seeds("tests/http/cases_hostile.json") == 0) {
        fprintf(stderr, "the tables of cases are not there; run from the project's folder\n");
        return 1;
    }
    snprintf(path, sizeof path, "%s/http11_cases.json", shared == NULL ? "../shared" : shared);
    stream_seeds(path);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t number = seed << 32 | i;
        bool good = true;
        struct span bytes = {stream, stream_make(number, stream)};
        size_t cut_count = stream_cuts(number, bytes.len, cuts, CUTS_MAX);
        const struct differ_class *class = differ_judge(bytes, cuts, cut_count, &good);
        *(good ? &passed : &failed) += 1;
        if (class != NULL) {
            met[class - differ_classes]++;
        }
        bool show_it =
            !good || (class != NULL && wanted != NULL && strcmp(class->name, wanted) == 0);
        if (show_it && shown++ < SHOWN_MAX) {
            show(good ? class->name : "not ok", seed, i, bytes);
        }
    }
    for (size_t i = 0; i < differ_class_count; i++) {
        printf("# %9llu  %-28s %s\n", (unsigned long long)met[i], differ_classes[i].name,
               judgements[differ_classes[i].judgement]);
    }
    stream_seeds_free();
    free(met);
    printf("%llu passed, %llu failed\n", (unsigned long long)passed, (unsigned long long)failed);
    return failed > 0;
}
