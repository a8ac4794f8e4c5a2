/*
 * own_page.c - lists that are read page by page.
 */
#include "keeper/own_page.h"

#include <stdio.h>

#define PAGE_SIZE 50

struct page {
	struct rk_buf *out;
	void (*put)(struct rk_buf *out, const void *row);
	int64_t date;
	char sid[RK_SID_LEN + 1];
};

static void
put_one(const void *row, void *arg)
{
	const struct rk_row *head = row;
	struct page *page = arg;

	if (page->sid[0])
		rk_buf_put_c(page->out, ',');
	page->put(page->out, row);
	page->date = head->date_created;
	memcpy(page->sid, head->sid, sizeof page->sid);
}

/* "1764000000000000.NO...": the row that the page follows. */
static bool
take_after(struct rk_own_call *oc, enum rk_kind kind, struct rk_query *query)
{
	const struct rk_api_param *after = rk_api_form_get(&oc->call.query, "After"),
				  *size = rk_api_form_get(&oc->call.query, "PageSize");
	unsigned long long n = PAGE_SIZE, date = 0;
	struct rk_str sid, number;

	if (size && (!rk_str_parse_u64(size->value, INT32_MAX, &n) || n == 0)) {
		rk_api_fail(&oc->call, RK_API_PARAMETER, "PageSize is not valid.");
		return false;
	}
	query->limit = n > RK_STORE_PAGE_MAX ? RK_STORE_PAGE_MAX : (unsigned)n;
	if (!after || !after->value.n)
		return true;
	sid = after->value;
	number = rk_str_take(&sid, '.');
	if (!rk_str_parse_u64(number, INT64_MAX, &date) || !date ||
	    !rk_sid_is(sid, rk_record_get(kind)->prefix)) {
		rk_api_fail(&oc->call, RK_API_PARAMETER, "After is not valid.");
		return false;
	}
	query->after_date = (int64_t)date;
	query->after_sid = sid;
	return true;
}

void
rk_own_page_answer(struct rk_own_call *oc, enum rk_kind kind, struct rk_query *query, const char *key,
    void (*put)(struct rk_buf *out, const void *row))
{
	struct page page = { .put = put };
	char next[80];
	bool more = false;
	enum rk_err err;

	if (!take_after(oc, kind, query))
		return;
	query->account = rk_str(oc->call.caller.account);
	query->newest_first = true;
	page.out = rk_own_open(oc);
	rk_api_json_name(page.out, key);
	rk_buf_put_c(page.out, '[');
	err = rk_store_list(oc->own->opts.store, kind, query, put_one, &page, &more);
	rk_buf_put_c(page.out, ']');
	snprintf(next, sizeof next, "%lld.%s", (long long)page.date, page.sid);
	rk_api_json_text(page.out, "next_after", more ? rk_str(next) : rk_str(NULL));
	rk_own_close(oc, 200);
	if (err)
		rk_api_fail_err(&oc->call, err, NULL);
}
