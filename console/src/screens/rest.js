// rest.js - every screen behind the door; a script of its own.
import { Dashboard } from './dashboard.jsx';
import { Keys } from './keys.jsx';
import { Logs } from './logs.jsx';
import { Place } from './place.jsx';
import { Services } from './services.jsx';
import { Settings } from './settings.jsx';
import { Tokens } from './tokens.jsx';

const SCREENS = { keys: Keys, logs: Logs, settings: Settings, tokens: Tokens };

export function screenOf(parts) {
	if (!parts.length) return Dashboard;
	if (parts[0] === 'services') return parts.length > 2 ? Place : Services;
	return SCREENS[parts[0]];
}
