#include "cli/template.h"

#include "base/near.h"

/* templates.S */
#define BYTES(label) extern const char rk_template_##label[], rk_template_##label##_end[];
#define X(label, name, summary, variables) BYTES(label)
RK_TEMPLATE_ROWS(X)
#undef X
BYTES(tutorial)
BYTES(page)
BYTES(env)
BYTES(gitignore)

static const struct row {
	const char *name, *summary, *variables, *text, *end;
} rows[] = {
#define X(label, name, summary, variables) \
	{ name, summary, variables, rk_template_##label, rk_template_##label##_end },
	RK_TEMPLATE_ROWS(X)
#undef X
};

static const struct project_row {
	const char *name, *text, *end;
	unsigned mode;
} project_rows[] = {
	{ "functions/create-room-token.js", rk_template_tutorial, rk_template_tutorial_end, 0666 },
	{ "assets/index.html", rk_template_page, rk_template_page_end, 0666 },
	{ ".env", rk_template_env, rk_template_env_end, 0600 },
	{ ".gitignore", rk_template_gitignore, rk_template_gitignore_end, 0666 },
};

bool
rk_template_at(size_t i, struct rk_template *ret_template)
{
	if (i >= sizeof rows / sizeof rows[0])
		return false;
	*ret_template = (struct rk_template){ .name = rows[i].name,
		.summary = rows[i].summary,
		.variables = rows[i].variables,
		.text = { rows[i].text, (size_t)(rows[i].end - rows[i].text) } };
	return true;
}

bool
rk_template_find(const char *name, struct rk_template *ret_template)
{
	size_t i = 0;

	while (rk_template_at(i++, ret_template))
		if (strcmp(ret_template->name, name) == 0)
			return true;
	return false;
}

const char *
rk_template_near(const char *name)
{
	struct rk_near near = RK_NEAR(rk_str(name));

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		rk_near_put(&near, rows[i].name);
	return near.best;
}

bool
rk_template_project_at(size_t i, struct rk_template_file *ret_file)
{
	if (i >= sizeof project_rows / sizeof project_rows[0])
		return false;
	const struct project_row *row = &project_rows[i];
	*ret_file = (struct rk_template_file){
		.name = row->name, .text = { row->text, (size_t)(row->end - row->text) }, .mode = row->mode
	};
	return true;
}
