// The project's own files: Runtime, require() and fs of functions and private assets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handler, makeSlot } from './slot.mjs';

const files = { 'functions/lib/helper.private.js': "exports.greet = (n) => 'hi ' + n; exports.runs = (globalThis.runs = (globalThis.runs ?? 0) + 1);" };
const assets = {
	'assets/data.private.json': '{"é": [1, 2]}',
	'assets/mod.private.js': "const h = require('../functions/lib/helper.private'); exports.say = () => h.greet(__filename + ' ' + __dirname);",
	'assets/opaque.private': "exports.kind = 'javascript';",
	'assets/bad.private.js': 'exports.x = ;',
	'assets/t/page.private.html': '<p>é</p>',
};

async function value(expression) {
	const slot = makeSlot({ files: { ...files, 'functions/f.js': handler(`callback(null, { value: ${expression} });`) }, assets });
	const answer = await slot.call('functions/f.js');
	return answer.status === 200 ? JSON.parse(answer.body).value : JSON.parse(answer.body).message;
}

for (const [expression, wanted] of [
	["Runtime.getFunctions()['lib/helper']", { path: '/functions/lib/helper.private.js' }],
	["Functions['lib/helper'].path", '/functions/lib/helper.private.js'],
	['Object.keys(Runtime.getAssets())', ['/data.json', '/mod.js', '/opaque', '/bad.js', '/t/page.html']],
	["Runtime.getAssets()['/data.json'].path", '/assets/data.private.json'],
	["Runtime.getAssets()['/t/page.html'].open()", '<p>é</p>'],
	["Runtime.getAssets()['/../x'] ?? null", null],
	["require(Runtime.getFunctions()['lib/helper'].path).greet('bob')", 'hi bob'],
	["require(Runtime.getAssets()['/mod.js'].path).say()", 'hi /assets/mod.private.js /assets'],
	["require(Runtime.getAssets()['/data.json'].path)", { é: [1, 2] }],
	["require('../assets/data.private')['é']", [1, 2]],
	["require(Runtime.getAssets()['/opaque'].path).kind", 'javascript'],
	["require('./lib/helper.private') === require('/functions/lib/helper.private.js')", true],
	["require.resolve('../assets/opaque.private')", '/assets/opaque.private'],
	["require('fs').readFileSync(Runtime.getAssets()['/t/page.html'].path, 'utf8')", '<p>é</p>'],
	["require('fs').readFileSync(Runtime.getAssets()['/t/page.html'].path, { encoding: 'utf-8' })", '<p>é</p>'],
	["require('fs').readFileSync(Runtime.getAssets()['/t/page.html'].path).length", 9],
	["require('fs').readFileSync(Runtime.getAssets()['/t/page.html'].path, 'base64')", 'PHA+w6k8L3A+'],
	["require('fs').existsSync('/assets/data.private.json') && !require('fs').existsSync('/assets/data.json')", true],
	["require('fs').existsSync('/assets/../../etc/passwd') || require('fs').existsSync('/proc/self/environ')", false],
	["require('../../etc/passwd')", /^Cannot find module/],
	["require('../assets/bad.private')", /Unexpected token/],
])
	test(expression, async () => {
		const got = await value(expression);
		if (wanted instanceof RegExp)
			assert.match(got, wanted);
		else
			assert.deepEqual(got, wanted);
	});

test('a file runs once a slot, and again after it threw', async () => {
	const slot = makeSlot({ files: { ...files, 'functions/f.js': handler("callback(null, String(require('./lib/helper.private').runs));"),
		'functions/g.js': "globalThis.n = (globalThis.n ?? 0) + 1; if (globalThis.n < 2) throw new Error('first'); " + handler("callback(null, 'ok')") } });
	assert.equal((await slot.call('functions/f.js')).body, '1');
	assert.equal((await slot.call('functions/f.js')).body, '1');
	assert.equal((await slot.call('functions/g.js')).status, 500);
	assert.equal((await slot.call('functions/g.js')).body, 'ok');
});
