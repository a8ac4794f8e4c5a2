/*
 * says.c - see says.h.
 */
#include "token/says.h"

#include <time.h>

#include "base/auto.h"

/* The latest second that has four digits of year. */
#define YEAR_9999_END 253402300799.0

/* Control characters that JSON leaves as they are (DEL, C1), line separators and bidirectional controls:
 * how many bytes from p on, or 0. */
static size_t
unprintable(const unsigned char *p, size_t left, unsigned *ret_char)
{
	unsigned c;

	if (p[0] == 0x7f) {
		*ret_char = 0x7f;
		return 1;
	}
	if (left >= 2 && p[0] == 0xc2 && p[1] < 0xa0) {
		*ret_char = p[1];
		return 2;
	}
	if (left < 3 || p[0] != 0xe2 || p[1] < 0x80 || p[1] > 0x81)
		return 0;
	c = 0x2000u | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	*ret_char = c;
	return (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
		   ? 3
		   : 0;
}

static void
quoted(struct rk_buf *out, struct rk_str s)
{
	struct rk_buf json RK_AUTO(rk_buf_free) = RK_BUF(6 * RK_COMPACT_MAX);

	rk_json_put_string(&json, s);
	for (size_t i = 0; i < json.n;) {
		unsigned c;
		size_t n = unprintable((const unsigned char *)json.p + i, json.n - i, &c);

		if (n)
			rk_buf_printf(out, "\\u%04x", c);
		else
			rk_buf_put_c(out, json.p[i]);
		i += n ? n : 1;
	}
}

static const struct rk_json *
get(const struct rk_json *object, const char *member)
{
	return object && rk_json_type(object) == RK_JSON_OBJECT ? rk_json_get(object, member) : NULL;
}

/* ` <before>"<text>"<after>` when the member is a text. */
static void
detail(struct rk_buf *out, const struct rk_json *grant, const char *member, const char *before,
    const char *after)
{
	const struct rk_json *j = get(grant, member);

	if (!rk_json_is_string(j))
		return;
	rk_buf_put(out, rk_str(before));
	quoted(out, rk_json_str(j));
	rk_buf_put(out, rk_str(after));
}

static void
say_video(struct rk_buf *out, const struct rk_json *grant)
{
	const struct rk_json *room = get(grant, "room");

	if (rk_json_is_string(room)) {
		rk_buf_lit(out, "the video room ");
		quoted(out, rk_json_str(room));
	} else {
		rk_buf_lit(out, "every video room of the account");
	}
}

static void
say_chat(struct rk_buf *out, const struct rk_json *grant)
{
	rk_buf_lit(out, "Conversations");
	detail(out, grant, "service_sid", " (service ", ")");
}

static void
say_sync(struct rk_buf *out, const struct rk_json *grant)
{
	rk_buf_lit(out, "Sync");
	detail(out, grant, "service_sid", " (service ", ")");
}

static void
say_voice(struct rk_buf *out, const struct rk_json *grant)
{
	const struct rk_json *allow = get(get(grant, "incoming"), "allow"),
			     *outgoing = get(grant, "outgoing");
	bool incoming = allow && rk_json_type(allow) == RK_JSON_TRUE;

	if (incoming)
		rk_buf_lit(out, "incoming calls");
	if (incoming && outgoing)
		rk_buf_lit(out, ", ");
	if (outgoing) {
		rk_buf_lit(out, "outgoing calls");
		detail(out, outgoing, "application_sid", " (application ", ")");
	}
	if (!incoming && !outgoing)
		rk_buf_lit(out, "Voice without any call");
}

static void
say_task_router(struct rk_buf *out, const struct rk_json *grant)
{
	rk_buf_lit(out, "TaskRouter");
	detail(out, grant, "role", " as ", "");
	detail(out, grant, "worker_sid", " (worker ", ")");
	detail(out, grant, "workspace_sid", " (workspace ", ")");
}

static void
say_player(struct rk_buf *out, const struct rk_json *grant)
{
	rk_buf_lit(out, "playback of a live stream");
	detail(out, grant, "playerStreamerSid", " (", ")");
}

static void
say_rtc(struct rk_buf *out, const struct rk_json *grant)
{
	rk_buf_lit(out, "video conversations of 2015");
	detail(out, grant, "configuration_profile_sid", " (profile ", ")");
}

static const struct {
	const char *key;
	void (*say)(struct rk_buf *out, const struct rk_json *grant);
} grants[] = {
	{ "video", say_video },
	{ "chat", say_chat },
	{ "ip_messaging", say_chat },
	{ "data_sync", say_sync },
	{ "voice", say_voice },
	{ "task_router", say_task_router },
	{ "player", say_player },
	{ "rtc", say_rtc },
};

struct list {
	struct rk_buf *out;
	size_t said, all;
};

static void
say_grant(struct rk_str name, const struct rk_json *value, void *arg)
{
	struct list *list = (struct list *)arg;

	if (rk_str_is(name, RK_STR("identity")))
		return;
	if (list->said)
		rk_buf_put(list->out, list->said + 1 == list->all ? RK_STR(" and ") : RK_STR(", "));
	list->said++;
	for (size_t i = 0; i < sizeof(grants) / sizeof(grants[0]); i++)
		if (rk_str_is(name, rk_str(grants[i].key))) {
			grants[i].say(list->out, value);
			return;
		}
	rk_buf_lit(list->out, "the grant ");
	quoted(list->out, name);
}

static void
say_grants(struct rk_buf *out, const struct rk_facts *facts)
{
	const struct rk_json *all = rk_json_get(facts->claims, "grants");
	struct list list = { out, 0, 0 };

	if (facts->view.has_grants) {
		list.all = rk_json_count(all) - (rk_json_get(all, "identity") ? 1 : 0);
		rk_json_each(all, say_grant, &list);
	}
	if (list.said == 0)
		rk_buf_lit(out, "nothing");
}

static void
say_time(struct rk_buf *out, double at)
{
	time_t seconds;
	struct tm tm;
	char text[40];

	if (!(at >= 0 && at <= YEAR_9999_END)) {
		rk_buf_lit(out, "a time that no calendar knows");
		return;
	}
	seconds = (time_t)at;
	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
	rk_buf_put(out, rk_str(text));
}

static void
say_life(struct rk_buf *out, const struct rk_access_facts *view, bool ended)
{
	if (view->has_nbf && view->has_iat && view->nbf > view->iat) {
		rk_buf_lit(out, " from ");
		say_time(out, view->nbf);
	}
	if (!view->has_exp) {
		rk_buf_lit(out, " without saying until when");
		return;
	}
	rk_buf_lit(out, " until ");
	say_time(out, view->exp);
	if (ended)
		rk_buf_lit(out, ", which is past");
}

void
rk_says_put(struct rk_buf *out, const struct rk_facts *facts, const struct rk_inspection *in, int64_t now)
{
	static const char *const signatures[] = {
		[RK_SIGNATURE_NOT_CHECKED] = "; its signature was not checked, for no secret was given.",
		[RK_SIGNATURE_HOLDS] = "; its signature holds.",
		[RK_SIGNATURE_DIFFERS] = "; its signature does not hold.",
	};
	const struct rk_access_facts *view = &facts->view;
	bool ended = view->has_exp && view->exp <= (double)now;

	rk_buf_put(out, ended ? RK_STR("The token opened ") : RK_STR("The token opens "));
	say_grants(out, facts);
	if (view->has_identity) {
		rk_buf_lit(out, " for ");
		quoted(out, view->identity);
	} else {
		rk_buf_lit(out, " for somebody without an identity");
	}
	say_life(out, view, ended);
	rk_buf_put(out, rk_str(signatures[in->signature]));
}
