// dotenv.js - the text of a .env file, in and out. The reader follows dotenv 6.2.0, as `roomkey dev` does: the last of
// two rows counts, double quotes turn \n into a line break, and a # is part of a value.
export function parse(text) {
	const found = new Map();
	for (const line of text.split(/\r\n|\n|\r/)) {
		const row = /^\s*([\w.-]+)\s*=\s*(.*)?\s*$/.exec(line);
		if (!row) continue;
		let value = (row[2] ?? '').trim();
		const quoted = /^(['"])([^]*)\1$/.exec(value);
		if (quoted) value = quoted[1] === '"' ? quoted[2].replaceAll('\\n', '\n') : quoted[2];
		found.set(row[1], value);
	}
	return found;
}

const plain = /^[\w.:/@+-]*$/;
export const line = (key, value) => `${key}=${plain.test(value) ? value : JSON.stringify(value)}\n`;

export const looksSecret = (key) => /SECRET|TOKEN|PASS|PRIVATE|CREDENTIAL/i.test(key);
