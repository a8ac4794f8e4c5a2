/*
 * t_inspect.c - what a token is said to open, and which of the vendor's errors it would meet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <roomkey/inspect.h>

#include "base/auto.h"
#include "token/jws.h"

#define AC "AC00000000000000000000000000000001"
#define SK "SK00000000000000000000000000000002"
#define SECRET "abcdefghijklmnopqrstuvwxyz012345"
#define NOW 1700000000
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"cty\":\"twilio-fpa;v=1\"}"
#define OWNER "\"iss\":\"" SK "\",\"sub\":\"" AC "\""

static struct rk_inspection *
inspect(const char *secret, const char *header, const char *payload)
{
	struct rk_buf token RK_AUTO(rk_buf_free) = RK_BUF(1u << 20);
	struct rk_verify how = { .secret = rk_str(secret), .now = NOW };
	struct rk_inspection *in = NULL;
	struct rk_jws_key *key;

	assert_int_equal(rk_jws_key_new_secret(RK_JWS_HS256, RK_STR(SECRET), &key), RK_OK);
	assert_int_equal(rk_jws_sign(key, rk_str(header), rk_str(payload), &token), RK_OK);
	rk_jws_key_free(key);
	assert_int_equal(rk_inspect_access(rk_buf_str(&token), &how, &in, NULL), RK_OK);
	return in;
}

static void
assert_says(const char *secret, const char *payload, const char *sentence)
{
	struct rk_inspection *in = inspect(secret, HEADER, payload);

	assert_string_equal(in->sentence, sentence);
	rk_inspection_free(in);
}

static void
one_sentence_says_what_for_whom_until_when(void **state)
{
	assert_says(NULL,
	    "{" OWNER
	    ",\"exp\":1700003600,\"grants\":{\"identity\":\"alice\",\"video\":{\"room\":\"daily\"}}}",
	    "The token opens the video room \"daily\" for \"alice\" until 2023-11-14 23:13:20 UTC; "
	    "its signature was not checked, for no secret was given.");
	assert_says(SECRET, "{" OWNER ",\"exp\":1700003600,\"grants\":{\"video\":{}}}",
	    "The token opens every video room of the account for somebody without an identity until "
	    "2023-11-14 23:13:20 UTC; its signature holds.");
	assert_says("wrong", "{" OWNER ",\"exp\":1600000000,\"grants\":{\"identity\":\"\"}}",
	    "The token opened nothing for \"\" until 2020-09-13 12:26:40 UTC, which is past; its signature "
	    "does not hold.");
	assert_says(SECRET,
	    "{" OWNER
	    ",\"iat\":1700000000,\"nbf\":1700000060,\"exp\":1700003600,\"grants\":{\"identity\":\"a\"}}",
	    "The token opens nothing for \"a\" from 2023-11-14 22:14:20 UTC until 2023-11-14 23:13:20 UTC; "
	    "its signature holds.");
}

static void
every_grant_has_words(void **state)
{
	assert_says(NULL,
	    "{" OWNER ",\"grants\":{\"identity\":\"a\",\"chat\":{\"service_sid\":\"IS1\"},\"ip_messaging\":{}"
	    ",\"data_sync\":{\"service_sid\":\"IS2\"},"
	    "\"voice\":{\"incoming\":{\"allow\":true},\"outgoing\":{\"application_sid\":\"AP1\"}},"
	    "\"task_router\":{\"workspace_sid\":\"WS1\",\"worker_sid\":\"WK1\",\"role\":\"worker\"},"
	    "\"player\":{\"playerStreamerSid\":\"VJ1\"},\"rtc\":{\"configuration_profile_sid\":\"VS1\"},"
	    "\"new\":1}}",
	    "The token opens Conversations (service \"IS1\"), Conversations, Sync (service \"IS2\"), "
	    "incoming calls, outgoing calls "
	    "(application \"AP1\"), TaskRouter as \"worker\" (worker \"WK1\") (workspace \"WS1\"), playback "
	    "of a live stream (\"VJ1\"), "
	    "video conversations of 2015 (profile \"VS1\") and the grant \"new\" for \"a\" without saying "
	    "until when; "
	    "its signature was not checked, for no secret was given.");
	assert_says(NULL, "{" OWNER ",\"exp\":1e300,\"grants\":{\"voice\":{},\"player\":null}}",
	    "The token opens Voice without any call and playback of a live stream for somebody without an "
	    "identity until "
	    "a time that no calendar knows; its signature was not checked, for no secret was given.");
}

static void
text_of_a_token_cannot_move_the_terminal(void **state)
{
	assert_says(NULL,
	    "{" OWNER ",\"exp\":1700003600,\"grants\":{\"identity\":\"\\u001b[2J\\u007f\xc2\x9b"
	    "1\xe2\x80\xaex\xc3\xa9\"}}",
	    "The token opens nothing for \"\\u001b[2J\\u007f\\u009b1\\u202ex\xc3\xa9\" until 2023-11-14 "
	    "23:13:20 UTC; "
	    "its signature was not checked, for no secret was given.");
}

static void
each_fault_has_its_vendor_code(void **state)
{
	static const struct {
		const char *secret, *header, *payload;
		enum rk_err verdict;
		int code;
	} cases[] = {
		{ SECRET, HEADER, "{" OWNER ",\"exp\":1700003600,\"grants\":{}}", RK_OK, 0 },
		{ NULL, HEADER, "{" OWNER ",\"exp\":1700003600,\"grants\":{}}", RK_OK, 0 },
		{ "wrong", HEADER, "{" OWNER ",\"exp\":1,\"grants\":{}}", RK_SIGNATURE, 20107 },
		{ SECRET, "{\"alg\":\"none\",\"cty\":\"twilio-fpa;v=1\"}",
		    "{" OWNER ",\"exp\":1,\"grants\":{}}", RK_SIGNATURE, 20107 },
		{ SECRET, "{\"alg\":\"HS256\"}", "{" OWNER ",\"exp\":1700003600,\"grants\":{}}", RK_INVALID,
		    20102 },
		{ SECRET, HEADER, "{\"iss\":\"" AC "\",\"sub\":\"" AC "\",\"exp\":1700003600,\"grants\":{}}",
		    RK_OK, 20103 },
		{ SECRET, HEADER, "{\"iss\":\"" SK "\",\"exp\":1700003600,\"grants\":{}}", RK_INVALID,
		    20103 },
		{ SECRET, HEADER, "{" OWNER ",\"exp\":1700000000,\"grants\":{}}", RK_EXPIRED, 20104 },
		{ SECRET, HEADER, "{" OWNER ",\"grants\":{}}", RK_INVALID, 20104 },
		{ SECRET, HEADER, "{" OWNER ",\"nbf\":1700000001,\"exp\":1700003600,\"grants\":{}}",
		    RK_NOT_YET, 20105 },
		{ SECRET, HEADER, "{" OWNER ",\"exp\":1700003600}", RK_INVALID, 20106 },
		{ SECRET, HEADER, "{" OWNER ",\"exp\":1700086401,\"grants\":{}}", RK_REFUSED, 20157 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rk_inspection *in = inspect(cases[i].secret, cases[i].header, cases[i].payload);

		assert_int_equal(in->verdict, cases[i].verdict);
		assert_int_equal(in->vendor_code, cases[i].code);
		assert_true((in->vendor_code != 0) == (in->vendor_text[0] != '\0'));
		assert_true((in->vendor_code != 0 || in->verdict) == (in->reason[0] != '\0'));
		assert_null(strstr(in->reason, SECRET));
		rk_inspection_free(in);
	}
}

static void
what_is_no_token_is_not_inspected(void **state)
{
	struct rk_inspection *in = NULL;
	struct rk_verify how = { .now = NOW };
	struct rk_why why = { 0 };

	assert_int_equal(rk_inspect_access(rk_str("hello"), &how, &in, &why), RK_INVALID);
	assert_int_equal(rk_inspect_access(rk_str("e30.e30.e30"), &how, &in, &why), RK_INVALID);
	assert_int_equal(
	    rk_inspect_access(rk_str("eyJhbGciOiJIUzI1NiJ9.W10.e30"), &how, &in, &why), RK_INVALID);
	assert_null(in);
	assert_true(why.what[0] != '\0' && why.todo[0] != '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_sentence_says_what_for_whom_until_when),
		cmocka_unit_test(every_grant_has_words),
		cmocka_unit_test(text_of_a_token_cannot_move_the_terminal),
		cmocka_unit_test(each_fault_has_its_vendor_code),
		cmocka_unit_test(what_is_no_token_is_not_inspected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
