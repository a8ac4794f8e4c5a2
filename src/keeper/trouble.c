#include "keeper/trouble.h"

struct row {
	enum rk_err err;
	const char *code, *what, *todo;
};

/* The last row stands for every other err. */
static const struct row variable_rows[] = {
	{ RK_NOT_FOUND, "RK-107", "is not there", "Create it, or leave --env out to use .env." },
	{ RK_DENIED, "RK-104", "cannot be read (permission)",
	    "Let the user who runs Roomkey read it: chmod u+r." },
	{ RK_INVALID, "RK-104", "is a folder or a device",
	    "Put a text file with NAME=value lines in its place." },
	{ RK_REFUSED, "RK-104", "leads out of the project", "Keep the file itself in the project's folder." },
	{ RK_TOO_LARGE, "RK-105", "is larger than 256 KB",
	    "Keep only settings in it, one NAME=value a line." },
	{ RK_IO, "RK-104", "cannot be read (input/output error)", "Look at the disk." },
};

static const struct row function_rows[] = {
	{ RK_TOO_LARGE, "RK-112", "it is larger than 4 MB", "Split it, or take out what it does not use." },
	{ RK_DENIED, "RK-111", "it cannot be read (permission)",
	    "Let the user who runs Roomkey read it: chmod u+r." },
	{ RK_REFUSED, "RK-111", "it is a link that leads out of the project",
	    "Copy what it points to into the project." },
	{ RK_NOT_FOUND, "RK-111", "it is a link that points to nothing", "Remove the link or repair it." },
	{ RK_INVALID, "RK-111", "it is no regular file", "Put a text file in its place." },
	{ RK_IO, "RK-111", "it cannot be read (input/output error)", "Look at the disk." },
};

static const struct row asset_rows[] = {
	{ RK_TOO_LARGE, "RK-133", "all private assets together are larger than 64 MB",
	    "Keep large data elsewhere: they travel to every worker." },
	{ RK_DENIED, "RK-132", "it cannot be read (permission)",
	    "Let the user who runs Roomkey read it: chmod u+r." },
	{ RK_REFUSED, "RK-132", "it is a link that leads out of the assets folder",
	    "Copy what it points to into the assets folder." },
	{ RK_NOT_FOUND, "RK-132", "it is a link that points to nothing", "Remove the link or repair it." },
	{ RK_INVALID, "RK-132", "it is no regular file", "Put a file in its place." },
	{ RK_IO, "RK-132", "it cannot be read (input/output error)", "Look at the disk." },
};

static const struct row *
find(const struct row *rows, size_t n, enum rk_err err)
{
	size_t i = 0;

	while (i + 1 < n && rows[i].err != err)
		i++;
	return &rows[i];
}

void
rk_trouble_variables(struct rk_why *why, struct rk_str file, enum rk_err err)
{
	const struct row *row = find(variable_rows, sizeof(variable_rows) / sizeof(*variable_rows), err);

	(void)rk_why(
	    why, err, row->code, row->todo, "%.*s %s, so no variable is set.", RK_FMT(file), row->what);
}

void
rk_trouble_function(struct rk_why *why, struct rk_str file, enum rk_err err)
{
	const struct row *row = find(function_rows, sizeof(function_rows) / sizeof(*function_rows), err);

	(void)rk_why(why, err, row->code, row->todo, "%.*s is left out: %s.", RK_FMT(file), row->what);
}

void
rk_trouble_asset(struct rk_why *why, struct rk_str file, enum rk_err err)
{
	const struct row *row = find(asset_rows, sizeof(asset_rows) / sizeof(*asset_rows), err);

	(void)rk_why(why, err, row->code, row->todo, "%.*s is left out: %s.", RK_FMT(file), row->what);
}

void
rk_trouble_asset_variables(struct rk_why *why, struct rk_str file)
{
	(void)rk_why(why, RK_REFUSED, "RK-131", "Move it out of the assets folder.",
	    "%.*s is not served: it holds the variables.", RK_FMT(file));
}

void
rk_trouble_nesting(struct rk_why *why, struct rk_str dir)
{
	(void)rk_why(why, RK_TOO_LARGE, "RK-113", "Move the folder up, or remove the link.",
	    "%.*s is left out: it is nested too deep, or a link back to a folder above it.", RK_FMT(dir));
}
