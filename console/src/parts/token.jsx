// token.jsx - a token, explained.
import { Notice } from './notice.jsx';
import { ago } from './when.jsx';

const SIGNATURE = {
	valid: ['good', 'The signature is valid', 'It was signed with this key of yours.'],
	invalid: ['error', 'The signature is not valid', 'It was signed with another secret than this key has.'],
	'unknown key': ['warn', 'The key is not known here', 'Import the key to check the signature.'],
};

export function TokenWords({ seen, children }) {
	const [kind, title, words] = SIGNATURE[seen.signature] ?? ['warn', `Signature: ${seen.signature}`, ''];
	const { exp } = seen.payload ?? {};
	return (
		<>
			<p class="sentence">{seen.sentence}</p>
			<Notice kind={kind} title={title}>{words} {seen.key_sid && <code>{seen.key_sid}</code>}</Notice>
			{seen.vendor_error && <Notice kind="error" title={`Twilio would answer ${typeof seen.vendor_error === 'object' ? seen.vendor_error.code : seen.vendor_error}`}>{seen.vendor_error.message}</Notice>}
			{(seen.findings ?? []).map((f) => <Notice key={f.code} kind="warn" title={f.message}>{f.todo} <span class="quiet small">{f.code}</span></Notice>)}
			{exp && <p class="hint">{exp * 1000 < Date.now() ? 'Ended' : 'Ends'} {ago(exp * 1000)}, {new Date(exp * 1000).toLocaleString()}.</p>}
			{children}
			<details><summary>Header and payload</summary>
				<pre tabIndex={0} class="body">{JSON.stringify(seen.header, null, 2)}</pre>
				<pre tabIndex={0} class="body">{JSON.stringify(seen.payload, null, 2)}</pre>
			</details>
		</>
	);
}
