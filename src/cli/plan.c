/*
 * plan.c - compares a project with what is live.
 */
#include "cli/plan.h"

#include <stdio.h>

#include "base/codec.h"
#include "cli/say.h"

void
rk_plan_done(struct rk_plan *plan)
{
	rk_parts_done(&plan->parts);
	rk_variables_done(&plan->wanted);
	rk_variables_done(&plan->there);
	rk_buf_free(&plan->removals);
}

/* ---- comparing -------------------------------------------------------------------- */

static void
put_removal(struct rk_plan *plan, bool is_asset, struct rk_str path)
{
	rk_buf_printf(&plan->removals, "%s{\"kind\":\"%s\",\"path\":", plan->removals.n > 0 ? "," : "",
	    is_asset ? "asset" : "function");
	rk_json_put_string(&plan->removals, path);
	rk_buf_put_c(&plan->removals, '}');
	rk_errand_say("- %.*s", RK_FMT(path));
	plan->changes++;
}

static void
compare(struct rk_plan *plan, const struct rk_json *rows, bool is_asset)
{
	for (size_t i = 0; rows && i < rk_json_count(rows); i++) {
		const struct rk_json *row = rk_json_at(rows, i);
		struct rk_part *part = rk_parts_get(&plan->parts, is_asset, rk_remote_text(row, "path"));

		if (!part) {
			put_removal(plan, is_asset, rk_remote_text(row, "path"));
			continue;
		}
		part->state = rk_str_is_nocase(rk_remote_text(row, "content_digest"), rk_str(part->hash)) &&
				      rk_str_is(rk_remote_text(row, "visibility"),
					  rk_str(rk_parts_visibility(part->name.visibility)))
				  ? RK_PART_SAME
				  : RK_PART_CHANGED;
	}
}

static enum rk_err
compare_all(struct rk_plan *plan, struct rk_why *why)
{
	static const char *const marks[] = { "+", "~", "" };
	enum rk_err err = RK_OK;

	if (plan->place.environment[0] && plan->place.build[0])
		err = rk_remote_get(&plan->e->remote, why, "/roomkey/v1/Services/%s/Environments/%s/Content",
		    plan->place.service, plan->place.environment);
	if (err != RK_OK)
		return err;
	if (plan->place.build[0]) {
		snprintf(plan->live, sizeof plan->live, "%.*s",
		    RK_FMT(rk_remote_text(plan->e->remote.last, "build_sid")));
		compare(plan, rk_json_get(plan->e->remote.last, "functions"), false);
		compare(plan, rk_json_get(plan->e->remote.last, "assets"), true);
	}
	for (unsigned i = 0; i < plan->parts.count; i++) {
		const struct rk_part *part = plan->parts.rows[i];

		if (part->state == RK_PART_SAME)
			continue;
		rk_errand_say("%s %s%s%s", marks[part->state], part->name.path,
		    part->name.visibility == RK_PUBLIC ? "" : "  ",
		    part->name.visibility == RK_PUBLIC ? "" : rk_parts_visibility(part->name.visibility));
		plan->changes++;
	}
	return RK_OK;
}

static enum rk_err
compare_variables(struct rk_plan *plan, struct rk_why *why)
{
	enum rk_err err = rk_variables_take_dotenv(&plan->wanted, rk_buf_str(&plan->parts.variables));

	if (err == RK_OK && plan->wanted.count > 0 && plan->place.environment[0])
		err = rk_variables_read(plan->e, &plan->place, &plan->there, why);
	for (unsigned i = 0; err == RK_OK && i < plan->wanted.count; i++) {
		const struct rk_variable *row =
		    rk_variables_get(&plan->there, rk_str(plan->wanted.rows[i].name));

		if (row && strcmp(row->value, plan->wanted.rows[i].value) == 0)
			continue;
		rk_errand_say("%s variable %s", row ? "~" : "+", plan->wanted.rows[i].name);
		plan->variables++;
	}
	return err;
}

enum rk_err
rk_plan_make(struct rk_plan *plan, struct rk_why *why)
{
	enum rk_err err = compare_all(plan, why);

	return err == RK_OK ? compare_variables(plan, why) : err;
}

/* ---- the body ---------------------------------------------------------------------- */

static void
put_part(struct rk_buf *body, const struct rk_part *part, bool first)
{
	struct rk_str bytes = rk_buf_str(&part->bytes);

	rk_buf_printf(body, "%s{\"kind\":\"%s\",\"visibility\":\"%s\",\"path\":", first ? "" : ",",
	    part->is_asset ? "asset" : "function", rk_parts_visibility(part->name.visibility));
	rk_json_put_string(body, rk_name_path(&part->name));
	if (rk_str_is_utf8(bytes)) {
		rk_buf_lit(body, ",\"content\":");
		rk_json_put_string(body, bytes);
	} else {
		rk_buf_lit(body, ",\"content_base64\":\"");
		rk_codec_put_base64(body, bytes);
		rk_buf_put_c(body, '"');
	}
	rk_buf_put_c(body, '}');
}

void
rk_plan_put_body(const struct rk_plan *plan, struct rk_buf *body)
{
	bool first = true;

	if (plan->live[0])
		rk_buf_printf(body, "{\"base_build\":\"%s\",\"put\":[", plan->live);
	else
		rk_buf_lit(body, "{\"base_build\":null,\"put\":[");
	for (unsigned i = 0; i < plan->parts.count; i++) {
		if (plan->parts.rows[i]->state == RK_PART_SAME)
			continue;
		put_part(body, plan->parts.rows[i], first);
		first = false;
	}
	rk_buf_lit(body, "],\"remove\":[");
	rk_buf_put(body, rk_buf_str(&plan->removals));
	rk_buf_lit(body, "]}");
}
