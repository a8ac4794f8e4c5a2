// route.js - the screen that the address names: #/services/ZS.../ZE.../functions/...
import { signal } from '@preact/signals';

function parse() {
	const [path, search] = location.hash.replace(/^#\/?/, '').split('?');
	const parts = path.split('/').filter(Boolean).map((part) => {
		try {
			return decodeURIComponent(part);
		} catch {
			return part;
		}
	});
	return { parts, fields: new URLSearchParams(search) };
}

export const route = signal(parse());
addEventListener('hashchange', () => {
	route.value = parse();
	scrollTo(0, 0);
});

export const href = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;
export const go = (...parts) => (location.hash = href(...parts));

// Forgets what only the address knew (a one-time code).
export const forgetFields = () => history.replaceState(null, '', location.hash.split('?')[0]);
