/*
 * t_signature_causes.c - set-ups that are broken in known ways, and the cause that is named for each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/auto.h"
#include "base/form.h"
#include "token/cause.h"
#include "token/signature.h"

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"
#define TOKEN "0123456789abcdef0123456789abcdef"

/* What arrived, and what was signed; NULL stands for the usual. */
struct setup {
	const char *name; /* of the cause */
	const char *says; /* a part of the sentence */
	const char *url;  /* as the server has it */
	const char *signed_url;
	const char *type, *body;
	const char *signed_form; /* the fields that were signed, urlencoded */
	const char *token;       /* the server's */
	const char *header;      /* how the header is spelled: printf with the signature */
	const char *origin, *seen, *forwarded;
};

#define URL "https://example.com/sms/reply"
#define HASH "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
#define UPPER "44136FA355B3678A1146AD16F7E8649E94FB4FC21FE77E8310C060F61CAAFF8A"

static const struct setup setups[] = {
	{ .name = "holds", .body = "a=1&b=2", .signed_form = "a=1&b=2" },
	{ .name = "browser", .says = "page in a browser", .header = "", .origin = "https://app.example.com" },
	{ .name = "no-header", .says = "does not come from Twilio", .header = "" },
	{ .name = "no-token", .says = "no auth token", .token = "" },
	{ .name = "token", .says = "another auth token", .token = "0123456789abcdef0123456789abcdee" },
	{ .name = "token-spelling", .says = "line break", .token = TOKEN "\n" },
	{ .name = "token-spelling", .token = "\"" TOKEN "\"" },
	/* proxies */
	{ .name = "scheme",
	    .says = "fits " URL ".",
	    .url = "http://example.com/sms/reply",
	    .signed_url = URL },
	{ .name = "scheme",
	    .says = "fits " URL ".",
	    .url = "http://example.com:3000/sms/reply",
	    .signed_url = URL },
	{ .name = "scheme",
	    .says = "http://example.com",
	    .url = URL,
	    .signed_url = "http://example.com/sms/reply" },
	{ .name = "port", .says = ":8443/", .url = URL, .signed_url = "https://example.com:8443/sms/reply" },
	{ .name = "port",
	    .says = ":443/",
	    .url = "https://example.com:3000/sms/reply",
	    .signed_url = "https://example.com:443/sms/reply" },
	{ .name = "port",
	    .says = ":4711/",
	    .url = "https://example.com/sms/reply",
	    .signed_url = "https://example.com:4711/sms/reply",
	    .seen = "localhost:4711" },
	{ .name = "host",
	    .says = "https://abc.ngrok.app/sms/reply",
	    .url = "http://localhost:3000/sms/reply",
	    .signed_url = "https://abc.ngrok.app/sms/reply",
	    .forwarded = "abc.ngrok.app, 10.0.0.1" },
	{ .name = "host",
	    .says = "https://b.example.com/",
	    .url = URL,
	    .signed_url = "https://b.example.com/sms/reply",
	    .seen = "b.example.com" },
	{ .name = "host",
	    .says = "https://www.example.com/",
	    .signed_url = "https://www.example.com/sms/reply" },
	/* paths and queries */
	{ .name = "slash", .says = "/reply/.", .signed_url = URL "/" },
	{ .name = "slash", .url = URL "/", .signed_url = URL },
	{ .name = "scheme",
	    .says = "ending of the path",
	    .url = "http://example.com/a/?x=1",
	    .signed_url = "https://example.com/a?x=1" },
	{ .name = "query", .says = "?b=2&a=1", .url = URL "?a=1&b=2", .signed_url = URL "?b=2&a=1" },
	{ .name = "query", .url = URL "?c=1&e=2&a=3&b=4&d=5", .signed_url = URL "?a=3&b=4&c=1&d=5&e=2" },
	{ .name = "query", .says = "q=a+b", .url = URL "?q=a%20b", .signed_url = URL "?q=a+b" },
	{ .name = "query", .url = URL "?q=a%2Fb", .signed_url = URL "?q=a%2fb" },
	{ .name = "query", .url = URL "?q=a%2Fb", .signed_url = URL "?q=a/b" },
	{ .name = "query", .url = URL "?q=1", .signed_url = URL },
	{ .name = "path",
	    .url = "https://example.com/caf%C3%A9",
	    .signed_url = "https://example.com/caf\xc3\xa9" },
	{ .name = "path", .url = "https://example.com/Sms", .signed_url = "https://example.com/sms" },
	/* fields */
	{ .name = "fields-extra", .says = "URL alone", .body = "a=1", .signed_form = "" },
	{ .name = "fields-extra", .says = "All but one", .body = "a=1&utm=x&b=2", .signed_form = "a=1&b=2" },
	{ .name = "fields-extra",
	    .says = "without a value",
	    .body = "a=1&x=&y=&b=2",
	    .signed_form = "a=1&b=2" },
	{ .name = "fields-missing",
	    .says = "query",
	    .url = URL "?q=1",
	    .signed_url = URL "?q=1",
	    .body = "a=1",
	    .signed_form = "a=1&q=1" },
	{ .name = "fields-missing",
	    .says = "query",
	    .url = URL "?To=%2B1",
	    .signed_url = URL,
	    .signed_form = "To=%2B1" },
	{ .name = "fields-spelling",
	    .says = "undecoded",
	    .body = "To=%2B1&Body=a+b",
	    .signed_form = "To=%252B1&Body=a%2Bb" },
	{ .name = "fields-spelling", .says = "first value", .body = "a=1&a=2", .signed_form = "a=1" },
	/* JSON and forms */
	{ .name = "json-as-form", .says = "JSON", .type = FORM, .body = "{\"a\":\"1\"}", .signed_form = "" },
	{ .name = "json-as-form",
	    .says = "members",
	    .type = JSON,
	    .body = "{\"a\":\"1\",\"n\":2}",
	    .signed_form = "a=1&n=2" },
	{ .name = "form-as-json", .type = JSON, .body = "a=1&b=2", .signed_form = "a=1&b=2" },
	{ .name = "form-as-json", .type = "text/plain", .body = "a=1&b=2", .signed_form = "a=1&b=2" },
	{ .name = "hash-missing", .says = "no bodySHA256", .type = JSON, .body = "{}", .signed_form = "" },
	{ .name = "hash-missing",
	    .says = "bodySHA256=" HASH,
	    .type = JSON,
	    .body = "{}",
	    .signed_url = URL "?bodySHA256=" HASH,
	    .signed_form = "" },
	{ .name = "hash-missing",
	    .type = JSON,
	    .url = URL "?bodySHA256=",
	    .signed_url = URL "?bodySHA256=",
	    .body = "{}",
	    .signed_form = "" },
	{ .name = "hash-case",
	    .type = JSON,
	    .url = URL "?bodySHA256=" UPPER,
	    .signed_url = URL "?bodySHA256=" UPPER,
	    .body = "{}",
	    .signed_form = "" },
	{ .name = "hash-differs",
	    .type = JSON,
	    .url = URL "?bodySHA256=" HASH,
	    .signed_url = URL "?bodySHA256=" HASH,
	    .body = "{ }",
	    .signed_form = "" },
	{ .name = "holds",
	    .type = JSON,
	    .url = URL "?bodySHA256=" HASH,
	    .signed_url = URL "?bodySHA256=" HASH,
	    .body = "{}",
	    .signed_form = "" },
	/* the header */
	{ .name = "header", .says = "line break", .header = "%s\n" },
	{ .name = "header", .says = "twice", .header = "%1$s, %1$s" },
	{ .name = "header", .says = "around it", .header = "\"%s\"" },
	{ .name = "header", .header = "!!!!" },
};

/* ---- how a set-up is made and judged ----------------------------------------------- */

static struct rk_str
or_else(const char *given, const char *usual)
{
	return rk_str(given ? given : usual);
}

static void
sign(const struct setup *s, char *ret_header, size_t size)
{
	char made[RK_SIGNATURE_LEN + 1];
	struct rk_arena arena;
	struct rk_form form;

	rk_arena_init(&arena, 1 << 20);
	assert_int_equal(rk_form_parse(&arena, or_else(s->signed_form, "a=1&b=2"), 100, &form), RK_OK);
	assert_int_equal(rk_signature_make(RK_STR(TOKEN), or_else(s->signed_url, s->url ? s->url : URL),
			     form.params, form.count, made),
	    RK_OK);
	rk_arena_done(&arena);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
	snprintf(ret_header, size, s->header ? s->header : "%s", made);
#pragma GCC diagnostic pop
}

static struct rk_signature_request
request_of(const struct setup *s, const char *header)
{
	return (struct rk_signature_request){
		.auth_token = or_else(s->token, TOKEN),
		.header = rk_str(header),
		.url = or_else(s->url, URL),
		.content_type = or_else(s->type, FORM),
		.body = or_else(s->body, s->signed_form && !s->body ? "" : "a=1&b=2"),
		.origin = rk_str(s->origin),
		.seen_host = rk_str(s->seen),
		.forwarded_host = rk_str(s->forwarded),
	};
}

static void
every_set_up_has_its_cause(void **state)
{
	unsigned seen = 0;

	for (size_t i = 0; i < sizeof setups / sizeof setups[0]; i++) {
		const struct setup *s = &setups[i];
		struct rk_signature_reason reason;
		struct rk_signature_request r;
		struct rk_why why = { 0 };
		char header[256];

		sign(s, header, sizeof header);
		r = request_of(s, header);
		assert_int_equal(rk_signature_explain(&r, &reason), RK_OK);
		if (strcmp(reason.name, s->name) != 0 || (s->says && !strstr(reason.why.what, s->says)))
			fail_msg("row %zu: %s (%s), not %s (%s)", i, reason.name, reason.why.what, s->name,
			    s->says);
		assert_int_equal(
		    rk_signature_judge(&r, &why), strcmp(s->name, "holds") ? RK_SIGNATURE : RK_OK);
		assert_string_equal(why.code, reason.why.code);
		assert_null(strstr(why.what, TOKEN));
		seen++;
	}
	print_message("# %u set-ups\n", seen);
}

/* base64url needs a signature that has one of the two letters. */
static void
base64url_and_padding(void **state)
{
	struct rk_signature_reason reason;
	char made[RK_SIGNATURE_LEN + 1], url[64];
	struct rk_signature_request r = { .auth_token = RK_STR(TOKEN) };
	int i = 0;

	do {
		snprintf(url, sizeof url, "https://example.com/%d", i++);
		assert_int_equal(rk_signature_make(RK_STR(TOKEN), rk_str(url), NULL, 0, made), RK_OK);
	} while (!strpbrk(made, "+/"));
	r.url = rk_str(url);
	r.header = rk_str_n(made, RK_SIGNATURE_LEN - 1);
	assert_int_equal(rk_signature_explain(&r, &reason), RK_OK);
	assert_string_equal(reason.name, "header");
	assert_non_null(strstr(reason.why.what, "padding"));
	for (char *p = made; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	r.header = rk_str(made);
	assert_int_equal(rk_signature_explain(&r, &reason), RK_OK);
	assert_string_equal(reason.name, "header");
	assert_non_null(strstr(reason.why.what, "base64url"));
}

static void
another_digest(void **state)
{
	struct rk_signature_key *key RK_AUTO(rk_signature_key_auto) = NULL;
	struct rk_signature_reason reason;
	struct rk_signature_request r = { .auth_token = RK_STR(TOKEN), .url = RK_STR(URL) };
	char text[RK_SIGNATURE_LONG + 1];

	assert_int_equal(rk_signature_key_new(RK_STR(TOKEN), RK_SIGNATURE_SHA256, &key), RK_OK);
	assert_true(rk_signature_key_sign(key, r.url, RK_STR(""), text));
	r.header = rk_str(text);
	assert_int_equal(rk_signature_judge(&r, NULL), RK_SIGNATURE);
	assert_int_equal(rk_signature_explain(&r, &reason), RK_OK);
	assert_non_null(strstr(reason.why.what, "SHA-256"));
}

static void
a_form_too_large(void **state)
{
	struct rk_buf body RK_AUTO(rk_buf_free) = RK_BUF(65536);
	struct rk_signature_request r = {
		.auth_token = RK_STR(TOKEN), .url = RK_STR(URL), .content_type = RK_STR(FORM)
	};
	struct rk_why why = { 0 };

	for (int i = 0; i <= RK_SIGNATURE_FIELDS; i++)
		rk_buf_lit(&body, "a&");
	r.body = rk_buf_str(&body);
	r.header = RK_STR("AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	assert_int_equal(rk_signature_judge(&r, &why), RK_SIGNATURE);
	assert_string_equal(why.code, "RK-621");
}

/* docs/errors.md has every row, with the very words. */
static void
the_page_has_every_row(void **state)
{
	static const char *const rows[][2] = {
#define X(name, code, word, what, todo) { code, what },
		RK_CAUSE_ROWS(X)
#undef X
	};
	static char page[1 << 18];
	FILE *f = fopen("docs/errors.md", "rb");

	if (!f)
		skip();
	page[fread(page, 1, sizeof page - 1, f)] = '\0';
	fclose(f);
	for (size_t i = 1; i < RK_CAUSES; i++)
		if (!strstr(page, rows[i][0]) || !strstr(page, rows[i][1]))
			fail_msg("%s (%s) is not on the page", rows[i][0], rows[i][1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_set_up_has_its_cause),
		cmocka_unit_test(base64url_and_padding),
		cmocka_unit_test(another_digest),
		cmocka_unit_test(a_form_too_large),
		cmocka_unit_test(the_page_has_every_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
