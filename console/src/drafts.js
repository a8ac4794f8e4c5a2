// drafts.js - what was typed into files and is not deployed yet.
//
// A draft outlives its screen, a lost connection, an ended session, and the reload of the page in this tab; it ends when
// it is saved or thrown away, and at log-out.
import { computed, effect, signal } from '@preact/signals';

const KEPT = 'roomkey-drafts';
const MOST_KEPT = 2_000_000; // characters; session storage has about 5 MB

function restore() {
	try {
		return new Map(JSON.parse(sessionStorage.getItem(KEPT) ?? '[]'));
	} catch {
		return new Map();
	}
}

// key -> { text, visibility, version }: version is the one the draft began from, null for a file that is new.
export const drafts = signal(restore());
export const hasDrafts = computed(() => drafts.value.size > 0);
export const keyOf = (environment, path) => `${environment} ${path}`;

export function putDraft(key, draft) {
	drafts.value = new Map(drafts.peek()).set(key, draft);
}

export function dropDraft(key) {
	const rest = new Map(drafts.peek());
	if (rest.delete(key)) drafts.value = rest;
}

let timer;
effect(() => {
	const all = drafts.value;
	clearTimeout(timer);
	timer = setTimeout(() => {
		const text = JSON.stringify([...all]);
		if (text.length < MOST_KEPT) sessionStorage.setItem(KEPT, text);
	}, 250);
});

addEventListener('beforeunload', (e) => {
	if (hasDrafts.peek()) e.preventDefault();
});
