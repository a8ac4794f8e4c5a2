// function-new.jsx - a new function: its name, its address, what it begins with, and what will call it.
import { useSignal } from '@preact/signals';
import { putDraft, keyOf } from '../drafts.js';
import { go } from '../route.js';
import { Button } from '../parts/button.jsx';
import { Copy } from '../parts/copy.jsx';
import { Dialog } from '../parts/dialog.jsx';
import { Check, Field, options } from '../parts/field.jsx';
import { EVENTS, eventOf } from '../words/events.js';
import { STARTS, startOf } from '../words/starts.js';
import { rememberEvent } from './try.jsx';

const pathOf = (name) => name.trim().toLowerCase().normalize('NFKD').replace(/[^a-z0-9/]+/g, '-').replace(/^[-/]+|[-/]+$/g, '');

function problemOf(path, place) {
	if (!path) return null;
	if (!/^[\w.~-]+(\/[\w.~-]+)*$/.test(path)) return 'Letters, digits, - _ . ~ and / only.';
	if (/(^|\/)\.{1,2}(\/|$)/.test(path)) return 'A part of a path may not be . or ..';
	if (place.content.functions.some((f) => f.path === `/${path}`)) return 'There is a function at this path already.';
	return null;
}

export function NewFunction({ place, onClose }) {
	const name = useSignal(''), typedPath = useSignal(null);
	const start = useSignal('blank'), event = useSignal(''), isSigned = useSignal(false);
	const path = typedPath.value ?? pathOf(name.value);
	const problem = problemOf(path, place);
	const chooseEvent = (id) => {
		event.value = id;
		isSigned.value = eventOf(id).isSigned;
		start.value = eventOf(id).template;
	};
	const send = (e) => {
		e.preventDefault();
		const full = `/${path}`;
		rememberEvent(place.environment.sid, full, event.value);
		putDraft(keyOf(place.environment.sid, full), { text: startOf(start.value).text, visibility: isSigned.value ? 'protected' : 'public', version: null });
		onClose();
		go('services', place.service.sid, place.environment.sid, 'functions', full);
	};
	return (
		<Dialog title="New function" onClose={onClose} wide>
			<form class="form" onSubmit={send}>
				<Field label="Name" value={name.value} onInput={(v) => (name.value = v)} placeholder="Create Room Token" maxLength={80} autofocus />
				<Field label="Path" value={path} onInput={(v) => (typedPath.value = v.replace(/^\/+/, ''))} required class="mono" prefix={`${place.url}/`} error={problem}
					after={<Copy text={`${place.url}/${path}`} what="address" />} />
				<div class="two">
					<Field label="Event" value={event.value} onInput={chooseEvent} select={options(EVENTS.map((e) => [e.id, e.name]))} hint={eventOf(event.value).sends} />
					<Field label="Template" value={start.value} onInput={(v) => (start.value = v)} select={options(STARTS.map((s) => [s.id, s.name]))} hint={startOf(start.value).about} />
				</div>
				{event.value && <p class="hint">Sends <code>{Object.keys(eventOf(event.value).fields).join(', ')}</code> and more.</p>}
				<Check label="Check for valid Twilio signature" checked={isSigned.value} onChange={(v) => (isSigned.value = v)}
					hint={isSigned.value ? 'Protected: only requests that Twilio has signed get through.' : 'Public: your own apps can call it, and so can anyone else.'} />
				<footer><Button onClick={onClose}>Cancel</Button><Button type="submit" kind="primary" disabled={!path || !!problem}>Create the function</Button></footer>
			</form>
		</Dialog>
	);
}
