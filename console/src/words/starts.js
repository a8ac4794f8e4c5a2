// starts.js - what a new function begins with.
import blank from 'template:blank';
import chat from 'template:chat-token';
import sms from 'template:sms-reply';
import sync from 'template:sync-token';
import video from 'template:video-token';
import voice from 'template:voice-token';

export const STARTS = [
	{ id: 'blank', name: 'Blank', about: 'A handler that answers JSON.', text: blank },
	{ id: 'video-token', name: 'Access token: video', about: 'Lets a user into one video room.', text: video },
	{ id: 'voice-token', name: 'Access token: voice', about: 'Lets a user make and take calls.', text: voice },
	{ id: 'chat-token', name: 'Access token: conversations', about: 'Lets a user read and write conversations.', text: chat },
	{ id: 'sync-token', name: 'Access token: sync', about: 'Lets a user share state.', text: sync },
	{ id: 'sms-reply', name: 'Answer a message', about: 'Replies to an incoming text message.', text: sms },
];
export const startOf = (id) => STARTS.find((s) => s.id === id) ?? STARTS[0];
