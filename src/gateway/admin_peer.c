/*
 * admin_peer.c - who asks the admin listener, and over what.
 */
#include <arpa/inet.h>

#include "gateway/admin.h"
#include "gateway/proxy.h"

/* A proxy of ours that speaks TLS to the world is believed, where the operator says that there is one. */
static bool
has_proxy(const struct rk_admin_request *r)
{
	return r->admin->front->conf->trust_proxy && rk_conn_is_near(r->conn);
}

struct rk_str
rk_admin_scheme(const struct rk_admin_request *r)
{
	struct rk_str proto = rk_head_get(&r->head, RK_STR("X-Forwarded-Proto"));

	if (rk_conn_is_tls(r->conn))
		return RK_STR("https");
	return has_proxy(r) && rk_str_is_nocase(proto, RK_STR("https")) ? RK_STR("https") : RK_STR("http");
}

bool
rk_admin_is_near(struct rk_admin_request *r)
{
	const struct sockaddr *peer = rk_conn_peer(r->conn);

	if (rk_str_is(rk_admin_scheme(r), RK_STR("https")) || (peer && rk_proxy_is_loopback(peer)))
		return true;
	rk_admin_fault(r, RK_FAULT_NOT_ENCRYPTED);
	return false;
}

/* The address that keeper throttles and audits. */
struct rk_str
rk_admin_peer(struct rk_admin_request *r)
{
	const struct sockaddr *peer = rk_conn_peer(r->conn);
	struct rk_str list = rk_head_get(&r->head, RK_STR("X-Forwarded-For")), last = { 0 };
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	/* The last is the one that our own proxy saw. */
	while (has_proxy(r) && list.n > 0)
		last = rk_str_trim(rk_str_take(&list, ','));
	if (last.n > 0 && last.n < sizeof(r->peer))
		return last;
	r->peer[0] = '\0';
	if (peer && peer->sa_family == AF_INET) {
		memcpy(&v4, peer, sizeof(v4));
		inet_ntop(AF_INET, &v4.sin_addr, r->peer, sizeof(r->peer));
	} else if (peer && peer->sa_family == AF_INET6) {
		memcpy(&v6, peer, sizeof(v6));
		inet_ntop(AF_INET6, &v6.sin6_addr, r->peer, sizeof(r->peer));
	}
	return rk_str(r->peer);
}
