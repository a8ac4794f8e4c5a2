/*
 * api_page.c - lists, page by page.
 */
#include "keeper/api_page.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/sid.h"
#include "keeper/api_json.h"

struct page {
	struct rk_api_call *call;
	unsigned long long number, size;
	bool backward; /* the page before a row: read in the opposite order */
	int64_t date;  /* the row that it lies beside */
	struct rk_str sid;
	struct rk_buf rows; /* their JSON, in the order in which they were read */
	size_t *ends;       /* where each of them ends */
	size_t n;
	bool more;        /* beyond the last one that was read */
	int64_t dates[2]; /* of the first and the last that was read */
	char sids[2][RK_SID_LEN + 1];
};

static bool
refuse(struct rk_api_call *call, const char *name)
{
	rk_api_fail(call, RK_API_PARAMETER, "%s is not valid.", name);
	return false;
}

/* "PA<microseconds>.<SID>": behind that row; "PB...": before it. */
static bool
parse_token(struct page *page, struct rk_str token)
{
	unsigned long long date;
	struct rk_str number;

	page->backward = rk_str_has_prefix(token, RK_STR("PB"));
	if (!page->backward && !rk_str_has_prefix(token, RK_STR("PA")))
		return false;
	token = rk_str_sub(token, 2, token.n);
	number = rk_str_take(&token, '.');
	if (!rk_str_parse_u64(number, INT64_MAX, &date) || !date || token.n != RK_SID_LEN ||
	    !rk_sid_is(token, rk_record_get(page->call->route->resource->kind)->prefix))
		return false;
	page->date = (int64_t)date;
	page->sid = token;
	return true;
}

static bool
parse_page(struct page *page)
{
	const struct rk_api_form *query = &page->call->query;
	const struct rk_api_param *size = rk_api_form_get(query, "PageSize"),
				  *number = rk_api_form_get(query, "Page"),
				  *token = rk_api_form_get(query, "PageToken");

	page->size = RK_API_PAGE_SIZE;
	if (size && (!rk_str_parse_u64(size->value, INT64_MAX, &page->size) || page->size == 0))
		return refuse(page->call, "PageSize");
	if (page->size > RK_STORE_PAGE_MAX)
		page->size = RK_STORE_PAGE_MAX;
	if (number && !rk_str_parse_u64(number->value, INT32_MAX, &page->number))
		return refuse(page->call, "Page");
	if (token && !parse_token(page, token->value))
		return refuse(page->call, "PageToken");
	if (page->number && !token) {
		rk_api_fail(page->call, RK_API_PARAMETER,
		    "Page needs the PageToken that came with it: follow the next page's URL.");
		return false;
	}
	return true;
}

static void
keep_row(const void *row, void *arg)
{
	struct page *page = arg;
	const struct rk_row *head = row;
	bool last = page->n > 0;

	page->call->route->resource->put(page->call, &page->rows, row);
	page->ends[page->n++] = page->rows.n;
	for (int i = last; i < 2; i++) {
		page->dates[i] = head->date_created;
		memcpy(page->sids[i], head->sid, sizeof page->sids[i]);
	}
}

/* A page before a row is read from it away, so that its rows come in the opposite order. */
static void
put_rows(const struct page *page, struct rk_buf *out)
{
	rk_buf_put_c(out, '[');
	for (size_t i = 0; i < page->n; i++) {
		size_t at = page->backward ? page->n - 1 - i : i;
		size_t from = at ? page->ends[at - 1] : 0;
		if (i)
			rk_buf_put_c(out, ',');
		rk_buf_put(out, rk_str_n(page->rows.p + from, page->ends[at] - from));
	}
	rk_buf_put_c(out, ']');
}

/* ---- the addresses of pages ---- */

static bool
is_paging(struct rk_str name)
{
	return rk_str_is(name, RK_STR("Page")) || rk_str_is(name, RK_STR("PageSize")) ||
	       rk_str_is(name, RK_STR("PageToken"));
}

static void
put_address(const struct page *page, struct rk_buf *out, unsigned long long number, const char *token)
{
	const struct rk_api_form *query = &page->call->query;

	rk_buf_put(out, page->call->path);
	rk_buf_put_c(out, '?');
	for (size_t i = 0; i < query->n; i++) {
		if (is_paging(query->v[i].name))
			continue;
		rk_codec_put_percent(out, query->v[i].name);
		rk_buf_put_c(out, '=');
		rk_codec_put_percent(out, query->v[i].value);
		rk_buf_put_c(out, '&');
	}
	rk_buf_printf(out, "PageSize=%llu&Page=%llu", page->size, number);
	if (token)
		rk_buf_printf(out, "&PageToken=%s", token);
}

enum which { FIRST, THIS, PREVIOUS, NEXT };

static bool
has(const struct page *page, enum which which)
{
	if (which == PREVIOUS)
		return page->n && (page->backward ? page->more : page->sid.n != 0);
	if (which == NEXT)
		return page->n && (page->backward || page->more);
	return true;
}

static void
put_link(const struct page *page, struct rk_buf *out, const char *name, enum which which, bool is_absolute)
{
	struct rk_buf url = RK_BUF(16384);
	unsigned long long number = which == FIRST ? 0 : page->number;
	int end = (which == NEXT) != page->backward; /* of the rows as they were read */
	char token[80];

	if (which == THIS)
		snprintf(token, sizeof token, "P%c%lld.%.*s", page->backward ? 'B' : 'A',
		    (long long)page->date, RK_FMT(page->sid));
	else
		snprintf(token, sizeof token, "P%c%lld.%s", which == NEXT ? 'A' : 'B',
		    (long long)page->dates[end], page->sids[end]);
	if (which == PREVIOUS && number)
		number--;
	else if (which == NEXT)
		number++;
	if (is_absolute)
		rk_api_put_origin(page->call, &url);
	put_address(page, &url, number, which == FIRST || (which == THIS && !page->sid.n) ? NULL : token);
	rk_api_json_text(
	    out, name, has(page, which) && rk_buf_end(&url) == RK_OK ? rk_buf_str(&url) : rk_str(NULL));
	rk_buf_free(&url);
}

static void
put_meta(const struct page *page, struct rk_buf *out)
{
	rk_api_json_name(out, "meta");
	rk_buf_put_c(out, '{');
	rk_api_json_number(out, "page", (int64_t)page->number);
	rk_api_json_number(out, "page_size", (int64_t)page->size);
	put_link(page, out, "first_page_url", FIRST, true);
	put_link(page, out, "previous_page_url", PREVIOUS, true);
	put_link(page, out, "url", THIS, true);
	put_link(page, out, "next_page_url", NEXT, true);
	rk_api_json_text(out, "key", rk_str(page->call->route->resource->key));
	rk_buf_put_c(out, '}');
}

static void
put_members_2010(const struct page *page, struct rk_buf *out)
{
	int64_t start = (int64_t)(page->number * page->size);

	rk_api_json_number(out, "page", (int64_t)page->number);
	rk_api_json_number(out, "page_size", (int64_t)page->size);
	rk_api_json_number(out, "start", start);
	rk_api_json_number(out, "end", page->n ? start + (int64_t)page->n - 1 : start);
	put_link(page, out, "uri", THIS, false);
	put_link(page, out, "first_page_uri", FIRST, false);
	put_link(page, out, "next_page_uri", NEXT, false);
	put_link(page, out, "previous_page_uri", PREVIOUS, false);
}

static void
answer(const struct page *page)
{
	struct rk_buf *out = &page->call->response->body;

	page->call->response->status = 200;
	rk_buf_put_c(out, '{');
	rk_api_json_name(out, page->call->route->resource->key);
	put_rows(page, out);
	if (rk_str_has_prefix(page->call->path, RK_STR("/2010-04-01/")))
		put_members_2010(page, out);
	else
		put_meta(page, out);
	rk_buf_put_c(out, '}');
}

static void
fill(struct rk_query *query, const struct page *page)
{
	const struct rk_api_call *call = page->call;
	size_t n = 0;

	while (n < RK_STORE_FILTERS && query->filters[n].field)
		n++;
	for (size_t i = 0; i < call->filter_n && n < RK_STORE_FILTERS; i++)
		query->filters[n++] = call->filters[i];
	query->account = rk_str(call->caller.account);
	query->limit = (unsigned)page->size;
	query->newest_first = call->route->resource->newest_first != page->backward;
	query->secrets = call->route->resource->secrets;
	query->after_date = page->date;
	query->after_sid = page->sid;
}

void
rk_api_list_where(struct rk_api_call *call, struct rk_query query)
{
	struct page page = { .call = call, .rows = RK_BUF(RK_API_BODY_MAX) };
	enum rk_err err;

	if (!parse_page(&page))
		return;
	fill(&query, &page);
	page.ends = rk_arena_take(&call->arena, page.size * sizeof *page.ends);
	err = page.ends ? rk_store_list(call->api->store, call->route->resource->kind, &query, keep_row,
			      &page, &page.more)
			: RK_NOMEM;
	if (err == RK_NOT_FOUND)
		err = RK_OK; /* a list with nothing in it */
	if (!err)
		err = rk_buf_end(&page.rows);
	if (err)
		rk_api_fail_err(call, err == RK_TOO_LARGE ? RK_INTERNAL : err, NULL);
	else
		answer(&page);
	rk_buf_wipe(&page.rows); /* values of variables */
}

void
rk_api_list(struct rk_api_call *call)
{
	rk_api_list_where(call, (struct rk_query){ .limit = 0 });
}
