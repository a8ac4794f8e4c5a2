// events.js - what calls a function, and what it sends. The fields are those that a handler mostly reads, with values to try.
const AC = `AC${'0'.repeat(31)}1`;
const caller = { From: '+15005550006', To: '+15005550001' };

export const EVENTS = [
	{ id: '', name: 'Your own app', sends: 'Whatever your app sends: query, form or JSON fields.', isSigned: false, template: 'blank', fields: { identity: 'alice' } },
	{ id: 'voice', name: 'Incoming voice calls', sends: 'A form for each call to your number. Answer with a VoiceResponse.', isSigned: true, template: 'blank',
		fields: { CallSid: `CA${'1'.repeat(32)}`, AccountSid: AC, ...caller, CallStatus: 'ringing', Direction: 'inbound', ApiVersion: '2010-04-01' } },
	{ id: 'message', name: 'Incoming messages', sends: 'A form for each message to your number. Answer with a MessagingResponse.', isSigned: true, template: 'sms-reply',
		fields: { MessageSid: `SM${'1'.repeat(32)}`, AccountSid: AC, ...caller, Body: 'Hello', NumMedia: '0' } },
	{ id: 'call-status', name: 'Call status changes', sends: 'A form at each change of a call. The answer is not read.', isSigned: true, template: 'blank',
		fields: { CallSid: `CA${'1'.repeat(32)}`, AccountSid: AC, ...caller, CallStatus: 'completed', CallDuration: '42' } },
	{ id: 'message-status', name: 'Message status changes', sends: 'A form at each change of an outgoing message. The answer is not read.', isSigned: true, template: 'blank',
		fields: { MessageSid: `SM${'1'.repeat(32)}`, AccountSid: AC, ...caller, MessageStatus: 'delivered' } },
	{ id: 'room-status', name: 'Video room changes', sends: 'A form when a room begins, ends, or a participant comes and goes.', isSigned: true, template: 'blank',
		fields: { RoomSid: `RM${'1'.repeat(32)}`, RoomName: 'daily', AccountSid: AC, StatusCallbackEvent: 'participant-connected', ParticipantIdentity: 'alice' } },
	{ id: 'conversation', name: 'Conversation events', sends: 'A form for each thing that happens in a conversation.', isSigned: true, template: 'blank',
		fields: { EventType: 'onMessageAdded', ConversationSid: `CH${'1'.repeat(32)}`, AccountSid: AC, Author: 'alice', Body: 'Hello' } },
	{ id: 'sync', name: 'Sync changes', sends: 'A form when a document, list or map changes.', isSigned: true, template: 'blank',
		fields: { EventType: 'document_updated', ServiceSid: `IS${'1'.repeat(32)}`, DocumentUniqueName: 'score', DocumentData: '{"points":3}' } },
];
export const eventOf = (id) => EVENTS.find((e) => e.id === id) ?? EVENTS[0];
