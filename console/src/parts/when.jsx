// when.jsx - times as people say them.
import { signal } from '@preact/signals';

const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 20_000);

const STEPS = [[60, 'second'], [60, 'minute'], [24, 'hour'], [30, 'day'], [12, 'month'], [Infinity, 'year']];
const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

export function ago(date, at = now.value) {
	let n = (new Date(date) - at) / 1000;
	if (Math.abs(n) < 10) return 'just now';
	for (const [size, unit] of STEPS) {
		if (Math.abs(n) < size) return words.format(Math.round(n), unit);
		n /= size;
	}
}

export function When({ date, never = 'never' }) {
	if (!date) return <span class="quiet">{never}</span>;
	return <time dateTime={date} title={new Date(date).toLocaleString()}>{ago(date)}</time>;
}

export const clock = (date) => new Date(date).toLocaleTimeString([], { hour12: false }) + `.${String(new Date(date).getMilliseconds()).padStart(3, '0')}`;

// A number of microseconds or milliseconds, with two figures that matter.
export const took = (ms) => (ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

export const bytes = (n) => (n < 1024 ? `${n} B` : n < 1048576 ? `${(n / 1024).toFixed(1)} kB` : `${(n / 1048576).toFixed(1)} MB`);

export const plural = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;
