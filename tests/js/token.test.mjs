// Every access token of the recorded vectors, against version 3.84.1 of the vendor's library.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { makeSlot, vectors } from './slot.mjs';

const CODE = `(input) => {
	const { AccessToken } = Twilio.jwt;
	const args = [input.account_sid, input.key_sid, input.secret];
	if (input.options !== null && input.options !== undefined)
		args.push(input.options);
	const token = new AccessToken(...args);
	Object.assign(token, input.set_after);
	for (const { type, options } of input.grants)
		token.addGrant(options === undefined ? new AccessToken[type]() : new AccessToken[type](options));
	return token.toJwt(input.algorithm);
}`;

const cases = vectors('token-vectors.json').access_token;

test('the vectors are there', () => assert.ok(cases.length > 80));

for (const input of cases) {
	const wanted = input.results.find(({ versions }) => versions.includes('3.84.1'));
	test(`${input.id} ${input.name}`, { skip: wanted === undefined }, () => {
		const slot = makeSlot({ now: input.now });
		const mint = vm.runInContext(CODE, slot.context);
		const inside = vm.runInContext(`(${JSON.stringify(input)})`, slot.context);
		if (wanted.error !== undefined)
			assert.throws(() => mint(inside), (error) => error.message === wanted.error && error.name === wanted.error_name);
		else
			assert.equal(mint(inside), wanted.jwt);
	});
}

test('fields are public, addGrant returns nothing, any object with key and toPayload is a grant', () => {
	const slot = makeSlot({ now: 1700000000 });
	const result = vm.runInContext(`(() => {
		const { AccessToken } = Twilio.jwt, token = new AccessToken('a', 'b', 'c');
		const added = token.addGrant({ key: 'own', toPayload: () => ({ x: 1 }) });
		return JSON.stringify([Object.keys(token), added === undefined, token.toJwt(), AccessToken.ALGORITHMS,
			AccessToken.DEFAULT_ALGORITHM]);
	})()`, slot.context);
	const [fields, nothing, jwt, algorithms, standard] = JSON.parse(result);
	assert.deepEqual(fields, ['accountSid', 'keySid', 'secret', 'ttl', 'identity', 'nbf', 'region', 'grants']);
	assert.ok(nothing);
	assert.deepEqual(JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url')).grants, { own: { x: 1 } });
	assert.deepEqual([algorithms, standard], [['HS256', 'HS384', 'HS512'], 'HS256']);
});

test('a grant named identity takes the place of the identity; __proto__ is no grant', () => {
	const slot = makeSlot({ now: 1700000000 });
	const jwt = vm.runInContext(`(() => {
		const token = new Twilio.jwt.AccessToken('a', 'b', 'c', { identity: 'i' });
		token.addGrant(new Twilio.jwt.AccessToken.VideoGrant());
		token.addGrant({ key: 'identity', toPayload: () => 'other' });
		token.addGrant({ key: '__proto__', toPayload: () => ({ polluted: 1 }) });
		return token.toJwt();
	})()`, slot.context);
	assert.equal(JSON.stringify(JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url')).grants), '{"identity":"other","video":{}}');
});

test('a field that mints while it is read mixes no two keys', () => {
	const slot = makeSlot({ files: { 'functions/x.js': '' }, now: 1700000000 });
	const asked = [];
	const { key } = slot.native;
	slot.native.key = (...made) => (asked.push(made[2]), key(...made));
	vm.runInContext(`
		const { AccessToken } = Twilio.jwt;
		const inner = new AccessToken('AC1', 'SK1', 'inner', {});
		const outer = new AccessToken('AC1', 'SK1', 'outer', {});
		Object.defineProperty(outer, 'secret', { get() { inner.toJwt(); return 'outer'; } });
		globalThis.tokens = [outer.toJwt(), new AccessToken('AC1', 'SK1', 'outer', {}).toJwt(), inner.toJwt()];
	`, slot.context);
	const [outer, again, inner] = slot.context.tokens;
	assert.equal(outer, again);
	assert.notEqual(outer, inner);
	assert.deepEqual(asked, ['inner', 'outer', 'inner']);
});
