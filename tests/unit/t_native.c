/* The native surface against JavaScript that means ill, through a stand-in for our own JavaScript. */
#include "worker_rig.h"

/* Each "function" is named by the query: what it does with `native` is below. */
static const char boot[] =
    "({ default(native) {\n"
    "  const a = native.answer, text = (v) => a(0, 200, 'content-type: text/plain\\n', String(v));\n"
    "  const acts = {\n"
    "    throws() { throw new Error('ours'); },\n"
    "    throwsGetter() { throw { get message() { for (;;); }, toString() { a(0, 200, '', 'late'); return "
    "'x'; } }; },\n"
    "    silly() { a(); a({}, [], null, 7); a(0, 'x', 5, 5); a(0, NaN); text('never'); },\n"
    "    status() { a(0, 99, '', ''); },\n"
    "    fraction() { a(0, 200.5, '', ''); },\n"
    "    field() { a(0, 200, 'no field\\n', ''); },\n"
    "    fieldUnicode() { a(0, 200, 'x: \\u20ac\\n', ''); },\n"
    "    latin1() { a(0, 201, 'x-a: \\u00e9\\nx-b: \\n', 'ok'); },\n"
    "    twice() { text(1); text(2); },\n"
    "    surrogate() { text('\\ud800!'); },\n"
    "    bytes() { a(0, 200, '', new Uint8Array([1, 2, 0, 255, 4]).subarray(1, 4)); },\n"
    "    detached() { const u = new Uint8Array(8); u.buffer.transfer?.(); a(0, 200, '', u); },\n"
    "    getters() { a(0, 200, { toString() { text('from a getter'); return ''; } }, { toString: null }); "
    "},\n"
    "    polluted() { Object.prototype.message = 1; Array.prototype.push = null;\n"
    "      Object.defineProperty(Array.prototype, '0', { set() { throw 1; }, configurable: true });\n"
    "      const h = native.headers(); delete Array.prototype[0]; text(h.length + h[0] + "
    "h[1].charCodeAt(1)); },\n"
    "    compile() { let r = []; for (const i of [-1, 0.5, 1e9, NaN, '0', null, {}])\n"
    "      try { native.compile(i); r.push('no'); } catch (e) { r.push(e instanceof Error); } text(r); },\n"
    "    broken() { try { native.compile(1); } catch (e) { text(e.name + ' ' + e.message); } },\n"
    "    compiled() { const f = native.compile(0); text(typeof f + f.length); },\n"
    "    utf8() { const r = [native.utf8Decode(native.utf8Encode('h\\u00e9\\ud83c\\udf89'), true)];\n"
    "      for (const v of [new Uint8Array([255]), 5, undefined, 'x']) try { native.utf8Decode(v, true); "
    "r.push('no'); }\n"
    "        catch (e) { r.push(e.name); }\n"
    "      r.push(native.utf8Decode(new Uint8Array([97, 255]), false).length); text(r); },\n"
    "    random() { const r = [native.randomBytes(32).length, native.randomBytes(0).length];\n"
    "      for (const n of [-1, 1.5, 1e9, NaN, 'x']) try { native.randomBytes(n); r.push('no'); } catch { "
    "r.push('threw'); }\n"
    "      text(r); },\n"
    "    mint() { const r = []; for (const args of [[], [1, 2, 3], ['a'], ['AC', 'SK', 's', null, 'none'], "
    "Array(9).fill({})])\n"
    "      try { native.key(...args); r.push('no'); } catch (e) { r.push(e instanceof Error); } text(r); "
    "},\n"
    "    body() { const b = native.bodyBytes(); text([b.length, b[0], b instanceof Uint8Array]); },\n"
    "    facts() { text([native.variables.__proto__, Object.keys(native.variables), "
    "native.functions[0].file,\n"
    "      native.settings.dev]); },\n"
    "    wake() { native.wakeAt(native.now() + 20); },\n"
    "    rejects() { Promise.reject(new Error('unheard')); },\n"
    "  };\n"
    "  return { invoke(i, method, path, query, host, type, body) {\n"
    "      if (query === 'args') return text([i, native.requestId(), method, path, host, type, body]);\n"
    "      acts[query](); },\n"
    "    wake() { text('woken'); }, rejected(promise, reason) { text('rejected ' + reason.message); }, end() "
    "{} };\n"
    "} })\n";

static const char *const files[] = { "functions/ok.js", "exports.handler = 1", "functions/bad.js",
	"let a = ;", NULL };
static const char *const variables[] = { "__proto__", "own", "B", "2", "A", "1", NULL };
static struct rig *rig;

static struct rig_reply *
act(const char *name)
{
	return rig_ask(
	    rig, (struct rig_request){ .id = 1, .query = name, .body = "\xff\xfe", .timeout_ms = 2000 });
}

static void
expect(const char *name, unsigned status, const char *body)
{
	struct rig_reply *r = act(name);

	assert_int_equal(r->status, status);
	if (body)
		assert_string_equal(r->body, body);
}

static void
test_faults_of_our_own_are_500_and_the_slot_lives(void **state)
{
	expect("throws", 500, NULL);
	assert_int_equal(rig->replies[1].outcome, RK_OUTCOME_ERROR);
	assert_null(strstr(rig->replies[1].body, "ours"));
	expect("nothing", 500, NULL);
	expect("latin1", 201, "ok");
	assert_string_equal(rig->replies[1].head, "x-a: \xe9\nx-b: \n");
}

static void
test_an_answer_that_cannot_be_sent_is_500(void **state)
{
	static const char *const names[] = { "silly", "status", "fraction", "field", "fieldUnicode" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		expect(names[i], 500, NULL);
		assert_int_equal(rig->replies[1].outcome, RK_OUTCOME_INVALID);
		assert_non_null(strstr(rig->replies[1].body, "RK-511"));
	}
}

static void
test_answers(void **state)
{
	expect("twice", 200, "1");
	expect("surrogate", 200, "\xef\xbf\xbd!");
	expect("bytes", 200, NULL);
	assert_int_equal(rig->replies[1].body_n, 3);
	assert_memory_equal(rig->replies[1].body, "\x02\x00\xff", 3);
	expect("detached", 200, NULL);
	expect("getters", 200, "");
	expect("wake", 200, "woken");
	expect("rejects", 200, "rejected unheard");
}

static void
test_arguments_are_checked(void **state)
{
	expect("compile", 200, "true,true,true,true,true,true,true");
	expect("broken", 200, "SyntaxError functions/bad.js:1:9: Unexpected token ';'");
	expect("compiled", 200, "function5");
	expect("utf8", 200, "h\xc3\xa9\xf0\x9f\x8e\x89,TypeError,TypeError,TypeError,TypeError,2");
	expect("random", 200, "32,0,threw,threw,threw,threw,threw");
	expect("mint", 200, "true,true,true,true,true");
}

static void
test_what_comes_in(void **state)
{
	struct rig_reply *r;

	expect("body", 200, "2,255,true");
	expect("facts", 200, "own,__proto__,B,A,functions/ok.js,true");
	r = rig_ask(rig, (struct rig_request){ .id = 2,
			     .query = "args",
			     .method = "PUT",
			     .path = "/a%20b",
			     .type = "text/x",
			     .body = "h\xc3\xa9" });
	assert_string_equal(
	    r->body, "0,RQ0123456789abcdef0123456789abcdef,PUT,/a%20b,localhost:3000,text/x,h\xc3\xa9");
	r = rig_ask(rig, (struct rig_request){
			     .id = 2, .query = "args", .type = "text/x", .encoding = "gzip", .body = "x" });
	assert_string_equal(r->body, "0,RQ0123456789abcdef0123456789abcdef,POST,/x,localhost:3000,text/x,");
}

static void
test_pollution_does_not_reach_the_next(void **state)
{
	expect("polluted", 200, "2X-Thing233");
	expect("twice", 200, "1");
	expect("throws", 500, NULL);
}

/* A name that asks for nothing is stopped at its limit. */
static void
test_a_hostile_error_is_stopped_or_answered(void **state)
{
	struct rig_reply *r = act("throwsGetter");

	assert_true(r->status == 500 || r->status == 200);
	expect("twice", 200, "1");
}

static int
make_rig(void **state)
{
	rig = rig_new(files, variables, NULL, boot);
	return 0;
}

static int
drop_rig(void **state)
{
	rig_free(rig);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults_of_our_own_are_500_and_the_slot_lives),
		cmocka_unit_test(test_an_answer_that_cannot_be_sent_is_500),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_arguments_are_checked),
		cmocka_unit_test(test_what_comes_in),
		cmocka_unit_test(test_pollution_does_not_reach_the_next),
		cmocka_unit_test(test_a_hostile_error_is_stopped_or_answered),
	};

	return cmocka_run_group_tests(tests, make_rig, drop_rig);
}
