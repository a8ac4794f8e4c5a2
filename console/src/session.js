// session.js - who is looking at the console.
import { computed, signal } from '@preact/signals';
import { call, get, isExpired, post } from './api.js';

export const status = signal(null); // GET Status, once it came
export const session = signal(undefined); // undefined: not known yet; null: nobody; else { person, account }

const RANK = { reader: 0, developer: 1, admin: 2, owner: 3 };
const rank = computed(() => RANK[session.value?.person?.role] ?? 0);
export const canWrite = computed(() => rank.value >= RANK.developer);
export const canAdminister = computed(() => rank.value >= RANK.admin);
export const isOwner = computed(() => rank.value >= RANK.owner);

export async function start() {
	status.value = await get('Status', { open: true });
	if (status.value.is_set_up) await look();
	else session.value = null;
}

export const takeAuthToken = async () => (await get('Account/AuthToken')).auth_token;

async function look() {
	try {
		session.value = await get('Session', { open: true });
	} catch (e) {
		if (e.status !== 401) throw e;
		session.value = null;
	}
}

export async function logIn(name, password) {
	const before = session.value;
	const now = await post('Session', { name, password }, { open: true });
	// Another account has nothing of what is on the screen.
	if (before && before.account.sid !== now.account.sid) location.reload();
	session.value = now;
	isExpired.value = false;
}

export async function setUp(fields) {
	const made = await post('Setup', fields, { open: true });
	status.value = { ...status.value, is_set_up: true };
	await look();
	return made;
}

export async function logOut() {
	try {
		await call('DELETE', '/roomkey/v1/Session', undefined, { open: true });
	} catch (e) {
		if (e.status !== 401) throw e;
	}
	sessionStorage.clear();
	location.hash = '';
	location.reload();
}
