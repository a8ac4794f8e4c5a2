#include "gateway/host.h"

/* The host of a whole URL in the request line counts before the field (RFC 9112 section 3.2.2). */
struct rk_str
rk_host_get(const struct rk_head *head, bool is_trusted)
{
	struct rk_str target = head->target;
	struct rk_str forwarded = { 0 };
	size_t at;

	if (is_trusted)
		forwarded = rk_head_get(head, RK_STR("X-Forwarded-Host"));
	if (forwarded.n > 0)
		return rk_str_trim(rk_str_take(&forwarded, ','));
	if (target.n == 0 || target.p[0] == '/')
		return rk_head_get(head, RK_STR("Host"));
	for (at = 0; at + 1 < target.n && !(target.p[at] == '/' && target.p[at + 1] == '/'); at++)
		;
	target = rk_str_sub(target, at + 2, target.n);
	for (at = 0; at < target.n && target.p[at] != '/' && target.p[at] != '?'; at++)
		;
	return target.n > 0 ? rk_str_sub(target, 0, at) : rk_head_get(head, RK_STR("Host"));
}
