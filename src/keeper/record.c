/*
 * record.c - the tables of fields that record.h's lines make, and the limits.
 */
#include "keeper/record.h"

#include "base/err.h"

#define FIELD(ftype, fname, fmost, fflags, fwhich)                                                  \
	{ .name = #fname, .offset = offsetof(ROW, fname), .type = RK_FIELD_##ftype, .most = (fmost), \
		.flags = (fflags), .which = (fwhich) },

#define ROW struct rk_row_account
static const struct rk_field account_fields[] = { RK_FIELDS_account(FIELD) };
#undef ROW
#define ROW struct rk_row_person
static const struct rk_field person_fields[] = { RK_FIELDS_person(FIELD) };
#undef ROW
#define ROW struct rk_row_session
static const struct rk_field session_fields[] = { RK_FIELDS_session(FIELD) };
#undef ROW
#define ROW struct rk_row_key
static const struct rk_field key_fields[] = { RK_FIELDS_key(FIELD) };
#undef ROW
#define ROW struct rk_row_service
static const struct rk_field service_fields[] = { RK_FIELDS_service(FIELD) };
#undef ROW
#define ROW struct rk_row_environment
static const struct rk_field environment_fields[] = { RK_FIELDS_environment(FIELD) };
#undef ROW
#define ROW struct rk_row_variable
static const struct rk_field variable_fields[] = { RK_FIELDS_variable(FIELD) };
#undef ROW
#define ROW struct rk_row_function
static const struct rk_field function_fields[] = { RK_FIELDS_function(FIELD) };
#undef ROW
#define ROW struct rk_row_function_version
static const struct rk_field function_version_fields[] = { RK_FIELDS_function_version(FIELD) };
#undef ROW
#define ROW struct rk_row_asset
static const struct rk_field asset_fields[] = { RK_FIELDS_asset(FIELD) };
#undef ROW
#define ROW struct rk_row_asset_version
static const struct rk_field asset_version_fields[] = { RK_FIELDS_asset_version(FIELD) };
#undef ROW
#define ROW struct rk_row_build
static const struct rk_field build_fields[] = { RK_FIELDS_build(FIELD) };
#undef ROW
#define ROW struct rk_row_deployment
static const struct rk_field deployment_fields[] = { RK_FIELDS_deployment(FIELD) };
#undef ROW
#define ROW struct rk_row_log
static const struct rk_field log_fields[] = { RK_FIELDS_log(FIELD) };
#undef ROW
#define ROW struct rk_row_audit
static const struct rk_field audit_fields[] = { RK_FIELDS_audit(FIELD) };
#undef ROW

static const struct rk_record records[RK_KINDS] = {
#define X(kind, rnoun, rtable, rprefix, rflags)                                                   \
	[RK_KIND_##kind] = { .noun = #rnoun, .table = rtable, .prefix = rprefix, .flags = rflags, \
		.size = sizeof(struct rk_row_##rnoun), .fields = rnoun##_fields,                  \
		.field_n = sizeof rnoun##_fields / sizeof rnoun##_fields[0] },
	RK_RECORD_KINDS(X)
#undef X
};

const struct rk_record *
rk_record_get(enum rk_kind kind)
{
	return (unsigned)kind - 1 < RK_KINDS - 1 ? &records[kind] : NULL;
}

const struct rk_field *
rk_record_field(const struct rk_record *record, struct rk_str name)
{
	for (size_t i = 0; i < record->field_n; i++)
		if (rk_str_is(name, rk_str(record->fields[i].name)))
			return &record->fields[i];
	return NULL;
}

bool
rk_field_is_text(const struct rk_field *f)
{
	return f->type <= RK_FIELD_DIGEST;
}

struct rk_str *
rk_field_text(const struct rk_field *f, const void *row)
{
	return (struct rk_str *)((uintptr_t)row + f->offset);
}

int64_t
rk_field_number(const struct rk_field *f, const void *row)
{
	const char *at = (const char *)row + f->offset;

	return f->type == RK_FIELD_FLAG ? *(const bool *)at : *(const int64_t *)(const void *)at;
}

void
rk_field_set_number(const struct rk_field *f, void *row, int64_t value)
{
	char *at = (char *)row + f->offset;

	if (f->type == RK_FIELD_FLAG)
		*(bool *)at = value != 0;
	else
		*(int64_t *)(void *)at = value;
}

static size_t
count_characters(struct rk_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static enum rk_err
check_text(const struct rk_record *record, const struct rk_field *f, struct rk_str s, struct rk_why *why)
{
	bool plain = f->type == RK_FIELD_TEXT;

	if (!s.p && (f->flags & RK_FIELD_NULL))
		return RK_OK;
	if (s.n == 0 && !(f->flags & RK_FIELD_EMPTY))
		return rk_why(why, RK_INVALID, "RK-720", "Give it a value.", "The %s of the %s is empty.", f->name,
		    record->noun);
	if (plain && (!rk_str_is_utf8(s) || rk_str_index(s, '\0') != s.n))
		return rk_why(why, RK_INVALID, "RK-720", "Send UTF-8 text.",
		    "The %s of the %s is not text: it has bytes that are not UTF-8, or a NUL.", f->name, record->noun);
	if ((plain ? count_characters(s) : s.n) > f->most)
		return rk_why(why, RK_TOO_LARGE, "RK-721", "Shorten it.", "The %s of the %s is longer than %u %s.",
		    f->name, record->noun, (unsigned)f->most, plain ? "characters" : "bytes");
	return RK_OK;
}

enum rk_err
rk_record_check(const struct rk_record *record, const void *row, struct rk_why *why)
{
	enum rk_err err = RK_OK;

	for (size_t i = 0; i < record->field_n && !err; i++) {
		const struct rk_field *f = &record->fields[i];
		if (rk_field_is_text(f))
			err = check_text(record, f, *rk_field_text(f, row), why);
	}
	return err;
}
