#include "gateway/site.h"

#include <stdlib.h>
#include <unistd.h>

#define BUCKETS_FIRST 16u

struct rk_sites {
	struct rk_loop *loop;
	const struct rk_lease_ops *ops;
	void *arg;
	unsigned timeout_ms;
	struct rk_site *fallback; /* NULL: none */
	struct rk_site **by_number, **by_host;
	uint32_t mask, count, found; /* found: by their host */
	uint32_t keeper;             /* how many there have been */
};

/* ---- the two tables -------------------------------------------------------------- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

/* FNV-1a. Keeper makes the names, so the table needs no seed. */
static uint32_t
hash(struct rk_str s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)lower(s.p[i])) * 16777619u;
	return h ^ (h >> 15);
}

static void
link_number(struct rk_sites *sites, struct rk_site *site)
{
	struct rk_site **bucket = &sites->by_number[site->number & sites->mask];

	site->next_number = *bucket;
	*bucket = site;
}

static void
link_host(struct rk_sites *sites, struct rk_site *site)
{
	struct rk_site **bucket = &sites->by_host[hash(site->host) & sites->mask];

	site->next_host = *bucket;
	*bucket = site;
}

/* Every site again, in tables twice as large. */
static bool
grow(struct rk_sites *sites)
{
	uint32_t size = (sites->mask + 1) * 2;
	struct rk_site **numbers = calloc(size, sizeof(struct rk_site *)), **old = sites->by_number;
	struct rk_site **hosts = calloc(size, sizeof(struct rk_site *)), *site, *next;

	if (!numbers || !hosts) {
		free(numbers);
		free(hosts);
		return false;
	}
	free(sites->by_host);
	sites->by_number = numbers;
	sites->by_host = hosts;
	sites->mask = size - 1;
	for (uint32_t i = 0; i < size / 2; i++) {
		for (site = old[i]; site; site = next) {
			next = site->next_number;
			link_number(sites, site);
			if (site->is_found)
				link_host(sites, site);
		}
	}
	free(old);
	return true;
}

static void
unlink_number(struct rk_sites *sites, struct rk_site *site)
{
	struct rk_site **at = &sites->by_number[site->number & sites->mask];

	while (*at != site)
		at = &(*at)->next_number;
	*at = site->next_number;
	sites->count--;
}

static void
unlink_host(struct rk_sites *sites, struct rk_site *site)
{
	struct rk_site **at = &sites->by_host[hash(site->host) & sites->mask];

	if (!site->is_found)
		return;
	while (*at != site)
		at = &(*at)->next_host;
	*at = site->next_host;
	site->is_found = false;
	sites->found--;
}

/* The colon of an IPv6 address in brackets is no port's; a last dot means the same name (RFC 1034 section 3.1). */
static struct rk_str
without_port(struct rk_str host)
{
	size_t at = host.n;

	while (at > 0 && host.p[at - 1] >= '0' && host.p[at - 1] <= '9')
		at--;
	if (at > 0 && host.p[at - 1] == ':')
		host.n = at - 1;
	if (host.n > 1 && host.p[host.n - 1] == '.')
		host.n--;
	return host;
}

static struct rk_site *
get_host(const struct rk_sites *sites, struct rk_str name)
{
	struct rk_site *site;

	for (site = sites->by_host[hash(name) & sites->mask]; site; site = site->next_host)
		if (rk_str_is_nocase(site->host, name))
			return site;
	return NULL;
}

struct rk_site *
rk_sites_find(const struct rk_sites *sites, struct rk_str host)
{
	struct rk_site *site = sites->found > 0 ? get_host(sites, without_port(host)) : NULL;

	return site ? site : sites->fallback;
}

struct rk_site *
rk_sites_get(const struct rk_sites *sites, uint32_t number)
{
	struct rk_site *site = sites->by_number[number & sites->mask];

	while (site && site->number != number)
		site = site->next_number;
	return site;
}

/* ---- sites come and go -------------------------------------------------------------- */

static struct rk_site *
get_or_add(struct rk_sites *sites, uint32_t number)
{
	struct rk_site *site = rk_sites_get(sites, number);

	if (site)
		return site;
	if (sites->count > sites->mask && !grow(sites))
		return NULL;
	site = calloc(1, sizeof(*site));
	if (!site)
		return NULL;
	*site = (struct rk_site){ .sites = sites, .refs = 1, .number = number };
	link_number(sites, site);
	sites->count++;
	return site;
}

enum rk_err
rk_sites_set_default(struct rk_sites *sites, uint32_t number)
{
	sites->fallback = get_or_add(sites, number);
	return sites->fallback ? RK_OK : RK_NOMEM;
}

/* The newest routes have the name, whoever had it before. */
static void
take_host(struct rk_sites *sites, struct rk_site *site, struct rk_str host)
{
	struct rk_site *other = host.n > 0 ? get_host(sites, host) : NULL;

	if (other)
		unlink_host(sites, other);
	unlink_host(sites, site);
	site->host = host;
	if (host.n == 0)
		return;
	link_host(sites, site);
	site->is_found = true;
	sites->found++;
}

enum rk_err
rk_sites_set_routes(struct rk_sites *sites, struct rk_routes *routes)
{
	const struct rk_routes_head *head = rk_routes_head(routes);
	struct rk_site *site = get_or_add(sites, head->site);
	struct rk_routes *old;

	if (!site) {
		rk_routes_free(routes);
		return RK_NOMEM;
	}
	site->told = sites->keeper;
	old = site->routes;
	take_host(sites, site, head->host);
	site->routes = routes;
	rk_routes_free(old);
	if (head->is_default)
		sites->fallback = site;
	else if (sites->fallback == site && head->host.n > 0)
		sites->fallback = NULL;
	if (site->lease)
		rk_lease_set_routes(site->lease, rk_routes_dup(routes));
	return RK_OK;
}

enum rk_err
rk_sites_add_worker(struct rk_sites *sites, int fd, uint32_t number, uint32_t site_number,
    uint32_t generation, uint32_t slots)
{
	struct rk_site *site = get_or_add(sites, site_number);
	struct rk_lease *lease = site ? rk_site_lease(site) : NULL;

	if (lease)
		return rk_lease_add_worker(lease, fd, number, generation, slots);
	close(fd);
	return RK_NOMEM;
}

void
rk_sites_drop(struct rk_sites *sites, uint32_t number)
{
	struct rk_site *site = rk_sites_get(sites, number);

	if (!site)
		return;
	unlink_host(sites, site);
	unlink_number(sites, site);
	if (sites->fallback == site)
		sites->fallback = NULL;
	site->dropped = true;
	if (site->lease)
		rk_lease_flush(site->lease);
	rk_site_free(site);
}

void
rk_sites_tell_anew(struct rk_sites *sites)
{
	sites->keeper++;
}

/* One that workers came for, and nobody has told of yet, stays. */
void
rk_sites_told(struct rk_sites *sites)
{
	struct rk_site *site, *next;

	for (uint32_t i = 0; i <= sites->mask; i++) {
		for (site = sites->by_number[i]; site; site = next) {
			next = site->next_number;
			if (site->told != sites->keeper && (site->routes || site->number == RK_SITE_TRIAL))
				rk_sites_drop(sites, site->number);
		}
	}
}

/* ---- one site -------------------------------------------------------------------------- */

struct rk_site *
rk_site_dup(struct rk_site *site)
{
	site->refs++;
	return site;
}

void
rk_site_free(struct rk_site *site)
{
	if (!site || --site->refs)
		return;
	rk_lease_free(site->lease);
	rk_routes_free(site->routes);
	free(site);
}

struct rk_lease *
rk_site_lease(struct rk_site *site)
{
	struct rk_sites *sites = site->sites;

	if (site->lease)
		return site->lease;
	if (rk_lease_new(
		sites->loop, site->number, sites->timeout_ms, sites->ops, sites->arg, &site->lease) != RK_OK)
		return NULL;
	if (site->routes)
		rk_lease_set_routes(site->lease, rk_routes_dup(site->routes));
	return site->lease;
}

/* ---- birth and death --------------------------------------------------------------------- */

enum rk_err
rk_sites_new(struct rk_loop *loop, unsigned timeout_ms, const struct rk_lease_ops *ops, void *arg,
    struct rk_sites **ret_sites)
{
	struct rk_sites *sites = calloc(1, sizeof(*sites));

	if (!sites)
		return RK_NOMEM;
	*sites = (struct rk_sites){ .loop = loop,
		.ops = ops,
		.arg = arg,
		.timeout_ms = timeout_ms,
		.mask = BUCKETS_FIRST - 1,
		.by_number = calloc(BUCKETS_FIRST, sizeof(struct rk_site *)),
		.by_host = calloc(BUCKETS_FIRST, sizeof(struct rk_site *)) };
	if (!sites->by_number || !sites->by_host) {
		free(sites->by_number);
		free(sites->by_host);
		free(sites);
		return RK_NOMEM;
	}
	*ret_sites = sites;
	return RK_OK;
}

void
rk_sites_free(struct rk_sites *sites)
{
	struct rk_site *site;

	if (!sites)
		return;
	for (uint32_t i = 0; i <= sites->mask; i++) {
		while ((site = sites->by_number[i])) {
			sites->by_number[i] = site->next_number;
			rk_site_free(site);
		}
	}
	free(sites->by_number);
	free(sites->by_host);
	free(sites);
}
