// build.mjs - builds the worker's JavaScript into one script: node src/worker/js/build.mjs OUTPUT
//
// The output is the script, which sets the global rk_boot (worker/native.h), a NUL, and the npm packages (import from
// 'library:NAME'), a NUL after each. The engine reads none of these until a function needs one (native.library): parsing
// them all would cost each process some 10 ms, and even their text as literals of the script would cost each slot 2.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const common = { bundle: true, write: false, platform: 'browser', target: 'es2022', charset: 'ascii', legalComments: 'none',
	logLevel: 'warning' };

async function textOf(name) {
	const [packageName, exported] = name.split('#');
	const what = exported ? `.${exported}` : '';
	const result = await build({ ...common, minify: true, format: 'cjs',
		alias: { 'side-channel': join(here, 'side-channel.cjs') },
		stdin: { contents: `module.exports = require(${JSON.stringify(packageName)})${what}`, resolveDir: here } });
	return result.outputFiles[0].text.trim();
}

// Turns `import number from 'library:NAME'` into the library's number, and notes the name.
const notes = (names) => ({
	name: 'libraries',
	setup(builder) {
		builder.onResolve({ filter: /^library:/ }, ({ path }) => ({ path: path.slice(8), namespace: 'library' }));
		builder.onLoad({ filter: /.*/, namespace: 'library' },
			({ path }) => ({ contents: `export default ${names.push(path) - 1}` }));
	},
});

// Returns { script, libraries }, texts.
export async function buildWorker() {
	const names = [];
	const result = await build({ ...common, entryPoints: [join(here, 'main.js')], format: 'cjs', minifyWhitespace: true,
		minifySyntax: true, plugins: [notes(names)] });
	const libraries = await Promise.all(names.map(textOf));
	const script = `var rk_boot=((module)=>{"use strict";${result.outputFiles[0].text};return module.exports})({exports:{}});\n`;
	if (/[^\x01-\x7f]/.test(script + libraries.join('')))
		throw new Error('the texts must be ASCII: the engine then reads them where they lie');
	return { script, libraries };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { script, libraries } = await buildWorker();
	writeFileSync(process.argv[2], [script, ...libraries, ''].join('\0'));
}
