/*
 * fuzz_inifile.c - any text: settings come in the order of their lines, and no line is longer than is taken.
 */
#include <stdint.h>
#include <stdlib.h>

#include "cli/inifile.h"

#define LINE_MAX 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct check {
	unsigned line, lines;
};

static void
check_setting(const char *section, const char *name, const char *value, unsigned line, void *arg)
{
	struct check *check = arg;

	if (line <= check->line || line > check->lines || strlen(name) >= LINE_MAX ||
	    strlen(value) >= LINE_MAX || strlen(section) >= LINE_MAX)
		abort();
	check->line = line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_str text = rk_str_n((const char *)data, size), left = text;
	struct check check = { 0 };
	unsigned bad = 0;
	enum rk_err err;

	for (; left.n > 0; check.lines++)
		rk_str_take(&left, '\n');
	err = rk_inifile_each(text, check_setting, &check, &bad);
	if (err != (bad ? RK_INVALID : RK_OK) || bad > check.lines)
		abort();
	return 0;
}
