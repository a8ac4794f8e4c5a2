// app.jsx - the frame around every screen, and which screen is in it.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isExpired, isOnline } from './api.js';
import { href, route } from './route.js';
import { canAdminister, logOut, session, status } from './session.js';
import { theme, turnTheme } from './theme.js';
import { Dialog } from './parts/dialog.jsx';
import { Mark } from './parts/mark.jsx';
import { SignIn, SignInForm } from './screens/signin.jsx';
import { SetUp } from './screens/setup.jsx';

const PLACES = [['', 'Dashboard'], ['services', 'Functions'], ['keys', 'API keys'], ['tokens', 'Tokens'], ['logs', 'Logs'], ['settings', 'Settings']];

// The screens behind the door: loaded while the person logs in.
const rest = signal(null);
const restFailed = signal(false);
function loadRest() {
	restFailed.value = false;
	import('./screens/rest.js').then((all) => (rest.value = all), () => (restFailed.value = true));
}

function Navigation({ at }) {
	return (
		<nav aria-label="Main">
			{PLACES.filter(([place]) => place !== 'keys' || canAdminister.value).map(([place, name]) => (
				<a key={place} href={href(...(place ? [place] : []))} aria-current={at === place ? 'page' : undefined}>{name}</a>
			))}
		</nav>
	);
}

function ThemeButton() {
	const names = { system: 'as the system', light: 'light', dark: 'dark' };
	return <button type="button" class="button quiet small" onClick={turnTheme} aria-label={`Colours: ${names[theme.value]}. Change`}>{{ system: '◐', light: '☀', dark: '☾' }[theme.value]}</button>;
}

function Shell({ children, at, isWide }) {
	const { person, account } = session.value;
	return (
		<div class="shell">
			<a class="skip" href="#main" onClick={(e) => (e.preventDefault(), document.getElementById('main').focus())}>Skip to content</a>
			<header class="side">
				<Mark />
				<Navigation at={at} />
				<div class="who">
					<span class="who-name" title={account.friendly_name}>{person?.name ?? account.friendly_name}</span>
					<span class="quiet small">{person ? person.role : 'auth token'}</span>
					<span class="who-line">
						<ThemeButton />
						<button type="button" class="button quiet small" onClick={logOut}>Log out</button>
					</span>
				</div>
			</header>
			<main id="main" tabIndex={-1} class={isWide ? 'is-wide' : ''}>{children}</main>
		</div>
	);
}

function Missing() {
	return <div class="empty"><h1>Nothing here</h1><p>This address names no screen.</p><a class="button" href="#/">To the dashboard</a></div>;
}

function Screen() {
	const { parts } = route.value;
	if (restFailed.value) return <div class="pending"><p>This screen could not be loaded.</p><button type="button" class="button" onClick={loadRest}>Try again</button></div>;
	if (!rest.value) return <p class="pending late" role="status">Loading…</p>;
	const Found = rest.value.screenOf(parts);
	return Found ? <Found parts={parts} /> : <Missing />;
}

function Banner() {
	if (isOnline.value) return null;
	return <div class="banner" role="alert">Roomkey does not answer. Trying again every second; nothing you typed is lost.</div>;
}

function ExpiredDialog() {
	if (!isExpired.value) return null;
	return (
		<Dialog title="Log in again">
			<p>Your session has ended. Log in to go on where you are; what you typed is still here.</p>
			<SignInForm />
		</Dialog>
	);
}

export function App() {
	useEffect(loadRest, []);
	const { parts } = route.value;
	let inner = <p class="pending late" role="status">Loading…</p>;
	if (status.value && !status.value.is_set_up) inner = <SetUp />;
	else if (session.value === null) inner = <SignIn />;
	else if (session.value) inner = <Shell at={parts[0] ?? ''} isWide={parts[0] === 'services' && parts.length > 2}><Screen /></Shell>;
	return <>{inner}<Banner /><ExpiredDialog /></>;
}
