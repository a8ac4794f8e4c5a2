#include "gateway/range.h"

/* Digits only; more than fits is as good as no end. */
static bool
take_number(struct rk_str s, uint64_t *ret_n)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

		if (digit > 9)
			return false;
		n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
	}
	*ret_n = n;
	return s.n > 0;
}

/* "-500": the last 500 bytes, or all when there are fewer. */
static enum rk_range
parse_suffix(struct rk_str count, uint64_t size, uint64_t *ret_from, uint64_t *ret_to)
{
	uint64_t n;

	if (!take_number(count, &n) || n == 0 || size == 0)
		return RK_RANGE_NONE;
	*ret_from = n < size ? size - n : 0;
	*ret_to = size - 1;
	return RK_RANGE_PART;
}

enum rk_range
rk_range_parse(struct rk_str field, uint64_t size, uint64_t *ret_from, uint64_t *ret_to)
{
	struct rk_str last = rk_str_trim(field), first;
	uint64_t from, to = UINT64_MAX;

	if (last.n < 6 || !rk_str_is_nocase(rk_str_sub(last, 0, 6), RK_STR("bytes=")))
		return RK_RANGE_ALL;
	last = rk_str_sub(last, 6, last.n);
	if (rk_str_index(last, ',') < last.n)
		return RK_RANGE_ALL;
	if (rk_str_index(last, '-') == last.n)
		return RK_RANGE_NONE;
	first = rk_str_trim(rk_str_take(&last, '-'));
	last = rk_str_trim(last);
	if (first.n == 0)
		return parse_suffix(last, size, ret_from, ret_to);
	if (!take_number(first, &from) || (last.n > 0 && !take_number(last, &to)) || from > to ||
	    from >= size)
		return RK_RANGE_NONE;
	*ret_from = from;
	*ret_to = to < size ? to : size - 1;
	return RK_RANGE_PART;
}
