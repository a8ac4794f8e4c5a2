/* Any bytes as a file's name: what is accepted is a path that a request line can hold. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "wire/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_name name;
	struct rk_why why;

	if (rk_names_parse(rk_str_n(data, size), &name, &why) != RK_OK) {
		if (!why.code[0] || !why.what[0])
			abort();
		return 0;
	}
	if (name.path[0] != '/' || strlen(name.path) != name.n || !rk_str_is_utf8(rk_name_path(&name)))
		abort();
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.path[i] <= ' ' || strchr("#;,?:@+&$()'\"\\\x7f", name.path[i]))
			abort();
	return 0;
}
