#include "gateway/cors.h"

/* As Twilio's platform answers, names in lower case like its own. */
static const char *const preflight[][2] = {
	{ "access-control-allow-origin", "*" },
	{ "access-control-allow-headers", "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, "
					  "If-None-Match, If-Unmodified-Since, User-Agent" },
	{ "access-control-allow-methods", "GET, POST, OPTIONS" },
	{ "access-control-expose-headers", "ETag" },
	{ "access-control-max-age", "86400" },
	{ "access-control-allow-credentials", "true" },
	{ "content-type", "text/plain; charset=UTF-8" },
	{ "content-length", "0" },
};

void
rk_cors_preflight(struct rk_answer *answer)
{
	for (size_t i = 0; i < sizeof(preflight) / sizeof(preflight[0]); i++)
		rk_answer_put(answer, rk_str(preflight[i][0]), rk_str(preflight[i][1]));
}

void
rk_cors_open(struct rk_answer *answer)
{
	if (answer->own_origin)
		return;
	if (!rk_answer_has(answer, RK_STR("Access-Control-Allow-Origin")))
		rk_answer_put(answer, RK_STR("Access-Control-Allow-Origin"), RK_STR("*"));
	if (!rk_answer_has(answer, RK_STR("Access-Control-Expose-Headers")))
		rk_answer_put(answer, RK_STR("Access-Control-Expose-Headers"), RK_STR("X-Request-Id"));
}
