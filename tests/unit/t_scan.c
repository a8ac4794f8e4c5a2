/* What a function's text reads: the expectation is "v:NAME@line" (d: with a default, e: field of event). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/auto.h"
#include "base/buf.h"
#include "keeper/scan.h"

static void
note(const struct rk_scan_read *read, void *arg)
{
	struct rk_buf *out = arg;
	char kind = read->source == RK_SCAN_EVENT ? 'e' : read->has_default ? 'd' : 'v';

	rk_buf_printf(out, "%s%c:%.*s@%u", out->n ? " " : "", kind, RK_FMT(read->name), read->line);
}

static void
check(const char *text, const char *expected)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);

	rk_scan_each(rk_str(text), note, &out);
	assert_int_equal(rk_buf_end(&out), RK_OK);
	assert_string_equal(rk_buf_z(&out), expected);
}

static void
members(void **state)
{
	check("process.env.A", "v:A@1");
	check("x = process.env.A;\ny = process.env['B'];\n\nz = process.env[\"C\"]", "v:A@1 v:B@2 v:C@4");
	check("process.env[`D`]", "v:D@1");
	check("process?.env?.A + context?.B + context?.['C']", "v:A@1 v:B@1 v:C@1");
	check("globalThis.process.env.A", "v:A@1");
	check("process\n  .env\n  .A", "v:A@3");
	check("context.ACCOUNT_SID; context['X-Y']", "v:ACCOUNT_SID@1 v:X-Y@1");
	check("process.env[name]; process.env; context; process.argv.A", "");
	check("context.A.split(',')", "v:A@1");
	check("event.identity", "e:identity@1");
}

static void
not_variables(void **state)
{
	check("context.PATH + context.DOMAIN_NAME + context.SERVICE_SID + context.ENVIRONMENT_SID", "");
	check("context.getTwilioClient(); context.succeed(1); event.request.headers", "");
	check("process.env.PATH", "v:PATH@1");
	check("this.context.A; canvas.context['B']; my.event.c", "");
	check("process.env.A = 1; context.B = 2", "");
	check("process.env.A == 1; process.env.B === 2", "v:A@1 v:B@1");
	check("mycontext.A; contextual.B; xprocess.env.C", "");
}

static void
defaults(void **state)
{
	check("process.env.A || 1; process.env.B ?? 2; process.env.C ||= 3", "d:A@1 d:B@1 d:C@1");
	check("process.env.A && 1; process.env.B ? 1 : 2", "v:A@1 v:B@1");
}

static void
destructuring(void **state)
{
	check("const { A, B: b, C = 1, D: d = 2 } = process.env;", "v:A@1 v:B@1 d:C@1 d:D@1");
	check("const {\n  A,\n  B,\n} = process.env", "v:A@2 v:B@3");
	check("let { 'A': a, ...rest } = context, { B } = process.env", "v:A@1 v:B@1");
	check("({ A } = context)", "v:A@1");
	check("const { A: { length }, B: [c] } = context", "v:A@1 v:B@1");
	check("const { A = { x: [1, 2], y: '}' }, B } = context", "d:A@1 v:B@1");
	check("const { identity, room = 'x' } = event", "e:identity@1 e:room@1");
	check("const { A } = require('x'); const { B } = process.env.C; f({ D }, context)", "v:C@1");
	check("const { A } = context.getTwilioClient(); const { B } = other", "");
	check("function f({ A } = context) {}", "v:A@1");
}

static void
handler_parameters(void **state)
{
	check("exports.handler = function(ctx, ev, cb) { ctx.A; ev.b; context.C }", "v:A@1 e:b@1");
	check("exports.handler = async (c, e, cb) => { c.A + e.b }", "v:A@1 e:b@1");
	check("exports.handler = async function run(c, e, cb) { c.A }", "v:A@1");
	check("exports.handler = ({ A, B = 2 }, { name }, cb) => {}", "v:A@1 d:B@1 e:name@1");
	check("exports.handler = wrap(function(context, event, callback) { context.A })", "v:A@1");
	check("exports.handler = wrap(a, b); context.A", "v:A@1");
}

static void
text_is_not_code(void **state)
{
	check("// process.env.A\n/* process.env.B\n */ process.env.C", "v:C@3");
	check("'process.env.A' + \"context.B\" + `process.env.C`", "");
	check("'\\'process.env.A' + process.env.B", "v:B@1");
	check("`a${process.env.A}b${ `c${context.B}` }d` + process.env.C", "v:A@1 v:B@1 v:C@1");
	check("`${{a: {b: 1}}}process.env.A` + context.B", "v:B@1");
	check("/process.env.A/.test(x) && context.B", "v:B@1");
	check("x = /['\"`]/g; context.A", "v:A@1");
	check("x = /[/'\"]/; context.A", "v:A@1");
	check("x = a / context.A / process.env.B", "v:A@1 v:B@1");
	check("x = (a) / context.A / 2", "v:A@1");
	check("x = a[0] / context.A / 2; i++ / context.B / 1", "v:A@1 v:B@1");
	check("if (x) /'/.test(y); context.A", "v:A@1");
	check("return /'/.test(y) || context.A", "v:A@1");
	check("#!/usr/bin/env node'\ncontext.A", "v:A@2");
	check("'a\\\nb'; context.A", "v:A@2");
	check("1.5.toFixed(); 1..x; context.A", "v:A@1");
}

static void
broken_text_ends_somewhere(void **state)
{
	check("", "");
	check("process.env.", "");
	check("process.env['A", "");
	check("`${", "");
	check("`${`${`${`${context.A", "v:A@1");
	check("/* process.env.A", "");
	check("const { A", "");
	check("const { A } = process.env", "v:A@1");
	check("}}}))) context.A", "v:A@1");
	check("'open\ncontext.A", "v:A@2");
}

static void
nested_braces_do_not_take_for_ever(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(4u << 20), out = RK_BUF(1024);

	while (text.n < (4u << 20) - 8)
		rk_buf_lit(&text, "({a=");
	rk_scan_each(rk_buf_str(&text), note, &out);
	assert_int_equal(out.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members),
		cmocka_unit_test(not_variables),
		cmocka_unit_test(defaults),
		cmocka_unit_test(destructuring),
		cmocka_unit_test(handler_parameters),
		cmocka_unit_test(text_is_not_code),
		cmocka_unit_test(broken_text_ends_somewhere),
		cmocka_unit_test(nested_braces_do_not_take_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
