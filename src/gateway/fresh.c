#include "gateway/fresh.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DATE_MAX 64

void
rk_fresh_describe(struct rk_version *ret_version, uint64_t size, uint64_t mtime_ms)
{
	struct tm tm;

	ret_version->second = (time_t)(mtime_ms / 1000);
	snprintf(
	    ret_version->etag, sizeof(ret_version->etag), "W/\"%" PRIx64 "-%" PRIx64 "\"", size, mtime_ms);
	if (!gmtime_r(&ret_version->second, &tm) ||
	    strftime(ret_version->modified, RK_FRESH_DATE, "%a, %d %b %Y %H:%M:%S GMT", &tm) == 0)
		snprintf(ret_version->modified, RK_FRESH_DATE, "Thu, 01 Jan 1970 00:00:00 GMT");
}

bool
rk_fresh_parse_date(struct rk_str s, time_t *ret_second)
{
	static const char *const forms[] = { "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
		"%a %b %e %H:%M:%S %Y" };
	char text[DATE_MAX];

	s = rk_str_trim(s);
	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct tm tm = { 0 };
		const char *end = strptime(text, forms[i], &tm);

		if (end == text + s.n) {
			*ret_second = timegm(&tm);
			return true;
		}
	}
	return false;
}

static struct rk_str
opaque(struct rk_str etag)
{
	return rk_str_has_prefix(etag, RK_STR("W/")) ? rk_str_sub(etag, 2, etag.n) : etag;
}

/* A list of entity tags, or "*", in any number of lines. Our tags hold no comma. */
static bool
names(const struct rk_head *head, struct rk_str field, struct rk_str etag, bool *ret_given)
{
	bool found = false;

	*ret_given = false;
	for (uint32_t i = 0; i < head->count; i++) {
		struct rk_str left = head->fields[i].value;

		if (!rk_str_is_nocase(head->fields[i].name, field))
			continue;
		*ret_given = true;
		while (left.n) {
			struct rk_str one = rk_str_trim(rk_str_take(&left, ','));
			found |= rk_str_is(one, RK_STR("*")) || rk_str_is(opaque(one), opaque(etag));
		}
	}
	return found;
}

static bool
is_precondition_failed(const struct rk_head *head, const struct rk_version *v)
{
	bool given, matches = names(head, RK_STR("If-Match"), rk_str(v->etag), &given);
	time_t second;

	if (given)
		return !matches;
	return rk_fresh_parse_date(rk_head_get(head, RK_STR("If-Unmodified-Since")), &second) &&
	       v->second > second;
}

/* A client that reloads wants the answer whatever it has. */
static bool
is_reload(const struct rk_head *head)
{
	struct rk_str left = rk_head_get(head, RK_STR("Cache-Control"));

	while (left.n)
		if (rk_str_is_nocase(rk_str_trim(rk_str_take(&left, ',')), RK_STR("no-cache")))
			return true;
	return false;
}

enum rk_fresh
rk_fresh_check(const struct rk_head *head, const struct rk_version *v)
{
	struct rk_str since = rk_head_get(head, RK_STR("If-Modified-Since"));
	bool given, matches = names(head, RK_STR("If-None-Match"), rk_str(v->etag), &given);
	time_t second;

	if (is_precondition_failed(head, v))
		return RK_FRESH_FAILED;
	if ((!given && !since.p) || is_reload(head) || (given && !matches))
		return RK_FRESH_SEND;
	/* Given both, the tag decides (RFC 9110 section 13.2.2). */
	if (!given && !(rk_fresh_parse_date(since, &second) && v->second <= second))
		return RK_FRESH_SEND;
	return RK_FRESH_KNOWN;
}

bool
rk_fresh_allows_range(const struct rk_head *head, const struct rk_version *v)
{
	struct rk_str field = rk_head_get(head, RK_STR("If-Range"));
	time_t second;

	if (!field.p)
		return true;
	if (rk_str_index(field, '"') < field.n)
		return rk_str_is(opaque(rk_str_trim(field)), opaque(rk_str(v->etag)));
	return rk_fresh_parse_date(field, &second) && v->second <= second;
}
