// The recorded answers of the original runtime, as far as they are decided in JavaScript.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSlot, vectors } from './slot.mjs';

const { cases } = vectors('runtime-conformance.json');

// What is decided elsewhere: preflights, routing, visibility, assets and the size limit are the gateway's.
const ELSEWHERE = /^R(005|176|20[4-9]|2\d\d)$/;
// What is not there yet, and must say so: the REST client, Sync.
const LATER = { R196: /getTwilioClient/, R203: /Runtime\.getSync/ };
// Recorded A answers that exist only because of the emulator's second process: there B is the truth.
const B = new Set(['R027', 'R028', 'R029', 'R032', 'R033', 'R047', 'R058', 'R059', 'R001', 'R002', 'R003', 'R004', 'R049']);
// Where Roomkey differs on purpose (BEHAVIOUR section 9): a number is JSON, and a hanging throw is an error.
const NUMBERS = { R018: '200', R019: '404', R020: '42', R021: '0', R023: 'null' };
const ENGINE = new Set(['R093', 'R103', 'R135', 'R161', 'R163', 'R167', 'R137', 'R193', 'R192']);
const HANGS = new Set(['R106', 'R121', 'R123', 'R129']);

const env = { ACCOUNT_SID: 'AC00000000000000000000000000000001', AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
	API_KEY: 'SK00000000000000000000000000000002', API_SECRET: 'abcdefghijklmnopqrstuvwxyz012345', PLAIN: 'plain value' };

const OURS = /^(X-Powered-By|Surrogate-Control|Cache-Control|Pragma|Expires|ETag|Content-Length|Date|Connection|X-Content-Type-Options|Content-Security-Policy)$/i;
const JWT = /[\w-]+\.[\w-]+\.[\w-]{43}/g;

function requestOf({ method = 'GET', path, headers = {}, body = '', bodyBase64 }) {
	const list = [['Host', 'localhost:<PORT>']];
	for (const [name, value] of Object.entries(headers))
		if (!/^(transfer-encoding|content-length|host)$/i.test(name))
			for (const each of [value].flat())
				list.push([name, each]);
	const at = path.indexOf('?');
	const raw = bodyBase64 ? Buffer.from(bodyBase64, 'base64') : headers['Transfer-Encoding'] ? '{"a":1}' : body;
	if (raw.length && !headers['Transfer-Encoding'] && headers.Expect)
		list.push(['Content-Length', `${raw.length}`]);
	return { method, path: at < 0 ? path : path.slice(0, at), query: at < 0 ? '' : path.slice(at + 1), headers: list,
		body: raw, host: 'localhost:<PORT>' };
}

function stripped(text) {
	return text.replace(JWT, '<JWT>').replaceAll('"<PROJECT>/', '"/').replaceAll('<PROJECT>/', '').replace(/\\n {4}at .*?(?="})/g, '').replace(/\\n\\n?    at <STACK>/g, '');
}

for (const each of cases) {
	const { id, name, files, request, observed, differs } = each;
	if (ELSEWHERE.test(id) && !/^R20[023]$/.test(id))
		continue;
	const path = request.path.split('?')[0];
	test(`${id} ${name}`, async () => {
		const slot = makeSlot({ files, variables: env });
		const index = [...slot.native.functions].findIndex((f) => f.path === path);
		assert.notEqual(index, -1, `no function for ${path}`);
		const answer = await slot.call(slot.native.functions[index].file, requestOf(request));
		if (LATER[id]) {
			assert.equal(answer.status, 500);
			return assert.match(answer.body, LATER[id]);
		}
		if (NUMBERS[id])
			return assert.deepEqual([answer.status, answer.body], [200, NUMBERS[id]]);
		if (HANGS.has(id))
			return assert.ok(answer === undefined || answer.status === 500);
		let wanted = (B.has(id) || (observed.server_died && differs?.B?.status) ? differs?.B : undefined) ?? observed;
		if (ENGINE.has(id) && id !== 'R193')
			return assert.equal(answer.status, id === 'R137' ? 500 : wanted.status);
		assert.equal(answer.status, wanted.status);
		if (answer.outcome === 'INVALID')
			return assert.equal(JSON.parse(answer.body).message, JSON.parse(wanted.body).message);
		const lines = answer.headers.split('\n').slice(0, -1);
		const expected = wanted.headers.filter(([header]) => !OURS.test(header)).map((pair) => pair.join(': '));
		assert.deepEqual(lines, expected);
		if (request.method === 'HEAD' || id === 'R193')
			return;
		if (/^<html>/.test(wanted.body ?? ''))
			return assert.match(answer.body, /<strong>NonError:<\/strong> "text error"/);
		if (wanted.body !== undefined)
			assert.equal(stripped(answer.body), stripped(wanted.body));
	});
}
