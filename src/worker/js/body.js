// body.js - a request's body: undone of its Content-Encoding, decoded, and parsed by its Content-Type.
import { charCodeAt, freeze, indexOf, parse, slice, startsWith, toLowerCase, toUpperCase, trim } from './intrinsics.js';
import { parseForm } from './form.js';
import { inflate } from './inflate.js';
import { contentType as library } from './libraries.js';
import { Refusal } from './refusal.js';
import { decodeUtf16 } from './text.js';

const NONE = freeze({ __proto__: null });
const JSON_ESSENCE = 'application/json';
const FORM_ESSENCE = 'application/x-www-form-urlencoded';

function essenceOf(type) {
	const end = indexOf(type, ';');
	return toLowerCase(trim(end < 0 ? type : slice(type, 0, end)));
}

function charsetOf(type) {
	try {
		return toLowerCase(library().parse(type).parameters.charset || 'utf-8');
	} catch {
		return 'utf-8';
	}
}

function refuseCharset(charset) {
	throw new Refusal(415, `unsupported charset "${toUpperCase(charset)}": send UTF-8.`);
}

function skipSpace(text) {
	let i = 0;
	for (; i < text.length; i++) {
		const c = charCodeAt(text, i);
		if (c !== 32 && c !== 9 && c !== 10 && c !== 13)
			break;
	}
	return i;
}

function parseJson(text) {
	const first = text[skipSpace(text)];
	if (first !== '{' && first !== '[')
		throw new Refusal(400, 'The JSON body must be an object or an array.', 421);
	try {
		return parse(text);
	} catch (error) {
		throw new Refusal(400, `The body is not valid JSON: ${error.message}.`, 421);
	}
}

function textOf(native, charset) {
	const bytes = inflate(native.bodyBytes(), native.headers());
	if (charset === 'utf-16' || charset === 'utf-16le')
		return decodeUtf16(bytes);
	return native.utf8Decode(bytes, false);
}

// type: Content-Type as sent, not ''; body: text, or undefined when native.bodyBytes() must be asked.
// Returns an object whose own members are the fields; throws a Refusal.
export function parseBody(native, type, body) {
	if (type === JSON_ESSENCE && body !== undefined && body[0] === '{')
		return parseJson(body);
	const essence = essenceOf(type);
	if ((essence !== JSON_ESSENCE && essence !== FORM_ESSENCE) || body === '')
		return NONE;
	const charset = charsetOf(type);
	if (essence === FORM_ESSENCE ? charset !== 'utf-8' : !(charset === 'utf-8' || startsWith(charset, 'utf-16')))
		refuseCharset(charset);
	let text = body !== undefined && charset === 'utf-8' ? body : textOf(native, charset);
	if (startsWith(text, '\ufeff'))
		text = slice(text, 1);
	if (essence === FORM_ESSENCE)
		return parseForm(text, native);
	return text === '' ? NONE : parseJson(text);
}
