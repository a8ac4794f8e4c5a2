// signin.jsx - log in.
import { useSignal } from '@preact/signals';
import { useDeed } from '../load.js';
import { logIn } from '../session.js';
import { Button } from '../parts/button.jsx';
import { Field } from '../parts/field.jsx';
import { Failure } from '../parts/notice.jsx';
import { Mark } from '../parts/mark.jsx';

export function SignInForm() {
	const name = useSignal(''), password = useSignal('');
	const deed = useDeed(() => logIn(name.value, password.value));
	const send = async (e) => {
		e.preventDefault();
		if (!(await deed.run())) password.value = '';
	};
	return (
		<form class="form" onSubmit={send}>
			<Field label="Name" value={name.value} onInput={(v) => (name.value = v)} autocomplete="username" required autofocus />
			<Field label="Password" type="password" value={password.value} onInput={(v) => (password.value = v)} autocomplete="current-password" required />
			<Failure error={deed.error.value} />
			<Button type="submit" kind="primary large" busy={deed.busy.value}>Log in</Button>
		</form>
	);
}

export function SignIn() {
	return (
		<main class="door">
			<Mark />
			<section class="card">
				<h1>Log in</h1>
				<SignInForm />
			</section>
			<p class="quiet small">Forgotten? Whoever runs this server can set a new password with <code>roomkey people</code>.</p>
		</main>
	);
}
