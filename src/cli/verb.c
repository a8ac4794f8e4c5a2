/*
 * verb.c - the table of verbs, and the help that is made from it.
 */
#include "cli/verb.h"

#include <stdio.h>

#include "base/conf.h"
#include "base/near.h"

static const struct rk_verb *const verbs[] = {
	&rk_verb_init,
	&rk_verb_new,
	&rk_verb_dev,
	&rk_verb_serve,
	&rk_verb_token_create,
	&rk_verb_token_verify,
	&rk_verb_token_inspect,
	&rk_verb_signature_sign,
	&rk_verb_signature_verify,
	&rk_verb_signature_explain,
	&rk_verb_invoke,
	&rk_verb_account_create,
	&rk_verb_accounts_list,
	&rk_verb_accounts_create,
	&rk_verb_login,
	&rk_verb_logout,
	&rk_verb_whoami,
	&rk_verb_keys_list,
	&rk_verb_keys_create,
	&rk_verb_keys_import,
	&rk_verb_keys_disable,
	&rk_verb_keys_enable,
	&rk_verb_keys_delete,
	&rk_verb_services_list,
	&rk_verb_services_show,
	&rk_verb_services_create,
	&rk_verb_services_delete,
	&rk_verb_deploy,
	&rk_verb_versions,
	&rk_verb_rollback,
	&rk_verb_promote,
	&rk_verb_env_list,
	&rk_verb_env_get,
	&rk_verb_env_set,
	&rk_verb_env_unset,
	&rk_verb_env_import,
	&rk_verb_logs,
	&rk_verb_audit,
	&rk_verb_backup,
	&rk_verb_rekey,
	&rk_verb_twilio_env,
};

const struct rk_verb *
rk_verb_at(size_t i)
{
	return i < sizeof verbs / sizeof verbs[0] ? verbs[i] : NULL;
}

const struct rk_verb *
rk_verb_find(const char *noun, const char *name)
{
	const struct rk_verb *v;

	for (size_t i = 0; (v = rk_verb_at(i)); i++)
		if (strcmp(v->noun, noun) == 0 && strcmp(v->name, name ? name : "") == 0)
			return v;
	return NULL;
}

bool
rk_verb_is_noun(const char *noun)
{
	const struct rk_verb *v;

	for (size_t i = 0; (v = rk_verb_at(i)); i++)
		if (strcmp(v->noun, noun) == 0)
			return true;
	return false;
}

const char *
rk_verb_near(const char *noun, const char *typed)
{
	struct rk_near near = RK_NEAR(rk_str(typed));
	const struct rk_verb *v;

	for (size_t i = 0; (v = rk_verb_at(i)); i++)
		if (!noun || strcmp(v->noun, noun) == 0)
			rk_near_put(&near, noun ? v->name : v->noun);
	return near.best;
}

static void
put_line(struct rk_buf *out, const struct rk_verb *v)
{
	char left[64];

	snprintf(left, sizeof left, "%s %s", v->noun, v->name);
	rk_buf_printf(out, "  %-18s %s\n", left, v->summary);
}

void
rk_verb_help_all(struct rk_buf *out)
{
	const struct rk_verb *v;

	rk_buf_lit(out,
	    "roomkey " RK_VERSION ", a home of your own for Twilio Functions and access tokens\n\n"
	    "usage: roomkey NOUN [VERB] [flags]\n\n");
	for (size_t i = 0; (v = rk_verb_at(i)); i++)
		put_line(out, v);
	rk_buf_lit(out, "  help NOUN          what a noun can do\n\n"
			"  --help             this, or the help of the command before it\n"
			"  --version          the version\n\n"
			"Exit status: 0 done, 1 refused, 2 usage, 3 unreachable. Data goes to standard\n"
			"output, words to standard error. The manual is roomkey(1).\n");
}

void
rk_verb_help_noun(struct rk_buf *out, const char *noun)
{
	const struct rk_verb *v;

	rk_buf_printf(out, "usage: roomkey %s VERB [flags]\n\n", noun);
	for (size_t i = 0; (v = rk_verb_at(i)); i++)
		if (strcmp(v->noun, noun) == 0)
			put_line(out, v);
	rk_buf_printf(out, "\nEach has its own help: roomkey %s VERB --help\n", noun);
}

void
rk_verb_help(struct rk_buf *out, const struct rk_verb *verb)
{
	rk_buf_printf(out, "usage: roomkey %s%s%s %s\n\n%s.\n\n", verb->noun, *verb->name ? " " : "",
	    verb->name, verb->args, verb->summary);
	if (verb->flags)
		rk_flags_help(out, verb->flags);
	if (verb->settings)
		rk_conf_help(out, verb->settings);
	rk_buf_printf(out, "%s%s", *verb->notes ? "\n" : "", verb->notes);
}
