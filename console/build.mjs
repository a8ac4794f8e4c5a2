// build.mjs - builds the console: node console/build.mjs FOLDER
//
// One script and one style sheet for the first screen, the rest of the screens and the editor as scripts that are loaded
// when they are needed. Names hold a hash of the content, so that they may be kept for ever; index.html may not. Beside
// each file lies a .gz for the gateway to send. What the house promises of their sizes is checked here.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const LIMIT_FIRST = 20_000; // bytes of gzip: index.html, the first script with what it imports at once, the style sheet
const LIMIT_ALL = 260_000;

// import text from 'template:blank': templates/blank.js of the tree, which `roomkey new` uses too.
const templates = {
	name: 'templates',
	setup(builder) {
		builder.onResolve({ filter: /^template:/ }, ({ path }) => ({ path: path.slice(9), namespace: 'template' }));
		builder.onLoad({ filter: /.*/, namespace: 'template' }, ({ path }) => ({
			contents: readFileSync(join(here, '../templates', `${path}.js`), 'utf8'), loader: 'text' }));
	},
};

// The names of the outputs that the browser loads together with `name`.
function together(outputs, name) {
	const found = new Set([name]);
	for (const each of found)
		for (const { path, kind } of outputs[each].imports)
			if (kind === 'import-statement') found.add(path);
	return [...found];
}

export async function buildConsole(folder) {
	const { outputFiles, metafile } = await build({
		entryPoints: { console: join(here, 'src/main.jsx') }, bundle: true, splitting: true, format: 'esm', minify: true,
		write: false, metafile: true, outdir: folder, entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]',
		target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'], jsx: 'automatic', jsxImportSource: 'preact',
		legalComments: 'none', logLevel: 'warning', plugins: [templates] });
	const outputs = Object.fromEntries(Object.entries(metafile.outputs).map(([path, o]) => [basename(path),
		{ ...o, imports: o.imports.map((i) => ({ ...i, path: basename(i.path) })) }]));
	const files = new Map(outputFiles.map((f) => [basename(f.path), Buffer.from(f.contents)]));
	const main = Object.keys(outputs).find((n) => outputs[n].entryPoint?.endsWith('main.jsx') && n.endsWith('.js'));
	const first = together(outputs, main);
	const style = [...files.keys()].find((n) => n.endsWith('.css'));
	const page = readFileSync(join(here, 'index.html'), 'utf8')
		.replace('STYLE', style).replace('SCRIPT', main)
		.replace('<!-- PRELOAD -->', first.slice(1).map((n) => `<link rel="modulepreload" href="${n}">`).join('\n'));
	files.set('index.html', Buffer.from(page));
	files.set('icon.svg', readFileSync(join(here, 'icon.svg')));

	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const packed = {};
	for (const [name, bytes] of files) {
		const gz = gzipSync(bytes, { level: 9 });
		packed[name] = gz.length;
		writeFileSync(join(folder, name), bytes);
		writeFileSync(join(folder, `${name}.gz`), gz);
	}
	const sum = (names) => names.reduce((n, name) => n + packed[name], 0);
	return { packed, first: sum(['index.html', style, ...first]), all: sum([...files.keys()]) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { first, all } = await buildConsole(process.argv[2]);
	if (first > LIMIT_FIRST || all > LIMIT_ALL) {
		console.error(`console: too large: first screen ${first} of ${LIMIT_FIRST} bytes, all ${all} of ${LIMIT_ALL}`);
		process.exit(1);
	}
}
