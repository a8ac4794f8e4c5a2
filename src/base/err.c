/*
 * err.c - the rows of roomkey/err.h, and writing a reason down.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
	const char *name, *text;
	int http;
} rows[] = {
#define X(name, http, text) { #name, text, http },
	RK_ERR_ROWS(X)
#undef X
};

static unsigned
row_of(enum rk_err err)
{
	return (unsigned)err < sizeof rows / sizeof rows[0] ? (unsigned)err : RK_INTERNAL;
}

const char *
rk_err_name(enum rk_err err)
{
	return rows[row_of(err)].name;
}

const char *
rk_err_text(enum rk_err err)
{
	return rows[row_of(err)].text;
}

int
rk_err_http(enum rk_err err)
{
	return rows[row_of(err)].http;
}

enum rk_err
rk_why(struct rk_why *why, enum rk_err err, const char *code, const char *todo, const char *what_fmt, ...)
{
	va_list args;

	if (!why)
		return err;
	snprintf(why->code, sizeof why->code, "%s", code);
	snprintf(why->todo, sizeof why->todo, "%s", todo ? todo : "");
	va_start(args, what_fmt);
	vsnprintf(why->what, sizeof why->what, what_fmt, args);
	va_end(args);
	return err;
}
