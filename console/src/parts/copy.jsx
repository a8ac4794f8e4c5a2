// copy.jsx - text that people take with them: copied, revealed, downloaded.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const SAID_MS = 1600;

// Falls back where the clipboard is closed to pages: plain HTTP on another machine than this one.
async function toClipboard(text) {
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		const area = document.createElement('textarea');
		area.value = text;
		area.className = 'offscreen';
		(document.querySelector('dialog[open]') ?? document.body).append(area);
		area.select();
		document.execCommand('copy');
		area.remove();
	}
}

export function Copy({ text, what = 'text', label, kind = 'plain small' }) {
	const done = useSignal(false);
	useEffect(() => {
		const timer = done.value && setTimeout(() => (done.value = false), SAID_MS);
		return () => clearTimeout(timer);
	}, [done.value]);
	const press = async () => {
		await toClipboard(typeof text === 'function' ? await text() : text);
		done.value = true;
	};
	return (
		<button type="button" class={`button ${kind} copy`} onClick={press}>
			<span aria-live="polite">{done.value ? 'Copied' : label ?? 'Copy'}</span>{!label && <span class="offscreen"> {what}</span>}
		</button>
	);
}

export function Sid({ value, what = 'SID' }) {
	return (
		<span class="sid">
			<code>{value}</code>
			<Copy text={value} what={what} kind="quiet small" />
		</span>
	);
}

// A secret is in the page only while it is revealed. `take` gives it, and may ask the server.
export function Secret({ take, what }) {
	const shown = useSignal(null);
	const toggle = async () => (shown.value = shown.value === null ? await take() : null);
	return (
		<span class="sid">
			<code class={shown.value === null ? 'dots' : ''}>{shown.value ?? '••••••••••••••••'}</code>
			<button type="button" class="button quiet small" onClick={toggle} aria-label={`${shown.value === null ? 'Show' : 'Hide'} ${what}`}>
				{shown.value === null ? 'Show' : 'Hide'}
			</button>
			<Copy text={take} what={what} kind="quiet small" />
		</span>
	);
}

export function download(name, text) {
	const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
	const link = Object.assign(document.createElement('a'), { href: url, download: name });
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 0);
}
