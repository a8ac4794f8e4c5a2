// build.mjs - builds the worker's JavaScript into one script: node src/worker/js/build.mjs OUTPUT
//
// The script sets the global rk_boot (worker/native.h). The npm packages go in as text (import from 'library:NAME'),
// which the engine does not parse until a function needs one: parsing them all would cost each process some 10 ms.
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

// Turns `import text from 'library:NAME'` into a member of LIBRARIES, and notes the name.
const notes = (names) => ({
	name: 'libraries',
	setup(builder) {
		builder.onResolve({ filter: /^library:/ }, ({ path }) => ({ path: path.slice(8), namespace: 'library' }));
		builder.onLoad({ filter: /.*/, namespace: 'library' },
			({ path }) => ({ contents: `export default LIBRARIES[${names.push(path) - 1}]` }));
	},
});

// Single quotes: the text holds mostly double ones.
function quoted(text) {
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

// The texts are arguments, outside of the function: the engine reads a function twice, to check it and to run it.
export async function buildWorker() {
	const names = [];
	const result = await build({ ...common, entryPoints: [join(here, 'main.js')], format: 'cjs', minifyWhitespace: true,
		minifySyntax: true, plugins: [notes(names)] });
	const texts = await Promise.all(names.map(async (name) => quoted(await textOf(name))));
	const script = `var rk_boot=((module,LIBRARIES)=>{"use strict";${result.outputFiles[0].text};return module.exports})` +
		`({exports:{}},[${texts.join(',')}]);\n`;
	if (/[^\0-\x7f]/.test(script))
		throw new Error('the script must be ASCII: the engine then reads it where it lies');
	return script;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
	writeFileSync(process.argv[2], await buildWorker());
