#include "keeper/panel.h"

#include "base/sid.h"
#include "keeper/changes.h"
#include "keeper/clean.h"
#include "keeper/needs.h"
#include "keeper/problems.h"

#define BOLD "1"
#define DIM "2"
#define YELLOW "33"
#define FIELDS_SHOWN 4

static const char dots[] = "••••••••";

static void
put_styled(struct rk_buf *out, const struct rk_panel *panel, const char *style, struct rk_str text)
{
	if (panel->colour)
		rk_buf_printf(out, "\033[%sm", style);
	rk_clean_put(out, text);
	if (panel->colour)
		rk_buf_lit(out, "\033[0m");
}

static void
put_spaces(struct rk_buf *out, size_t n)
{
	for (; n > 0; n--)
		rk_buf_put_c(out, ' ');
}

void
rk_panel_put_url(struct rk_buf *out, const char *host, long port)
{
	static const char *const here[] = { "127.0.0.1", "0.0.0.0", "::", "*", "" };
	bool is_here = false;

	for (size_t i = 0; i < sizeof(here) / sizeof(*here); i++)
		is_here = is_here || strcmp(host, here[i]) == 0;
	rk_buf_printf(out, strchr(host, ':') && !is_here ? "http://[%s]:%ld" : "http://%s:%ld",
	    is_here ? "localhost" : host, port);
}

/* ---- functions -------------------------------------------------------------- */

static const char *
tag_of(enum rk_visibility visibility)
{
	return visibility == RK_PROTECTED ? "[protected]" : visibility == RK_PRIVATE ? "[private]" : "";
}

static void
put_functions(struct rk_buf *out, const struct rk_panel *panel, const struct rk_project *p)
{
	size_t width = 0, tags = 0;

	for (size_t i = 0; i < p->function_n; i++) {
		size_t n = rk_clean_width(p->functions[i].path);
		width = n > width && n <= 60 ? n : width;
		n = strlen(tag_of(p->functions[i].visibility));
		tags = n > tags ? n : tags;
	}
	if (p->function_n > 0)
		rk_buf_put_c(out, '\n');
	for (size_t i = 0; i < p->function_n; i++) {
		const struct rk_function *f = &p->functions[i];
		const char *tag = tag_of(f->visibility);
		size_t n = rk_clean_width(f->path);

		rk_buf_printf(out, "  %s", panel->url);
		put_styled(out, panel, BOLD, f->path);
		put_spaces(out, (n < width ? width - n : 0) + 2);
		rk_buf_printf(out, "%-*s", (int)(tags ? tags + 2 : 0), tag);
		put_styled(out, panel, DIM, f->file);
		rk_buf_put_c(out, '\n');
	}
}

/* ---- variables -------------------------------------------------------------- */

/* A SID is a name, not a secret: its first characters tell one from another. */
static void
put_hidden(struct rk_buf *out, struct rk_str value)
{
	if (value.n == 0) {
		rk_buf_lit(out, "(empty)");
		return;
	}
	if (value.n == RK_SID_LEN && value.p[0] >= 'A' && value.p[0] <= 'Z' && value.p[1] >= 'A' &&
	    value.p[1] <= 'Z' && rk_sid_is(value, (const char[2]){ value.p[0], value.p[1] }))
		rk_buf_put(out, rk_str_sub(value, 0, 4));
	rk_buf_put(out, rk_str(dots));
}

static void
put_variables(struct rk_buf *out, const struct rk_panel *panel, const struct rk_project *p)
{
	if (p->variables.n > 0)
		rk_buf_lit(out, "\n  Variables\n");
	for (size_t i = 0; i < p->variables.n; i++) {
		const struct rk_variable *v = &p->variables.v[i];
		rk_buf_printf(out, "    %s = ", v->name);
		put_hidden(out, rk_str_n(v->value.p, v->value.n));
		rk_buf_lit(out, "  ");
		put_styled(out, panel, DIM, p->env_file);
		rk_buf_printf(out, " line %u\n", v->line);
	}
	for (size_t i = 0; i < p->variables.n; i++) {
		const struct rk_variable *v = &p->variables.v[i];
		if (v->first_line)
			rk_buf_printf(out, "  Twice: %s  set in line %u and again in line %u, which counts\n",
			    v->name, v->first_line, v->line);
	}
}

static void
put_need(
    struct rk_buf *out, const struct rk_panel *panel, const struct rk_project *p, const struct rk_need *need)
{
	rk_buf_lit(out, "  ");
	put_styled(out, panel, need->has_default ? DIM : YELLOW, RK_STR("Missing:"));
	rk_buf_put_c(out, ' ');
	rk_clean_put(out, need->name);
	rk_buf_lit(out, "  read by ");
	rk_clean_put(out, need->function->file);
	rk_buf_printf(
	    out, ":%u%s, not set in ", need->line, need->has_default ? " (which has a default)" : "");
	rk_clean_put(out, p->env_file);
	rk_buf_lit(out, " -> add `");
	rk_clean_put(out, need->name);
	rk_buf_lit(out, "=...` to ");
	rk_clean_put(out, p->env_file);
	rk_buf_put_c(out, '\n');
}

/* Those that were not missing before; all when there is no before. */
static void
put_needs(struct rk_buf *out, const struct rk_panel *panel, const struct rk_project *before,
    const struct rk_project *p)
{
	struct rk_needs old = { .n = 0 }, needs;

	if (before)
		rk_needs_find_variables(before, &old);
	rk_needs_find_variables(p, &needs);
	for (size_t i = 0; i < needs.n; i++)
		if (!rk_needs_has(&old, needs.v[i].name))
			put_need(out, panel, p, &needs.v[i]);
}

/* ---- problems --------------------------------------------------------------- */

static void
put_complaint(struct rk_buf *out, const struct rk_panel *panel, const struct rk_why *why)
{
	rk_buf_lit(out, "  ");
	put_styled(out, panel, YELLOW, rk_str(why->code));
	rk_buf_put_c(out, ' ');
	rk_clean_put(out, rk_str(why->what));
	rk_buf_put_c(out, ' ');
	rk_clean_put(out, rk_str(why->todo));
	rk_buf_put_c(out, '\n');
}

/* The caret stands below the column: tabs stay tabs, every other character is one wide. */
static void
put_caret(struct rk_buf *out, struct rk_str line, uint32_t column)
{
	uint32_t at = 1;

	rk_buf_lit(out, "      ");
	for (size_t i = 0; i < line.n && at < column; i++) {
		unsigned char c = (unsigned char)line.p[i];
		if ((c & 0xC0) == 0x80)
			continue;
		rk_buf_put_c(out, c == '\t' ? '\t' : ' ');
		at += c >= 0xF0 ? 2 : 1;
	}
	rk_buf_lit(out, "^\n");
}

static void
put_source(struct rk_buf *out, const struct rk_problem *problem)
{
	rk_buf_lit(out, "      ");
	rk_clean_put_line(out, problem->source);
	rk_buf_put_c(out, '\n');
	if (problem->column > 0)
		put_caret(out, problem->source, problem->column);
}

static void
put_problem(struct rk_buf *out, const struct rk_panel *panel, const struct rk_project *p,
    const struct rk_problem *problem)
{
	rk_buf_lit(out, "  ");
	put_styled(out, panel, YELLOW, p->functions[problem->function].file);
	if (problem->line > 0)
		rk_buf_printf(out, ":%u", (unsigned)problem->line);
	if (problem->line > 0 && problem->column > 0)
		rk_buf_printf(out, ":%u", (unsigned)problem->column);
	rk_buf_lit(out, "  ");
	rk_clean_put(out, problem->kind);
	rk_buf_lit(out, ": ");
	rk_clean_put(out, problem->message);
	rk_buf_put_c(out, '\n');
	if (problem->source.n > 0)
		put_source(out, problem);
	if (p->functions[problem->function].good)
		rk_buf_lit(out, "      The version before goes on being served.\n");
}

static void
put_problems(struct rk_buf *out, const struct rk_panel *panel, const struct rk_project *before,
    const struct rk_project *p)
{
	for (size_t i = 0; i < p->complaint_n; i++)
		if (!rk_problems_has_complaint(before, &p->complaints[i]))
			put_complaint(out, panel, &p->complaints[i]);
	for (size_t i = 0; i < p->problem_n; i++)
		if (!rk_problems_has(before, p->functions[p->problems[i].function].file, &p->problems[i]))
			put_problem(out, panel, p, &p->problems[i]);
}

/* ---- the whole -------------------------------------------------------------- */

static const struct rk_function *
pick_example(const struct rk_project *p)
{
	for (size_t i = 0; i < p->function_n; i++)
		if (p->functions[i].visibility == RK_PUBLIC)
			return &p->functions[i];
	return NULL;
}

/* A line for the shell. A path cannot hold a quote, so '...' keeps whatever else is in it. */
static void
put_curl(struct rk_buf *out, const struct rk_panel *panel, const struct rk_project *p)
{
	const struct rk_function *f = pick_example(p);
	struct rk_needs fields;

	if (!f)
		return;
	rk_buf_printf(out, "\n  curl '%s", panel->url);
	rk_clean_put(out, f->path);
	rk_buf_put_c(out, '\'');
	rk_needs_find_fields(f, &fields);
	for (size_t i = 0, shown = 0; i < fields.n && shown < FIELDS_SHOWN; i++)
		if (rk_clean_is_word(fields.v[i].name)) {
			rk_buf_printf(out, " -d %.*s=test", RK_FMT(fields.v[i].name));
			shown++;
		}
	rk_buf_put_c(out, '\n');
}

void
rk_panel_put(struct rk_buf *out, const struct rk_panel *panel, const struct rk_project *p)
{
	rk_buf_lit(out, "\n");
	put_styled(out, panel, BOLD, RK_STR("Roomkey " RK_VERSION));
	rk_buf_lit(out, "  development");
	if (p->name.n > 0) {
		rk_buf_lit(out, " of ");
		rk_clean_put(out, p->name);
	}
	rk_buf_printf(out, "  %s\n", panel->url);
	put_functions(out, panel, p);
	put_variables(out, panel, p);
	put_needs(out, panel, NULL, p);
	if (p->complaint_n + p->problem_n > 0)
		rk_buf_lit(out, "\n  Problems\n");
	put_problems(out, panel, NULL, p);
	put_curl(out, panel, p);
	rk_buf_lit(out, "\n  Ctrl-C ends it.\n\n");
}

struct change_lines {
	struct rk_buf *out;
	const struct rk_panel *panel;
	unsigned long ms;
	unsigned variables;
};

static void
put_change(const struct rk_change *change, void *arg)
{
	struct change_lines *lines = arg;
	struct rk_buf *out = lines->out;
	const struct rk_function *f = change->function;
	const struct rk_asset *a = change->asset;

	if (change->kind == RK_CHANGE_VARIABLE) {
		rk_buf_put(out, lines->variables++ ? RK_STR(", ") : RK_STR("  variables changed: "));
		rk_buf_put(out, change->variable);
		return;
	}
	bool is_edit = change->kind == RK_CHANGE_EDITED || change->kind == RK_CHANGE_RENAMED;
	rk_buf_lit(out, "  ");
	rk_buf_put(out, is_edit                           ? RK_STR("changed ")
			: change->kind == RK_CHANGE_ADDED ? RK_STR("added ")
							  : RK_STR("removed "));
	put_styled(out, lines->panel, BOLD, is_edit ? (f ? f->file : a->file) : (f ? f->path : a->path));
	enum rk_visibility visibility = f ? f->visibility : a->visibility;
	if (change->kind == RK_CHANGE_RENAMED || (change->kind == RK_CHANGE_ADDED && visibility != RK_PUBLIC))
		rk_buf_printf(out, " %s", *tag_of(visibility) ? tag_of(visibility) : "[public]");
	rk_buf_printf(out, "  (%lu ms)\n", lines->ms);
}

void
rk_panel_put_changes(struct rk_buf *out, const struct rk_panel *panel, const struct rk_project *before,
    const struct rk_project *after, unsigned long ms)
{
	struct change_lines lines = { .out = out, .panel = panel, .ms = ms };

	rk_changes_each(before, after, put_change, &lines);
	if (lines.variables > 0)
		rk_buf_printf(out, "  (%lu ms)\n", ms);
	put_needs(out, panel, before, after);
	put_problems(out, panel, before, after);
}
