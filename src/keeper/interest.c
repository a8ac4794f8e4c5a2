/*
 * interest.c - see interest.h.
 */
#include "keeper/interest.h"

struct rk_str
rk_interest_env_dir(const struct rk_conf *conf)
{
	struct rk_str file = rk_str(conf->env_file);

	while (file.n > 0 && file.p[file.n - 1] != '/')
		file.n--;
	return rk_str_sub(file, 0, file.n > 0 ? file.n - 1 : 0);
}

static struct rk_str
first_part(const char *name)
{
	struct rk_str s = rk_str(name);

	while (rk_str_has_prefix(s, RK_STR("./")))
		s = rk_str_sub(s, 2, s.n);
	return rk_str_take(&s, '/');
}

static bool
is_env_name(const struct rk_interest *in, struct rk_str name)
{
	struct rk_str file = rk_str(in->conf->env_file);
	struct rk_str dir = rk_interest_env_dir(in->conf);

	return rk_str_is(name, rk_str_sub(file, dir.n > 0 ? dir.n + 1 : 0, file.n));
}

static bool
is_usual_dir(struct rk_str name)
{
	return rk_str_is(name, RK_STR("functions")) || rk_str_is(name, RK_STR("src")) ||
	       rk_str_is(name, RK_STR("assets")) || rk_str_is(name, RK_STR("static"));
}

static bool
is_among_assets(const struct rk_interest *in, struct rk_str dir)
{
	struct rk_str assets = in->assets_dir;

	return assets.n > 0 && rk_str_has_prefix(dir, assets) &&
	       (dir.n == assets.n || dir.p[assets.n] == '/');
}

/* In the root only what leads to functions, assets or variables; elsewhere all but hidden files, which
 * editors make, and which only count among the assets. */
bool
rk_interest_has(const struct rk_interest *in, struct rk_str dir, struct rk_str name)
{
	if (is_env_name(in, name))
		return true;
	if (dir.n > 0)
		return name.n > 0 && (name.p[0] != '.' || is_among_assets(in, dir));
	return rk_str_is(name, first_part(in->conf->functions_dir)) ||
	       rk_str_is(name, first_part(in->conf->assets_dir)) ||
	       rk_str_is(name, first_part(in->conf->env_file)) || is_usual_dir(name);
}
