/*
 * when.c - moments and spans of time as text.
 */
#include "cli/when.h"

#include <math.h>
#include <time.h>

#define YEAR_1 (-62135596800.0)
#define YEAR_10000 253402300800.0
#define SPAN_MAX 100000000000ull /* over 3000 years: never near an overflow */

void
rk_when_put(struct rk_buf *out, double unix_seconds)
{
	time_t whole;
	struct tm tm;

	if (!(unix_seconds >= YEAR_1 && unix_seconds < YEAR_10000)) {
		rk_buf_printf(out, "%.0f", unix_seconds);
		return;
	}
	whole = (time_t)floor(unix_seconds);
	gmtime_r(&whole, &tm);
	rk_buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static unsigned
unit_of(char c)
{
	return c == 's' ? 1 : c == 'm' ? 60 : c == 'h' ? 3600 : c == 'd' ? 86400 : 0;
}

bool
rk_when_parse_span(struct rk_str text, int64_t *ret_seconds)
{
	bool minus = rk_str_has_prefix(text, RK_STR("-"));
	unsigned unit = text.n ? unit_of(text.p[text.n - 1]) : 0;
	unsigned long long number;

	if (unit)
		text.n--;
	text = rk_str_sub(text, minus, text.n);
	if (!rk_str_parse_u64(text, SPAN_MAX / (unit ? unit : 1), &number))
		return false;
	*ret_seconds = (minus ? -1 : 1) * (int64_t)(number * (unit ? unit : 1));
	return true;
}
