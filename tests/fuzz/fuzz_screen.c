/* A head in lines: method SP target SP version, then name:value; whatever passes must keep the promises. */
#include <stdlib.h>

#include "gateway/screen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_promises(const struct rk_head *head, const struct rk_head_facts *facts)
{
	for (size_t i = 0; i < facts->path.n; i++)
		if ((unsigned char)facts->path.p[i] <= ' ' || (unsigned char)facts->path.p[i] >= 0x7f)
			abort();
	if (facts->chunked && facts->length)
		abort();
	for (uint32_t i = 0; i < head->count; i++)
		if (!rk_screen_is_token(head->fields[i].name) ||
		    memchr(head->fields[i].value.p, '\0', head->fields[i].value.n))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_str in = rk_str_n(data, size), line = rk_str_take(&in, '\n');
	struct rk_field fields[RK_HEAD_FIELDS];
	struct rk_head head = { .fields = fields };
	struct rk_head_facts facts;
	const char *reason;

	head.method = rk_str_take(&line, ' ');
	head.target = rk_str_take(&line, ' ');
	head.version = line;
	while (in.n && head.count < RK_HEAD_FIELDS) {
		struct rk_str value = rk_str_take(&in, '\n');
		struct rk_str name = rk_str_take(&value, ':');

		fields[head.count++] = (struct rk_field){ name, value.n ? value : rk_str_n("", 0) };
		head.bytes += name.n + value.n;
	}
	if (rk_screen_check(&head, &facts, &reason) == RK_SCREEN_PASS)
		check_promises(&head, &facts);
	return 0;
}
