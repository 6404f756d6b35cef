/* Documents that both programs publish, from what is built into them. */
#include <corridor/published.h>

#include <corridor/embed.h>
#include <corridor/out.h>
#include <corridor/refusal.h>

#include <assert.h>

#define FOR_AN_HOUR "public, max-age=3600"

enum http_result published_refusals(struct http_request *req)
{
    static const struct http_head head = {
        .status = 200, .content_type = "application/json", .cache_control = FOR_AN_HOUR};

    refusals_json(http_out(req));
    return http_reply_encoded(req, &head);
}

enum http_result published_quote_schema(struct http_request *req)
{
    static const struct http_head head = {
        .status = 200, .content_type = "application/schema+json", .cache_control = FOR_AN_HOUR};

    assert(strcmp(embed_schemas[0].name, "quote.schema.json") == 0);
    out_bytes(http_out(req), embed_schemas[0].data, embed_schemas[0].size);
    return http_reply_encoded(req, &head);
}
