/*
 * inifile.c - reads settings by libinih.
 */
#include "cli/inifile.h"

#include <ini.h>

struct reading {
	struct rk_str left;
	unsigned line, bad; /* bad: the first that is too long */
	rk_inifile_fn *each;
	void *arg;
};

/* As fgets, but that a line which does not fit becomes an empty one: the library would take its parts for lines. It asks
 * for a line when the one before was handled, so counting here numbers them. */
static char *
read_line(char *out, int size, void *arg)
{
	struct reading *r = arg;
	struct rk_str line;

	if (r->left.n == 0 || size < 2)
		return NULL;
	line = rk_str_take(&r->left, '\n');
	r->line++;
	if (line.n + 2 > (size_t)size) {
		r->bad = r->bad ? r->bad : r->line;
		line.n = 0;
	}
	memcpy(out, line.p, line.n);
	memcpy(out + line.n, "\n", 2);
	return out;
}

static int
take(void *arg, const char *section, const char *name, const char *value)
{
	struct reading *r = arg;

	r->each(section, name, value, r->line, r->arg);
	return 1;
}

enum rk_err
rk_inifile_each(struct rk_str text, rk_inifile_fn *each, void *arg, unsigned *ret_line)
{
	struct reading r = { .left = text, .each = each, .arg = arg };
	int bad = ini_parse_stream(read_line, &r, take, &r);

	if (bad < 0)
		return RK_NOMEM;
	if (bad > 0 && (!r.bad || (unsigned)bad < r.bad))
		r.bad = (unsigned)bad;
	if (r.bad)
		*ret_line = r.bad;
	return r.bad ? RK_INVALID : RK_OK;
}
