// table.js - console.table: rows and columns drawn with lines.
import { inspectValue } from './inspect.js';

const ROWS_MAX = 1000;
const VALUES = 'Values', INDEX = '(index)';

function cellsOf(value, columns) {
	const cells = new Map();
	if (typeof value !== 'object' || value === null)
		return cells.set(VALUES, inspectValue(value));
	for (const key of Object.keys(value))
		if (!columns || columns.includes(key))
			cells.set(key, typeof value[key] === 'string' ? `'${value[key]}'` : inspectValue(value[key], { depth: 0 }));
	return cells;
}

function draw(names, rows) {
	const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => (row.get(name) ?? '').length)) + 2);
	const rule = (left, middle, right) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
	const put = (texts) => '│' + texts.map((text, i) => ` ${text}`.padEnd(widths[i])).join('│') + '│';
	return [rule('┌', '┬', '┐'), put(names), rule('├', '┼', '┤'),
		...rows.map((row) => put(names.map((name) => row.get(name) ?? ''))), rule('└', '┴', '┘')].join('\n');
}

// data: what console.table got; columns: the names to show, or undefined. Returns undefined for what is no table.
export function formatTable(data, columns) {
	if (typeof data !== 'object' || data === null)
		return undefined;
	const entries = data instanceof Map || data instanceof Set ? [...data.values()].entries() : Object.entries(data);
	const rows = [], names = new Set([INDEX, ...(columns ?? [])]);
	let hasValues = false;
	for (const [index, value] of [...entries].slice(0, ROWS_MAX)) {
		const cells = cellsOf(value, columns);
		hasValues ||= cells.has(VALUES);
		for (const name of cells.keys())
			if (name !== VALUES)
				names.add(name);
		rows.push(cells.set(INDEX, `${index}`));
	}
	return draw(hasValues ? [...names, VALUES] : [...names], rows);
}
