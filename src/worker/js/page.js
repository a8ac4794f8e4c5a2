// page.js - a function's error as a page, for a person who opened its URL in a browser during development.
import { regExpExec, split } from './intrinsics.js';

const BROWSER = /^Mozilla\/5\.0 \(.*(?:Gecko\/|AppleWebKit\/|Trident\/)/;

export function isBrowser(userAgent) {
	return regExpExec(BROWSER, userAgent) !== null;
}

function replaced(text, separator, substitute) {
	const pieces = split(text, separator);
	let result = pieces[0];
	for (let i = 1; i < pieces.length; i++)
		result += substitute + pieces[i];
	return result;
}

function escaped(text) {
	return replaced(replaced(replaced(text, '&', '&amp;'), '<', '&lt;'), '>', '&gt;');
}

export function formatPage(file, error) {
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Runtime Error</title>
<style>
body { font-family: sans-serif; margin: 2em }
.stack-trace { background: #f4f4f6; padding: 1em; overflow: auto }
</style>
</head>
<body>
  <h1>Runtime Error</h1>
  <p>Error thrown in <code>${escaped(file)}</code></p>
  <hr />
  <p>
    <strong>${escaped(error.name)}:</strong> ${replaced(escaped(error.message), '\n', '<br/>')}
  </p>
  <h2>Stack Trace</h2>
  <pre class="stack-trace">${escaped(error.stack)}</pre>
</body>
</html>
`;
}
