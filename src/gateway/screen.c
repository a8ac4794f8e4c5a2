#include "gateway/screen.h"

/* Character classes, one bit each. */
enum { TCHAR = 1, HOSTCHAR = 2, TARGETCHAR = 4, VALUECHAR = 8 };

static uint8_t classes[256];

static void
mark(const char *chars, uint8_t class)
{
	for (; *chars; chars++)
		classes[(unsigned char)*chars] |= class;
}

/* Filled once, before the first request: constructors run before main. */
__attribute__((constructor)) static void
classes_init(void)
{
	static const char alnum[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	mark(alnum, TCHAR | HOSTCHAR);
	mark("!#$%&'*+-.^_`|~", TCHAR);
	mark("-._~!$&'()*+,;=%", HOSTCHAR);
	for (int c = 0x21; c < 0x7f; c++)
		classes[c] |= TARGETCHAR;
	/* A fragment is not part of a target, and browsers encode the other three in path and query. */
	for (const char *c = "#\"<>"; *c; c++)
		classes[(unsigned char)*c] &= (uint8_t)~TARGETCHAR;
	for (int c = 0x20; c < 0x100; c++)
		if (c != 0x7f)
			classes[c] |= VALUECHAR;
	classes['\t'] |= VALUECHAR;
}

static bool
all_of(struct rk_str s, uint8_t class)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(classes[(unsigned char)s.p[i]] & class))
			return false;
	return true;
}

bool
rk_screen_is_token(struct rk_str s)
{
	return s.n > 0 && all_of(s, TCHAR);
}

bool
rk_screen_is_value(struct rk_str s)
{
	return all_of(s, VALUECHAR);
}

/* ---- the request line ------------------------------------------------------- */

/* The IANA registry of methods (and PURGE, M-SEARCH, NOTIFY..., which servers in the field take) without
 * CONNECT and TRACE, which a function cannot answer. As in the original, the function gets them all. */
static const char *const methods[] = { "GET", "POST", "OPTIONS", "HEAD", "PUT", "DELETE", "PATCH", "ACL",
	"BIND", "CHECKOUT", "COPY", "LINK", "LOCK", "M-SEARCH", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL",
	"MOVE", "NOTIFY", "PROPFIND", "PROPPATCH", "PURGE", "QUERY", "REBIND", "REPORT", "SEARCH",
	"SUBSCRIBE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE" };

static bool
is_known_method(struct rk_str m)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (rk_str_is(m, rk_str(methods[i])))
			return true;
	return false;
}

/* uri-host [ ":" port ], RFC 3986 section 3.2.2; user information has no place in HTTP. */
static bool
is_authority(struct rk_str s)
{
	size_t end;

	if (s.n == 0 || s.n > 255)
		return false;
	if (s.p[0] == '[') {
		end = rk_str_index(s, ']');
		if (end == s.n || end < 3)
			return false;
		for (size_t i = 1; i < end; i++)
			if (!strchr("0123456789abcdefABCDEF:.", s.p[i]) || s.p[i] == '\0')
				return false;
		end++;
	} else {
		end = rk_str_index(s, ':');
		if (end == 0 || !all_of(rk_str_sub(s, 0, end), HOSTCHAR))
			return false;
	}
	if (end < s.n) {
		unsigned long long port;

		if (s.p[end] != ':')
			return false;
		struct rk_str digits = rk_str_sub(s, end + 1, s.n);
		if (digits.n && !rk_str_parse_u64(digits, 65535, &port))
			return false;
	}
	return true;
}

/* Takes scheme and authority off an absolute-form target (RFC 9112 section 3.2.2). */
static bool
take_authority(struct rk_str *target)
{
	struct rk_str t = *target;
	size_t skip = 0, end;

	if (t.n > 7 && rk_str_is_nocase(rk_str_sub(t, 0, 7), RK_STR("http://")))
		skip = 7;
	else if (t.n > 8 && rk_str_is_nocase(rk_str_sub(t, 0, 8), RK_STR("https://")))
		skip = 8;
	if (skip == 0)
		return false;
	t = rk_str_sub(t, skip, t.n);
	for (end = 0; end < t.n && t.p[end] != '/' && t.p[end] != '?'; end++)
		;
	if (!is_authority(rk_str_sub(t, 0, end)))
		return false;
	*target = rk_str_sub(t, end, t.n);
	return true;
}

static bool
split_target(const struct rk_head *head, struct rk_head_facts *facts)
{
	struct rk_str t = head->target;
	size_t mark_at;

	if (t.n == 0 || !all_of(t, TARGETCHAR))
		return false;
	if (rk_str_is(t, RK_STR("*")) && rk_str_is(head->method, RK_STR("OPTIONS"))) {
		facts->path = t;
		return true;
	}
	if (t.p[0] != '/' && !take_authority(&t))
		return false;
	mark_at = rk_str_index(t, '?');
	facts->path = mark_at ? rk_str_sub(t, 0, mark_at) : RK_STR("/");
	facts->query = rk_str_sub(t, mark_at + 1, t.n);
	return true;
}

static enum rk_screen
check_line(const struct rk_head *head, struct rk_head_facts *facts, const char **reason)
{
	*reason = "The method is not a token of HTTP.";
	if (!rk_screen_is_token(head->method) || head->method.n > 32)
		return RK_SCREEN_BAD;
	*reason = "Only HTTP/1.1 and HTTP/1.0 are spoken here.";
	if (!rk_str_is(head->version, RK_STR("HTTP/1.1")) && !rk_str_is(head->version, RK_STR("HTTP/1.0")))
		return RK_SCREEN_VERSION;
	*reason = "The request target is longer than 8192 bytes.";
	if (head->target.n > RK_TARGET_BYTES)
		return RK_SCREEN_TARGET_LONG;
	*reason = "The request target is not a path or an http URL, or holds a character that must be "
		  "percent-encoded.";
	if (!split_target(head, facts))
		return RK_SCREEN_BAD;
	*reason = "Functions answer GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS.";
	if (!is_known_method(head->method))
		return RK_SCREEN_METHOD;
	return RK_SCREEN_PASS;
}

/* ---- the header lines -------------------------------------------------------- */

struct seen {
	unsigned hosts, lengths, encodings, types;
	bool expects_other;
};

static bool
see_host(struct seen *seen, struct rk_str value)
{
	return ++seen->hosts == 1 && is_authority(value);
}

static bool
see_length(struct seen *seen, struct rk_str value, struct rk_head_facts *facts)
{
	unsigned long long n;

	if (++seen->lengths > 1 || !rk_str_parse_u64(value, INT64_MAX, &n))
		return false;
	facts->length = n;
	return true;
}

/* Looks at the few names that decide framing; NULL when the line is fine, else the reason. */
static const char *
see(struct seen *seen, struct rk_str name, struct rk_str value, struct rk_head_facts *facts)
{
	switch (name.n) {
	case 4:
		if (rk_str_is_nocase(name, RK_STR("Host")) && !see_host(seen, value))
			return "Host must be there once and name a host.";
		break;
	case 6:
		if (rk_str_is_nocase(name, RK_STR("Expect"))) {
			if (rk_str_is_nocase(value, RK_STR("100-continue")))
				facts->expects = true;
			else
				seen->expects_other = true;
		}
		break;
	case 12:
		if (rk_str_is_nocase(name, RK_STR("Content-Type")) && ++seen->types > 1)
			return "Content-Type is given more than once.";
		break;
	case 14:
		if (rk_str_is_nocase(name, RK_STR("Content-Length")) && !see_length(seen, value, facts))
			return "Content-Length must be there once and be a decimal number.";
		break;
	case 17:
		if (rk_str_is_nocase(name, RK_STR("Transfer-Encoding"))) {
			facts->chunked = true;
			if (++seen->encodings > 1 || !rk_str_is_nocase(value, RK_STR("chunked")))
				return "Transfer-Encoding must be there once and be \"chunked\".";
		}
		break;
	default:
		break;
	}
	return NULL;
}

static enum rk_screen
check_fields(const struct rk_head *head, struct rk_head_facts *facts, const char **reason)
{
	bool is_11 = rk_str_is(head->version, RK_STR("HTTP/1.1"));
	struct seen seen = { 0 };

	for (uint32_t i = 0; i < head->count; i++) {
		struct rk_str name = head->fields[i].name, value = rk_str_trim(head->fields[i].value);

		*reason =
		    "A header name is not a token of HTTP, or a header value holds a control character.";
		if (!rk_screen_is_token(name) || !rk_screen_is_value(head->fields[i].value))
			return RK_SCREEN_BAD;
		*reason = see(&seen, name, value, facts);
		if (*reason)
			return RK_SCREEN_BAD;
	}
	*reason = "HTTP/1.1 asks for a Host header.";
	if (is_11 && seen.hosts == 0)
		return RK_SCREEN_BAD;
	/* RFC 9112 section 6.1: both at once, or a coding that 1.0 does not know, smells of smuggling. */
	*reason = "Transfer-Encoding does not go with Content-Length or with HTTP/1.0.";
	if (facts->chunked && (seen.lengths || !is_11))
		return RK_SCREEN_BAD;
	*reason = "The only expectation met here is 100-continue.";
	return seen.expects_other ? RK_SCREEN_EXPECT : RK_SCREEN_PASS;
}

enum rk_screen
rk_screen_check(const struct rk_head *head, struct rk_head_facts *ret_facts, const char **ret_reason)
{
	struct rk_head_facts facts = { 0 };
	enum rk_screen verdict;

	*ret_reason = "The header fields together are larger than 16384 bytes or more than 100.";
	if (head->count > RK_HEAD_FIELDS || head->bytes > RK_HEAD_BYTES)
		return RK_SCREEN_HEAD_LARGE;
	verdict = check_line(head, &facts, ret_reason);
	if (verdict == RK_SCREEN_PASS)
		verdict = check_fields(head, &facts, ret_reason);
	if (verdict == RK_SCREEN_PASS && head->url && !rk_screen_is_tight(head)) {
		*ret_reason =
		    "The request head holds a stray separator: lines end in CRLF, and one space parts the "
		    "request line.";
		verdict = RK_SCREEN_BAD;
	}
	*ret_facts = facts;
	return verdict;
}

/* ---- the layout --------------------------------------------------------------- */

/* What the library leaves where a CRLF stood. */
static bool
is_cut(const char *p, size_t n)
{
	static const char nul[4];

	return memcmp(p, nul, n) == 0;
}

bool
rk_screen_is_tight(const struct rk_head *head)
{
	const char *at = head->method.p + head->method.n + 1;

	if (at != head->url)
		return false;
	at += head->target.n + 1;
	if (at != head->version.p)
		return false;
	at += head->version.n;
	for (uint32_t i = 0; i < head->count; i++) {
		struct rk_field f = head->fields[i];

		if (!is_cut(at, 2) || f.name.p != at + 2 || f.value.p < f.name.p + f.name.n + 1)
			return false;
		/* Between the colon (cut too) and the value only blanks may have been skipped. */
		for (const char *p = f.name.p + f.name.n + 1; p < f.value.p; p++)
			if (*p != ' ' && *p != '\t')
				return false;
		at = f.value.p + f.value.n;
	}
	return at + 4 == head->method.p + head->size && is_cut(at, 4);
}

struct rk_str
rk_head_get(const struct rk_head *head, struct rk_str name)
{
	for (uint32_t i = 0; i < head->count; i++)
		if (rk_str_is_nocase(head->fields[i].name, name))
			return rk_str_n(head->fields[i].value.p, head->fields[i].value.n);
	return (struct rk_str){ 0 };
}
