/* Metadata on the Web for CSV (W3C CSVW): what a report's columns are, for programs. */
#include "server/report.h"

static const char *datatype(enum report_type type)
{
    switch (type) {
    case REPORT_DECIMAL:
        return "decimal";
    case REPORT_INTEGER:
        return "integer";
    case REPORT_BOOLEAN:
        return "boolean";
    case REPORT_DATE:
        return "date";
    case REPORT_CODE:
    case REPORT_LIST:
    case REPORT_TEXT:
        break;
    }
    return "string";
}

static void write_column(struct out *out, const struct report_column *column)
{
    struct out means;
    out_init(&means, 4096);
    out_text(&means, column->means);
    if (column->unit != NULL) {
        out_text(&means, " Unit: ");
        out_text(&means, column->unit);
        out_text(&means, ".");
    }
    if (column->type == REPORT_TEXT)
        out_text(&means,
                 " A text that begins with =, +, -, @, a tab, a line break or an apostrophe "
                 "has an apostrophe in front: drop one to have the original.");
    json_open(out, '{');
    json_member_text(out, "name", column->name);
    json_member_text(out, "titles", column->name);
    json_member(out, "dc:description", out_span(&means));
    json_member_text(out, "datatype", datatype(column->type));
    if (column->type == REPORT_LIST)
        json_member_text(out, "separator", REPORT_SEPARATOR);
    if (column->unit != NULL)
        json_member_text(out, "schema:unitText", column->unit);
    json_close(out, '}');
    out_free(&means);
}

void report_csvw(struct out *out, const struct report *report)
{
    json_open(out, '{');
    json_key(out, "@context");
    json_open(out, '[');
    json_text(out, "http://www.w3.org/ns/csvw");
    json_open(out, '{');
    json_member_text(out, "@language", "en");
    json_close(out, '}');
    json_close(out, ']');
    json_key(out, "url");
    out_printf(out, "\"%s.csv\"", report->name);
    json_member_text(out, "dc:title", report->title);
    json_member_text(out, "dc:description", report->means);
    json_member_text(out, "dc:license", "https://creativecommons.org/licenses/by/4.0/");
    json_key(out, "dialect");
    json_open(out, '{');
    json_member_text(out, "encoding", "utf-8");
    json_member_bool(out, "header", true);
    json_member_text(out, "lineTerminators", "\n");
    json_close(out, '}');
    json_key(out, "tableSchema");
    json_open(out, '{');
    json_key(out, "columns");
    json_open(out, '[');
    for (size_t i = 0; i < report->column_count; i++)
        write_column(out, &report->columns[i]);
    json_close(out, ']');
    json_close(out, '}');
    json_close(out, '}');
    out_char(out, '\n');
}
