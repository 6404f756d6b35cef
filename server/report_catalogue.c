/*
 * What there is to download, for programs: the reports as a DCAT catalogue (W3C DCAT 3, JSON-LD),
 * and the structure that our quarterly SDMX files follow (SDMX-ML 2.1). Both are written from the
 * tables of reports.
 */
#include "server/report.h"

#define LICENCE "https://creativecommons.org/licenses/by/4.0/"

static void id_member(struct out *out, const char *key, const char *id)
{
    json_key(out, key);
    json_open(out, '{');
    json_member_text(out, "@id", id);
    json_close(out, '}');
}

static void write_distribution(struct out *out, const struct report *report,
                               enum report_format format)
{
    json_open(out, '{');
    json_member_text(out, "@type", "dcat:Distribution");
    json_key(out, "dcat:downloadURL");
    json_open(out, '{');
    json_key(out, "@id");
    out_printf(out, "\"/v1/reports/%s.%s\"", report->name, report_format_suffix(format));
    json_close(out, '}');
    json_member_text(out, "dcat:mediaType", report_format_type(report, format));
    id_member(out, "dct:license", LICENCE);
    if (report->own_structure)
        id_member(out, "dct:conformsTo", "/v1/reports/structure.xml");
    json_close(out, '}');
}

static void write_dataset(struct out *out, const struct report *report)
{
    json_open(out, '{');
    json_member_text(out, "@type", "dcat:Dataset");
    json_key(out, "@id");
    out_printf(out, "\"/data/#%s\"", report->name);
    json_member_text(out, "dct:title", report->title);
    json_member_text(out, "dct:description", report->means);
    id_member(out, "dct:license", LICENCE);
    json_member_text(out, "dct:rights",
                     "Survey rows: World Bank, Remittance Prices Worldwide (CC BY 4.0).");
    id_member(out, "dct:accrualPeriodicity",
              "http://publications.europa.eu/resource/authority/frequency/CONT");
    id_member(out, "foaf:page", "/v1/methodology");
    json_key(out, "dcat:distribution");
    json_open(out, '[');
    for (unsigned i = 0; i < REPORT_FORMAT_COUNT; i++) {
        if (!report->sdmx || i == REPORT_CSV)
            write_distribution(out, report, (enum report_format)i);
    }
    json_close(out, ']');
    json_close(out, '}');
}

void report_catalogue(struct out *out)
{
    size_t count;
    const struct report *reports = report_all(&count);
    json_open(out, '{');
    json_key(out, "@context");
    json_open(out, '{');
    json_member_text(out, "dcat", "http://www.w3.org/ns/dcat#");
    json_member_text(out, "dct", "http://purl.org/dc/terms/");
    json_member_text(out, "foaf", "http://xmlns.com/foaf/0.1/");
    json_close(out, '}');
    json_member_text(out, "@type", "dcat:Catalog");
    json_member_text(out, "@id", "/data/");
    json_member_text(out, "dct:title", "Corridor: what sending money home costs");
    json_member_text(out, "dct:description",
                     "Prices of remittances by service, corridor, group and operator, and where "
                     "they stand against SDG 10.c.");
    id_member(out, "dct:license", LICENCE);
    json_key(out, "dcat:dataset");
    json_open(out, '[');
    for (size_t i = 0; i < count; i++)
        write_dataset(out, &reports[i]);
    json_close(out, ']');
    json_close(out, '}');
    out_char(out, '\n');
}

/* ---- The structure of our own ---- */

static void write_codes(struct out *out, const char *id, const char *name,
                        const char *const (*codes)[2], size_t count)
{
    out_printf(out,
               "<str:Codelist id=\"%s\" agencyID=\"CORRIDOR\" version=\"1.0\">"
               "<com:Name xml:lang=\"en\">%s</com:Name>\n",
               id, name);
    for (size_t i = 0; i < count; i++)
        out_printf(out, "<str:Code id=\"%s\"><com:Name xml:lang=\"en\">%s</com:Name></str:Code>\n",
                   codes[i][0], codes[i][1]);
    out_text(out, "</str:Codelist>\n");
}

static void write_concept_identity(struct out *out, const char *id)
{
    out_printf(out,
               "<str:ConceptIdentity><Ref id=\"%s\" maintainableParentID=\"CS_REMITTANCE\" "
               "maintainableParentVersion=\"1.0\" agencyID=\"CORRIDOR\" package=\"conceptscheme\" "
               "class=\"Concept\"/></str:ConceptIdentity>",
               id);
}

static void write_representation(struct out *out, const char *codelist)
{
    out_text(out, "<str:LocalRepresentation>");
    if (codelist != NULL)
        out_printf(out,
                   "<str:Enumeration><Ref id=\"%s\" version=\"1.0\" agencyID=\"CORRIDOR\" "
                   "package=\"codelist\" class=\"Codelist\"/></str:Enumeration>",
                   codelist);
    else
        out_text(out, "<str:TextFormat textType=\"String\"/>");
    out_text(out, "</str:LocalRepresentation>");
}

static void write_concepts(struct out *out, const struct report *report)
{
    out_text(out, "<str:Concepts><str:ConceptScheme id=\"CS_REMITTANCE\" agencyID=\"CORRIDOR\" "
                  "version=\"1.0\"><com:Name xml:lang=\"en\">Remittance costs</com:Name>\n");
    for (size_t i = 1; i < report->column_count; i++)
        out_printf(out,
                   "<str:Concept id=\"%s\"><com:Name xml:lang=\"en\">%s</com:Name></str:Concept>\n",
                   report->columns[i].name, report->columns[i].means);
    out_text(out, "</str:ConceptScheme></str:Concepts>\n");
}

static void write_structure(struct out *out)
{
    static const char *const dimensions[][2] = {{"FREQ", "CL_FREQ"},
                                                {"SERIES", "CL_SERIES"},
                                                {"SENDER", NULL},
                                                {"RECEIVER", NULL},
                                                {"PRICE_POINT", "CL_PRICE_POINT"}};
    static const char *const attributes[][2] = {{"UNIT_MULT", NULL},
                                                {"UNIT_MEASURE", "CL_UNIT_MEASURE"},
                                                {"OBS_STATUS", "CL_OBS_STATUS"},
                                                {"SERVICES", NULL}};
    out_text(out,
             "<str:DataStructures><str:DataStructure id=\"REMITTANCE_COST\" "
             "agencyID=\"CORRIDOR\" version=\"1.0\"><com:Name xml:lang=\"en\">Remittance costs "
             "by quarter</com:Name><str:DataStructureComponents>\n"
             "<str:DimensionList id=\"DimensionDescriptor\">\n");
    for (size_t i = 0; i < COUNT_OF(dimensions); i++) {
        out_printf(out, "<str:Dimension id=\"%s\" position=\"%zu\">", dimensions[i][0], i + 1);
        write_concept_identity(out, dimensions[i][0]);
        write_representation(out, dimensions[i][1]);
        out_text(out, "</str:Dimension>\n");
    }
    out_printf(out, "<str:TimeDimension id=\"TIME_PERIOD\" position=\"%zu\">",
               COUNT_OF(dimensions) + 1);
    write_concept_identity(out, "TIME_PERIOD");
    out_text(out, "<str:LocalRepresentation><str:TextFormat textType=\"ObservationalTimePeriod\"/>"
                  "</str:LocalRepresentation></str:TimeDimension>\n</str:DimensionList>\n"
                  "<str:AttributeList id=\"AttributeDescriptor\">\n");
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        out_printf(out, "<str:Attribute id=\"%s\" assignmentStatus=\"Mandatory\">",
                   attributes[i][0]);
        write_concept_identity(out, attributes[i][0]);
        write_representation(out, attributes[i][1]);
        out_text(out, "<str:AttributeRelationship><str:PrimaryMeasure><Ref id=\"OBS_VALUE\"/>"
                      "</str:PrimaryMeasure></str:AttributeRelationship></str:Attribute>\n");
    }
    out_text(out, "</str:AttributeList>\n<str:MeasureList id=\"MeasureDescriptor\">"
                  "<str:PrimaryMeasure id=\"OBS_VALUE\">");
    write_concept_identity(out, "OBS_VALUE");
    out_text(out, "</str:PrimaryMeasure></str:MeasureList>\n</str:DataStructureComponents>"
                  "</str:DataStructure></str:DataStructures>\n");
}

void report_structure(struct out *out)
{
    static const char *const frequencies[][2] = {{"Q", "Quarterly"}};
    static const char *const figures[][2] = {{"AVERAGE", "Mean over services"},
                                             {"MEDIAN", "Median over services"},
                                             {"SMART", "SmaRT average"}};
    static const char *const points[][2] = {{"200", "200 US dollars"}, {"500", "500 US dollars"}};
    static const char *const units[][2] = {{"PERCENT", "Percent of the amount sent"}};
    static const char *const statuses[][2] = {{"A", "Normal value"}, {"P", "Provisional value"}};
    out_text(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<mes:Structure xmlns:mes=\"http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message\" "
        "xmlns:str=\"http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure\" "
        "xmlns:com=\"http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common\">\n"
        "<mes:Header><mes:ID>CORRIDOR_STRUCTURE</mes:ID><mes:Test>false</mes:Test>"
        "<mes:Prepared>2026-01-01T00:00:00Z</mes:Prepared><mes:Sender id=\"CORRIDOR\"/>"
        "</mes:Header>\n<mes:Structures>\n"
        "<str:Dataflows><str:Dataflow id=\"DF_REMITTANCE_COST\" agencyID=\"CORRIDOR\" "
        "version=\"1.0\"><com:Name xml:lang=\"en\">Remittance costs by quarter</com:Name>"
        "<str:Structure><Ref id=\"REMITTANCE_COST\" version=\"1.0\" agencyID=\"CORRIDOR\" "
        "package=\"datastructure\" class=\"DataStructure\"/></str:Structure></str:Dataflow>"
        "</str:Dataflows>\n<str:Codelists>\n");
    write_codes(out, "CL_FREQ", "Frequency", frequencies, COUNT_OF(frequencies));
    write_codes(out, "CL_SERIES", "Figure", figures, COUNT_OF(figures));
    write_codes(out, "CL_PRICE_POINT", "Price point", points, COUNT_OF(points));
    write_codes(out, "CL_UNIT_MEASURE", "Unit", units, COUNT_OF(units));
    write_codes(out, "CL_OBS_STATUS", "Status", statuses, COUNT_OF(statuses));
    out_text(out, "</str:Codelists>\n");
    write_concepts(out, report_find(span_of("corridors-quarterly.sdmx")));
    write_structure(out);
    out_text(out, "</mes:Structures></mes:Structure>\n");
}
