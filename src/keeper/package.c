#include "keeper/package.h"

#include "base/auto.h"
#include "base/json.h"

#define FILE_BYTES (1024u * 1024u)
#define NAME_BYTES 214u /* npm's own limit */

struct rk_str
rk_package_name(const struct rk_folder *folder, struct rk_arena *arena)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = { 0 };
	RK_AUTO(rk_json_auto) struct rk_json *root = NULL;
	struct rk_why why;

	if (rk_folder_read(folder, "package.json", FILE_BYTES, &text) != RK_OK ||
	    rk_json_parse(rk_buf_str(&text), &root, &why) != RK_OK || rk_json_type(root) != RK_JSON_OBJECT)
		return RK_STR("");
	struct rk_str name = rk_json_str(rk_json_get(root, "name"));
	return name.n <= NAME_BYTES ? rk_arena_dup(arena, name) : RK_STR("");
}
