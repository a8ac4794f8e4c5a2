// stream.js - log lines as they happen, by server-sent events.
import { get, lostConnection, query } from './api.js';

const AGAIN_MS = 1000;

// Calls each(log) for every line, and again() when the stream stands: what happened before it did has to be read. Returns what ends it.
export function follow(filters, each, again) {
	let source, timer, isClosed = false;
	function open() {
		source = new EventSource(`/roomkey/v1/Logs${query(filters)}`);
		source.addEventListener('log', (e) => each(JSON.parse(e.data)));
		source.addEventListener('open', () => {
			again();
		});
		source.addEventListener('error', onError);
	}
	async function onError() {
		source.close();
		if (isClosed) return;
		fetch('/roomkey/v1/Status').catch(lostConnection);
		await get('Session'); // waits for the connection, and for a log-in when the session has ended
		if (!isClosed) timer = setTimeout(open, AGAIN_MS);
	}
	open();
	return () => {
		isClosed = true;
		clearTimeout(timer);
		source.close();
	};
}
