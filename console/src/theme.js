// theme.js - light, dark, or as the system has it.
import { effect, signal } from '@preact/signals';

const KEPT = 'roomkey-theme';
const NEXT = { system: 'light', light: 'dark', dark: 'system' };

export const theme = signal(NEXT[localStorage.getItem(KEPT)] ? localStorage.getItem(KEPT) : 'system');
export const turnTheme = () => (theme.value = NEXT[theme.value]);

effect(() => {
	document.documentElement.dataset.theme = theme.value;
	localStorage.setItem(KEPT, theme.value);
});
