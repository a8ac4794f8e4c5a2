// setup.jsx - the first person, with the code from the terminal.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useDeed } from '../load.js';
import { forgetFields, route } from '../route.js';
import { setUp } from '../session.js';
import { Button } from '../parts/button.jsx';
import { Field } from '../parts/field.jsx';
import { Failure } from '../parts/notice.jsx';
import { Mark } from '../parts/mark.jsx';

const SHORTEST = 10; // characters of a password

export function SetUp() {
	const code = useSignal(route.value.fields.get('code') ?? '');
	const account = useSignal(''), name = useSignal(''), password = useSignal('');
	useEffect(forgetFields, []);
	const deed = useDeed(() => setUp({ code: code.value.trim(), account_name: account.value.trim() || 'My account', name: name.value.trim(), password: password.value }));
	const send = (e) => {
		e.preventDefault();
		deed.run();
	};
	const isShort = password.value !== '' && password.value.length < SHORTEST;
	return (
		<main class="door">
			<Mark />
			<section class="card">
				<h1>Set up Roomkey</h1>
				<p class="quiet">This server is new. The person who does this becomes its owner.</p>
				<form class="form" onSubmit={send}>
					<Field label="Set-up code" value={code.value} onInput={(v) => (code.value = v)} required class="mono" autofocus={!code.value}
						hint="It was printed in the terminal in which Roomkey started." />
					<Field label="Account name" value={account.value} onInput={(v) => (account.value = v)} placeholder="My account" maxLength={64} hint="Your team or product. You can change it later." />
					<Field label="Your name" value={name.value} onInput={(v) => (name.value = v)} autocomplete="username" required maxLength={64} autofocus={!!code.value} hint="You log in with it." />
					<Field label="Password" type="password" value={password.value} onInput={(v) => (password.value = v)} autocomplete="new-password" required minLength={SHORTEST}
						error={isShort && `${SHORTEST - password.value.length} more`} hint={`At least ${SHORTEST} characters.`} />
					<Failure error={deed.error.value} />
					<Button type="submit" kind="primary large" busy={deed.busy.value}>Create the account</Button>
				</form>
			</section>
		</main>
	);
}
