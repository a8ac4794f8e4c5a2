// Twilio.twiml: the vendor's classes, character by character, and what becomes of them as an answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import twilio from 'twilio';
import vm from 'node:vm';
import { handler, makeSlot, run } from './slot.mjs';

for (const [name, source] of [
	['VoiceResponse', "t.say({ voice: 'alice' }, 'Hello & <bye> é\"'); t.dial('+15551234567').number; t.gather({ input: ['speech', 'dtmf'], numDigits: 3 }).say('x'); t.hangup();"],
	['VoiceResponse', "const d = t.dial({ callerId: '+1' }); d.conference({ startConferenceOnEnter: true }, 'Room 1'); t.say('a').ssmlBreak?.({ time: '1s' }); t.redirect('/x?a=1&b=2'); t.comment?.('c');"],
	['MessagingResponse', "const m = t.message({ to: '+1' }); m.body('hi \\u{1f600}'); m.media('https://h/p.png'); t.redirect({ method: 'POST' }, '/n');"],
	['MessagingResponse', "t.message('plain'); t.addText('text'); t.addChild('Own', { a: 1 }).addText('<');"],
	['FaxResponse', "t.receive({ action: '/f', mediaType: 'application/pdf' });"],
])
	test(`${name} ${source.slice(0, 40)}`, () => {
		const slot = makeSlot({}), code = (owner) => `(() => { const t = new ${owner}.${name}(); ${source} return t.toString(); })()`;
		assert.equal(vm.runInContext(code('Twilio.twiml'), slot.context), new Function('twiml', `return ${code('twiml')}`)(twilio.twiml));
	});

test('an instance is an answer in XML, a look-alike is an object, and the classes are parsed at their first use', async () => {
	const answer = await run(handler("const t = new Twilio.twiml.MessagingResponse(); t.message('ü'); callback(null, t);"));
	assert.deepEqual([answer.status, answer.headers, answer.body], [200, 'Content-Type: text/xml; charset=utf-8\n',
		'<?xml version="1.0" encoding="UTF-8"?><Response><Message>ü</Message></Response>']);
	const fake = await run(handler("new Twilio.twiml.FaxResponse(); callback(null, { response: {}, toString: () => '<Response/>' });"));
	assert.deepEqual([fake.headers, fake.body], ['Content-Type: application/json; charset=utf-8\n', '{"response":{}}']);
	const derived = await run(handler("class Mine extends Twilio.twiml.VoiceResponse {} const t = new Mine(); t.say('x'); callback(null, t);"));
	assert.match(derived.body, /<Say>x<\/Say>/);
});

test('an instance as an error or within a Response is a 500', async () => {
	assert.equal((await run(handler("callback(new Twilio.twiml.VoiceResponse());"))).status, 500);
	assert.equal((await run(handler("const r = new Response(); r.setBody(new Twilio.twiml.VoiceResponse()); callback(null, r);"))).status, 500);
	assert.equal((await run(handler("const t = new Twilio.twiml.VoiceResponse(); t.toString = () => { throw new Error('no'); }; callback(null, t);"))).status, 500);
});
