#include "wire/names.h"

#include "base/buf.h"

/* What JavaScript's \s takes for whitespace beyond ASCII, as UTF-8. */
static bool
is_wide_space(struct rk_str c)
{
	const unsigned char *b = (const unsigned char *)c.p;
	if (c.n == 2)
		return b[0] == 0xC2 && b[1] == 0xA0;
	if (c.n != 3)
		return false;
	if (b[0] == 0xE2 && b[1] == 0x80)
		return b[2] <= 0x8A || b[2] == 0xA8 || b[2] == 0xA9 || b[2] == 0xAF;
	return (b[0] == 0xE1 && b[1] == 0x9A && b[2] == 0x80) ||
	       (b[0] == 0xE2 && b[1] == 0x81 && b[2] == 0x9F) ||
	       (b[0] == 0xE3 && b[1] == 0x80 && b[2] == 0x80) ||
	       (b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF);
}

static bool
is_space(struct rk_str c)
{
	return c.n == 1 ? (c.p[0] == ' ' || (c.p[0] >= '\t' && c.p[0] <= '\r')) : is_wide_space(c);
}

/* The first character of valid UTF-8. */
static struct rk_str
first_char(struct rk_str s)
{
	unsigned char lead = (unsigned char)s.p[0];
	return rk_str_sub(s, 0, lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4);
}

/* Beyond the vendor's list: a control character cannot stand in a request line (RFC 9112 section 3). */
static bool
is_refused(char c)
{
	return ((unsigned char)c < 0x20 && !is_space(rk_str_n(&c, 1))) || c == 0x7F ||
	       (c != '\0' && strchr("#;,?:@+&$()'\"", c));
}

static struct rk_str
strip_visibility(struct rk_str stem, enum rk_visibility *ret_visibility)
{
	static const struct {
		const char *mark;
		enum rk_visibility visibility;
	} marks[] = { { ".protected", RK_PROTECTED }, { ".private", RK_PRIVATE } };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (rk_str_has_suffix(stem, rk_str(marks[i].mark))) {
			*ret_visibility = marks[i].visibility;
			return rk_str_sub(stem, 0, stem.n - strlen(marks[i].mark));
		}
	*ret_visibility = RK_PUBLIC;
	return stem;
}

bool
rk_names_is_function(struct rk_str file)
{
	if (!rk_str_has_suffix(file, RK_STR(".js")))
		return false;
	while (file.n) {
		struct rk_str part = rk_str_take(&file, '/');
		if (part.n == 0 || part.p[0] == '.')
			return false;
	}
	return true;
}

static enum rk_err
refuse_char(struct rk_why *why, struct rk_str file, struct rk_str c)
{
	if ((unsigned char)c.p[0] < 0x20 || c.p[0] == 0x7F)
		return rk_why(why, RK_INVALID, "RK-109", "Rename the file.",
		    "%.*s is left out: its name holds the control character 0x%02x.", RK_FMT(file),
		    (unsigned)(unsigned char)c.p[0]);
	return rk_why(why, RK_INVALID, "RK-109", "Rename the file: none of # ; , ? : @ + & $ ( ) ' \" in it.",
	    "%.*s is left out: its name holds the character %.*s, which a path cannot have.", RK_FMT(file),
	    RK_FMT(c));
}

static enum rk_err
put_path(struct rk_name *name, size_t *units, struct rk_str file, struct rk_str left, struct rk_why *why)
{
	while (left.n) {
		struct rk_str c = first_char(left);
		left = rk_str_sub(left, c.n, left.n);
		if (c.n == 1 && is_refused(c.p[0]))
			return refuse_char(why, file, c);
		if (is_space(c))
			c = RK_STR("-");
		else if (c.n == 1 && c.p[0] == '\\')
			c = RK_STR("/");
		*units += c.n == 4 ? 2 : 1;
		if (*units > RK_NAMES_UNITS)
			return rk_why(why, RK_INVALID, "RK-110",
			    "Shorten the names of the file or of its folders.",
			    "%.*s... is left out: its path has more than 255 characters.", 60, file.p);
		memcpy(name->path + name->n, c.p, c.n);
		name->n += c.n;
	}
	name->path[name->n] = '\0';
	return RK_OK;
}

/* The path is `stem`, less its visibility, and `extension`; both lie in `file`. */
static enum rk_err
parse(struct rk_str file, struct rk_str stem, struct rk_str extension, struct rk_name *ret_name,
    struct rk_why *why)
{
	struct rk_name name = { .n = 1, .path = "/" };
	size_t units = 1;

	stem = strip_visibility(stem, &name.visibility);
	enum rk_err err = put_path(&name, &units, file, stem, why);
	if (err == RK_OK)
		err = put_path(&name, &units, file, extension, why);
	if (err == RK_OK)
		*ret_name = name;
	return err;
}

enum rk_err
rk_names_parse(struct rk_str file, struct rk_name *ret_name, struct rk_why *why)
{
	if (!rk_names_is_function(file) || !rk_str_is_utf8(file))
		return rk_why(why, RK_INVALID, "RK-109", "Rename the file.",
		    "%.*s is left out: its name is not UTF-8 text that ends in .js.", RK_FMT(file));
	return parse(file, rk_str_sub(file, 0, file.n - 3), RK_STR(""), ret_name, why);
}

/* Where the last part's extension begins; a dot that begins the part begins none. */
static size_t
extension_at(struct rk_str file)
{
	size_t at = file.n;

	while (at > 0 && file.p[at - 1] != '.' && file.p[at - 1] != '/')
		at--;
	return at < 2 || file.p[at - 1] == '/' || file.p[at - 2] == '/' ? file.n : at - 1;
}

enum rk_err
rk_names_parse_asset(struct rk_str file, struct rk_name *ret_name, struct rk_why *why)
{
	size_t at = extension_at(file);

	if (file.n == 0 || !rk_str_is_utf8(file))
		return rk_why(why, RK_INVALID, "RK-109", "Rename the file.",
		    "%.*s is left out: its name is not UTF-8 text.", RK_FMT(file));
	return parse(file, rk_str_sub(file, 0, at), rk_str_sub(file, at, file.n), ret_name, why);
}
