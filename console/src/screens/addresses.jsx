// addresses.jsx - a function's address, in the forms in which people paste it.
import { useSignal } from '@preact/signals';
import { Copy } from '../parts/copy.jsx';

const shell = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
const js = (text) => `'${text.replace(/['\\]/g, '\\$&')}'`;

const FORMS = {
	URL: (url) => url,
	curl: (url) => `curl ${shell(url)} --json '{"identity":"alice"}'`,
	fetch: (url) => `const answer = await fetch(${js(url)}, {\n  method: 'POST',\n  headers: { 'Content-Type': 'application/json' },\n  body: JSON.stringify({ identity: 'alice' }),\n});\nconst token = await answer.text();`,
	axios: (url) => `const { data } = await axios.post(${js(url)}, { identity: 'alice' });`,
};

export function Addresses({ url }) {
	const form = useSignal('URL');
	const text = FORMS[form.value](url);
	return (
		<div class="addresses">
			<div class="choices" role="group" aria-label="Address as">
				{Object.keys(FORMS).map((name) => <button type="button" key={name} aria-pressed={form.value === name} onClick={() => (form.value = name)}>{name}</button>)}
			</div>
			<pre tabIndex={0} aria-label={`Address as ${form.value}`}>{text}</pre>
			<Copy text={text} what={form.value === 'URL' ? 'address' : form.value} />
		</div>
	);
}
