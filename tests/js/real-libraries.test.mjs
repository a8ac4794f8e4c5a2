// Our class beside the vendor's own and the JWT library that verifies it: same clock, same input, same token.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import jsonwebtoken from 'jsonwebtoken';
import twilio from 'twilio';
import { makeSlot } from './slot.mjs';

const NOW = 1700000000;
const ARGS = ['AC00000000000000000000000000000001', 'SK00000000000000000000000000000002', 'abcdefghijklmnopqrstuvwxyz012345'];

function mint(AccessToken, options, grants) {
	const token = new AccessToken(...ARGS, options);
	for (const [name, settings] of grants)
		token.addGrant(new AccessToken[name](settings));
	return token.toJwt();
}

for (const [options, grants] of [
	[{ identity: 'alice' }, [['VideoGrant', { room: 'DailyStandup' }]]],
	[{ identity: 'Ĵosé 🚀', ttl: '2h', nbf: NOW, region: 'ie1' }, [['ChatGrant', { serviceSid: 'IS1' }], ['SyncGrant', { endpointId: 'e' }]]],
	[{ identity: '7' }, [['VoiceGrant', { incomingAllow: true, outgoingApplicationSid: 'AP1', outgoingApplicationParams: {} }],
		['TaskRouterGrant', { role: 'worker' }], ['PlaybackGrant', { grant: { a: 1 } }]]],
])
	test(`the vendor's library mints the same token for ${JSON.stringify(options)}`, (t) => {
		t.mock.method(Date, 'now', () => NOW * 1000);
		const slot = makeSlot({ now: NOW });
		const ours = mint(vm.runInContext('Twilio.jwt.AccessToken', slot.context), options, grants);
		assert.equal(ours, mint(twilio.jwt.AccessToken, options, grants));
		const claims = jsonwebtoken.verify(ours, ARGS[2], { algorithms: ['HS256'], clockTimestamp: NOW, issuer: ARGS[1], subject: ARGS[0] });
		assert.equal(claims.grants.identity, options.identity);
		assert.throws(() => jsonwebtoken.verify(ours, 'another secret', { clockTimestamp: NOW }), /invalid signature/);
	});
