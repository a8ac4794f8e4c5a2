/*
 * multipart.c - multipart/form-data.
 */
#include "wire/multipart.h"

/* bchars of RFC 2046, section 5.1.1; a space may not be the last. */
static bool
is_boundary(struct rk_str s)
{
	static const char others[] = "'()+_,-./:=? ";

	if (s.n == 0 || s.n > RK_MULTIPART_BOUNDARY_MAX || s.p[s.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!word && (c == '\0' || !strchr(others, c)))
			return false;
	}
	return true;
}

/*
 * Takes one `; name=value` off *left. The value is what lies between quotes, or a run up to the next ';'.
 * RK_NOT_FOUND at the end.
 */
static enum rk_err
take_parameter(struct rk_str *left, struct rk_str *ret_name, struct rk_str *ret_value)
{
	struct rk_str s = rk_str_trim(*left);
	size_t equals, end;

	if (s.n == 0)
		return RK_NOT_FOUND;
	if (s.p[0] != ';')
		return RK_INVALID;
	s = rk_str_trim(rk_str_sub(s, 1, s.n));
	equals = rk_str_index(s, '=');
	if (equals == s.n)
		return s.n == 0 ? RK_NOT_FOUND : RK_INVALID;
	*ret_name = rk_str_trim(rk_str_sub(s, 0, equals));
	s = rk_str_trim(rk_str_sub(s, equals + 1, s.n));
	if (s.n && s.p[0] == '"') {
		s = rk_str_sub(s, 1, s.n);
		end = rk_str_index(s, '"');
		if (end == s.n)
			return RK_INVALID;
		*ret_value = rk_str_sub(s, 0, end);
		*left = rk_str_sub(s, end + 1, s.n);
		return RK_OK;
	}
	end = rk_str_index(s, ';');
	*ret_value = rk_str_trim(rk_str_sub(s, 0, end));
	*left = rk_str_sub(s, end, s.n);
	return RK_OK;
}

/* The text before the parameters, which are left in *left. */
static struct rk_str
take_value(struct rk_str *left)
{
	size_t end = rk_str_index(*left, ';');
	struct rk_str value = rk_str_trim(rk_str_sub(*left, 0, end));

	*left = rk_str_sub(*left, end, left->n);
	return value;
}

enum rk_err
rk_multipart_get_boundary(struct rk_str content_type, struct rk_str *ret_boundary)
{
	struct rk_str left = content_type, name, value, found = { NULL, 0 };
	enum rk_err err;

	if (!rk_str_is_nocase(take_value(&left), RK_STR("multipart/form-data")))
		return RK_UNSUPPORTED;
	while ((err = take_parameter(&left, &name, &value)) == RK_OK)
		if (rk_str_is_nocase(name, RK_STR("boundary"))) {
			if (found.p)
				return RK_INVALID;
			found = value;
		}
	if (err != RK_NOT_FOUND || !is_boundary(found))
		return RK_INVALID;
	*ret_boundary = found;
	return RK_OK;
}

void
rk_multipart_init(struct rk_multipart *m, struct rk_str body, struct rk_str boundary)
{
	*m = (struct rk_multipart){ .left = body, .boundary = boundary };
}

/* Is there "--boundary" at the front? */
static bool
has_delimiter(const struct rk_multipart *m, struct rk_str s)
{
	return s.n >= m->boundary.n + 2 && s.p[0] == '-' && s.p[1] == '-' &&
	       memcmp(s.p + 2, m->boundary.p, m->boundary.n) == 0;
}

/* Where CRLF and the delimiter begin that end the part; s.n when there is none. */
static size_t
find_end(const struct rk_multipart *m, struct rk_str s)
{
	size_t at = 0;

	while (at < s.n) {
		const char *cr = memchr(s.p + at, '\r', s.n - at);
		if (!cr)
			break;
		at = (size_t)(cr - s.p);
		if (at + 1 < s.n && s.p[at + 1] == '\n' && has_delimiter(m, rk_str_sub(s, at + 2, s.n)))
			return at;
		at++;
	}
	return s.n;
}

/* What stands after a delimiter: CRLF and another part, or "--" and nothing that matters (RFC 2046: an epilogue). */
static enum rk_err
pass_delimiter(struct rk_multipart *m)
{
	struct rk_str s = rk_str_sub(m->left, m->boundary.n + 2, m->left.n);
	size_t blanks = 0;

	if (rk_str_has_prefix(s, RK_STR("--"))) {
		m->ended = true;
		return RK_OK;
	}
	while (blanks < s.n && (s.p[blanks] == ' ' || s.p[blanks] == '\t'))
		blanks++;
	s = rk_str_sub(s, blanks, s.n);
	if (!rk_str_has_prefix(s, RK_STR("\r\n")))
		return RK_INVALID;
	m->left = rk_str_sub(s, 2, s.n);
	return RK_OK;
}

/* The first delimiter stands at the very front, or at the front of a line after a preamble. */
static enum rk_err
start(struct rk_multipart *m)
{
	size_t at;

	m->started = true;
	if (!has_delimiter(m, m->left)) {
		at = find_end(m, m->left);
		if (at == m->left.n)
			return RK_INVALID;
		m->left = rk_str_sub(m->left, at + 2, m->left.n);
	}
	return pass_delimiter(m);
}

static enum rk_err
read_disposition(struct rk_str value, struct rk_multipart_part *part)
{
	struct rk_str left = value, name, text;
	enum rk_err err;

	if (part->name.p || !rk_str_is_nocase(take_value(&left), RK_STR("form-data")))
		return RK_INVALID;
	while ((err = take_parameter(&left, &name, &text)) == RK_OK) {
		bool is_name = rk_str_is_nocase(name, RK_STR("name"));
		struct rk_str *into = is_name ? &part->name : &part->filename;
		if (!is_name && !rk_str_is_nocase(name, RK_STR("filename")))
			continue;
		if (into->p)
			return RK_INVALID;
		*into = text.p ? text : RK_STR("");
	}
	return err == RK_NOT_FOUND ? RK_OK : err;
}

static enum rk_err
read_header(struct rk_str line, struct rk_multipart_part *part)
{
	struct rk_str value = line, name = rk_str_take(&value, ':');

	if (name.n == 0 || name.n == line.n || memchr(line.p, '\0', line.n) || memchr(line.p, '\r', line.n) ||
	    memchr(line.p, '\n', line.n))
		return RK_INVALID;
	value = rk_str_trim(value);
	if (rk_str_is_nocase(name, RK_STR("Content-Disposition")))
		return read_disposition(value, part);
	if (rk_str_is_nocase(name, RK_STR("Content-Type")))
		part->content_type = value;
	else if (rk_str_is_nocase(name, RK_STR("Content-Transfer-Encoding")) &&
		 !rk_str_is_nocase(value, RK_STR("binary")) && !rk_str_is_nocase(value, RK_STR("8bit")) &&
		 !rk_str_is_nocase(value, RK_STR("7bit")))
		return RK_INVALID;
	return RK_OK;
}

/* Header lines up to the empty one; *s is left at the part's body. */
static enum rk_err
read_headers(struct rk_str *s, struct rk_multipart_part *part)
{
	size_t used = 0;

	for (;;) {
		const char *end = s->n ? memmem(s->p, s->n, "\r\n", 2) : NULL;
		size_t n = end ? (size_t)(end - s->p) : 0;
		enum rk_err err;
		if (!end)
			return RK_INVALID;
		used += n + 2;
		if (used > RK_MULTIPART_HEADERS_MAX)
			return RK_TOO_LARGE;
		err = n ? read_header(rk_str_sub(*s, 0, n), part) : RK_OK;
		if (err)
			return err;
		*s = rk_str_sub(*s, n + 2, s->n);
		if (n == 0)
			return part->name.p ? RK_OK : RK_INVALID;
	}
}

enum rk_err
rk_multipart_next(struct rk_multipart *m, struct rk_multipart_part *ret_part)
{
	struct rk_multipart_part part = { .name = { NULL, 0 } };
	enum rk_err err = m->started ? RK_OK : start(m);
	struct rk_str s;
	size_t end;

	if (err)
		return err;
	if (m->ended)
		return RK_NOT_FOUND;
	if (++m->parts > RK_MULTIPART_PARTS_MAX)
		return RK_TOO_LARGE;
	s = m->left;
	err = read_headers(&s, &part);
	if (err)
		return err;
	/* An empty body's delimiter begins with the CRLF that ended the headers. */
	if (has_delimiter(m, s)) {
		part.body = rk_str_sub(s, 0, 0);
		m->left = s;
	} else {
		end = find_end(m, s);
		if (end == s.n)
			return RK_INVALID;
		part.body = rk_str_sub(s, 0, end);
		m->left = rk_str_sub(s, end + 2, s.n);
	}
	err = pass_delimiter(m);
	if (err)
		return err;
	*ret_part = part;
	return RK_OK;
}
