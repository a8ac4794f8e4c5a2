// What a function finds on globalThis: console, timers, text, URL, Buffer, modules; and what is absent says so.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { handler, makeSlot, run } from './slot.mjs';

async function log(source) {
	const { logs } = await run(handler(`${source}; callback(null, '');`));
	return logs;
}

async function value(expression) {
	const answer = await run(handler(`callback(null, { value: ${expression} });`));
	assert.equal(answer.status, 200, answer.body);
	return JSON.parse(answer.body).value;
}

for (const [call, level, text] of [
	["console.log('a', 1, { b: [1, { c: {} }] })", 2, 'a 1 { b: [ 1, { c: {} } ] }'],
	["console.log('%s is %d %i %f %j %%', 'x', '4', 4.7, '1.5', { a: 1 }, 'more')", 2, 'x is 4 4 1.5 {"a":1} % more'],
	["console.log('100%')", 2, '100%'],
	["console.error('e')", 0, 'e'], ["console.warn('w')", 1, 'w'], ["console.debug('d')", 3, 'd'], ['console.log()', 2, ''],
	['const o = { n: 1 }; o.self = o; console.log(o)', 2, '<ref *1> { n: 1, self: [Circular *1] }'],
	['console.log(new Map([[1, 2]]), new Set([1]), Symbol("s"), 1n, class A {}, new Date(0))', 2,
		'Map(1) { 1 => 2 } Set(1) { 1 } Symbol(s) 1n [class A] 1970-01-01T00:00:00.000Z'],
	['console.log(new Uint8Array(2), Buffer.from("hi"))', 2, /Uint8Array\(2\) \[ 0, 0 \]/],
	["console.assert(false, 'no')", 1, 'Assertion failed: no'],
	["console.group('g'); console.log('a\\nb')", 2, '  a\n  b'],
	["console.count(); console.count()", 2, 'default: 2'],
	["console.table([{ a: 1, b: 'x' }])", 2, '┌─────────┬───┬─────┐\n│ (index) │ a │ b   │\n├─────────┼───┼─────┤\n│ 0       │ 1 │ \'x\' │\n└─────────┴───┴─────┘'],
	["console.time('t'); console.timeEnd('t')", 2, /^t: [\d.]+ms$/],
	['console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 })', 2, '{ a: [Object] }'],
	["const e = new Error('x'); e.code = 7; console.log(e)", 2, /^Error: x.*\{ code: 7 \}$/s],
	["console.trace('here')", 0, /^Trace: here/],
])
	test(call, async () => {
		const [last] = (await log(call)).slice(-1);
		assert.equal(last[0], level);
		if (text instanceof RegExp)
			assert.match(last[1], text);
		else
			assert.equal(last[1], text);
	});

test('console survives hostile values and bounds its output', async () => {
	const logs = await log(`for (const v of [new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } }), { toString() { throw 1 } },
		Object.create(null), { get x() { throw 1 } }, { [Symbol.for('nodejs.util.inspect.custom')]() { throw 1 } }, [,,1], -0,
		new Date(NaN), 'x'.repeat(1e6)]) { console.log(v); console.log('%s %d', v, v); console.table(v); console.dir(v); }`);
	assert.equal(logs.length, 36);
	assert.ok(logs.every(([, text]) => text.length < 40000));
});

test('timers: order, interval, clear, refresh, arguments, and none of them outlives its call', async () => {
	const source = `exports.handler = (context, event, callback) => {
	const seen = []; const put = (x) => seen.push(x);
	setTimeout(put, 20, 'c'); setTimeout(put, 10, 'a'); setTimeout(put, 10, 'b'); setImmediate(put, 'now');
	clearTimeout(setTimeout(put, 5, 'never')); clearTimeout(+setTimeout(put, 5, 'never'));
	let n = 0; const beat = setInterval(() => { put('i' + ++n); if (n === 2) clearInterval(beat); }, 30);
	Promise.resolve().then(() => put('micro')); process.nextTick(put, 'tick'); queueMicrotask(() => put('queued'));
	setTimeout(put, 200, 'z').refresh();
	setTimeout(() => { globalThis.late = setTimeout(() => { globalThis.ran = true; }, 1); callback(null, seen); }, 100); };`;
	const slot = makeSlot({ files: { 'functions/f.js': source, 'functions/g.js': handler('callback(null, String(globalThis.ran))') } });
	const answer = await slot.call('functions/f.js');
	assert.deepEqual(JSON.parse(answer.body).sort(), ['a', 'b', 'c', 'i1', 'i2', 'micro', 'now', 'queued', 'tick']);
	assert.deepEqual(JSON.parse(answer.body).slice(3), ['now', 'a', 'b', 'c', 'i1', 'i2']);
	assert.equal(slot.due, Infinity);
	assert.equal((await slot.call('functions/g.js')).body, 'undefined');
});

for (const [expression, wanted] of [
	["[...new TextEncoder().encode('é☎')]", [195, 169, 226, 152, 142]],
	["new TextDecoder().decode(new Uint8Array([239, 187, 191, 195, 169, 255]))", 'é\ufffd'],
	["(() => { const d = new TextDecoder(); return d.decode(new Uint8Array([226, 152]), { stream: true }) + d.decode(new Uint8Array([142])) })()", '☎'],
	["new TextDecoder('latin1').decode(new Uint8Array([0x80, 0xe9]))", '€é'],
	["new TextDecoder('utf-16le').decode(new Uint8Array([0xe9, 0, 0x3d, 0xd8, 0, 0xde]))", 'é😀'],
	["btoa('hi\\xff')", 'aGn/'], ["atob(' aGn/ ')", 'hi\xff'],
	["new URL('../b?x=1#h', 'https://ex.example:443/a/c').href", 'https://ex.example/b?x=1#h'],
	["new URLSearchParams('a=1&a=2').getAll('a')", ['1', '2']],
	["Buffer.from('hi').toString('hex')", '6869'], ["typeof require('buffer').Buffer.alloc", 'function'],
	["structuredClone(new Map([[1, { d: new Date(0) }]])).get(1).d.getTime()", 0],
	['crypto.randomUUID().length', 36], ['crypto.getRandomValues(new Uint8Array(4)).length', 4],
	['performance.now() >= 0', true], ['global === globalThis', true], ['process.platform', 'linux'],
	["Object.keys(globalThis).includes('Twilio')", false],
	["require('path').join('/a/b', '../c.js')", '/a/c.js'], ["require('node:path').posix.basename('/a/b.js', '.js')", 'b'],
	["(() => { try { require('assert').strictEqual(1, 2) } catch (e) { return e.code } })()", 'ERR_ASSERTION'],
	["(() => { require('assert')(true); require('assert').deepStrictEqual({ a: [1] }, { a: [1] }); return 'ok' })()", 'ok'],
	["require('util').inspect({ a: { b: { c: {} } } })", '{ a: { b: { c: {} } } }'],
	["typeof require('util').promisify(setTimeout)", 'function'],
	["(() => { const e = new (require('events'))(); let n = 0; e.on('x', (v) => (n += v)); e.emit('x', 2); return n })()", 2],
	["require('querystring').parse('a=1&a=2&b=%20')", { a: ['1', '2'], b: ' ' }], ["require('url').parse('http://h:1/p?q=1').port", '1'],
	["new (require('url').URL)('http://h/p').pathname", '/p'],
	["require('crypto').createHash('sha256').update('abc').digest('hex')", createHash('sha256').update('abc').digest('hex')],
	["require('crypto').createHash('MD5').update('a').update('bc').digest('base64')", createHash('md5').update('abc').digest('base64')],
	["require('crypto').createHmac('sha1', 'key').update('é').digest('base64')", createHmac('sha1', 'key').update('é').digest('base64')],
	["require('crypto').createHmac('sha512', Buffer.from('key')).update('abc').digest('hex')", createHmac('sha512', 'key').update('abc').digest('hex')],
	["require('crypto').timingSafeEqual(Buffer.from('ab'), Buffer.from('ab'))", true],
	["require('crypto').randomBytes(16).length", 16], ["require('crypto').randomInt(3) < 3", true],
])
	test(expression, async () => assert.deepEqual(await value(expression), wanted));

for (const [source, words] of [
	["require('axios')", /Cannot find module 'axios'\nRoomkey does not load npm packages yet/],
	["require('http')", /Node's module "http"/], ["require('node:stream')", /Node's module "stream"/],
	["require('fs').writeFileSync('/x', '')", /^fs\.writeFileSync\(\) is not available in Roomkey/],
	["require('fs').readFileSync('/etc/passwd')", /^ENOENT: no such file or directory, open '\/etc\/passwd'/],
	["require('crypto').createSign('x')", /^crypto\.createSign is not available/],
	["require('../../etc/passwd')", /Cannot find module/], ["require('./nope')", /Cannot find module '.\/nope'/],
	["fetch('http://x')", /^fetch\(\) is not available/], ["require('crypto').createHash('sha3')", /no digest/],
	['Twilio.jwt.ClientCapability', /^Twilio\.jwt\.ClientCapability/], 
	['Runtime.getSync()', /^Missing Account SID/], ['Twilio.validateRequest()', /^Twilio\.validateRequest/], ['crypto.subtle', /^crypto\.subtle/],
	["new TextDecoder('shift_jis')", /shift_jis/],
])
	test(`absent: ${source}`, async () => {
		const answer = await run(handler(source));
		assert.equal(answer.status, 500);
		assert.match(JSON.parse(answer.body).message, words);
	});

test('relative modules: cached, circular, with index.js', async () => {
	const slot = makeSlot({ files: {
		'functions/a.js': "exports.early = 1; exports.b = require('./b').name; exports.handler = (c, e, cb) => cb(null, [exports.b, require('./lib').l, require('./b') === require('./b.js'), __filename, __dirname, require.resolve('./lib'), require(Runtime.getFunctions()['b'].path).name]);",
		'functions/b.js': "exports.name = 'b' + require('./a').early;",
		'functions/lib/index.js': 'exports.l = module.id;',
	} });
	assert.deepEqual(JSON.parse((await slot.call('functions/a.js')).body), ['b1', '/functions/lib/index.js', true, '/functions/a.js',
		'/functions', '/functions/lib/index.js', 'b1']);
});
