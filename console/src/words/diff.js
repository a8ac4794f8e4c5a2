// diff.js - which lines two texts share: the longest common subsequence, after what is equal at both ends is set aside.
const MOST_CELLS = 4_000_000;

function table(a, b) {
	const width = b.length + 1;
	const cells = new Uint32Array((a.length + 1) * width);
	for (let i = a.length - 1; i >= 0; i--)
		for (let j = b.length - 1; j >= 0; j--)
			cells[i * width + j] = a[i] === b[j] ? cells[(i + 1) * width + j + 1] + 1
				: Math.max(cells[(i + 1) * width + j], cells[i * width + j + 1]);
	return (i, j) => cells[i * width + j];
}

function middle(a, b) {
	if (a.length * b.length > MOST_CELLS) return [...a.map((left) => ({ left })), ...b.map((right) => ({ right }))];
	const best = table(a, b);
	const rows = [];
	for (let i = 0, j = 0; i < a.length || j < b.length;) {
		if (i < a.length && j < b.length && a[i] === b[j]) rows.push({ left: a[i++], right: b[j++] });
		else if (j >= b.length || (i < a.length && best(i + 1, j) >= best(i, j + 1))) rows.push({ left: a[i++] });
		else rows.push({ right: b[j++] });
	}
	return rows;
}

// Removed and added lines of one place stand side by side.
function paired(rows) {
	const out = [];
	for (let i = 0; i < rows.length;) {
		let end = i;
		while (end < rows.length && (rows[end].left === undefined || rows[end].right === undefined)) end++;
		const left = rows.slice(i, end).filter((r) => r.left !== undefined);
		const right = rows.slice(i, end).filter((r) => r.right !== undefined);
		for (let k = 0; k < Math.max(left.length, right.length); k++) out.push({ left: left[k]?.left, right: right[k]?.right, isChange: true });
		if (end < rows.length) out.push(rows[end++]);
		i = end;
	}
	return out;
}

// Rows of { left, right, leftLine, rightLine, isChange }.
export function diff(before, after) {
	const a = before.split('\n'), b = after.split('\n');
	let start = 0, end = 0;
	while (start < a.length && start < b.length && a[start] === b[start]) start++;
	while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
	const same = (lines) => lines.map((text) => ({ left: text, right: text }));
	const rows = [...same(a.slice(0, start)), ...paired(middle(a.slice(start, a.length - end), b.slice(start, b.length - end))), ...same(a.slice(a.length - end))];
	let i = 0, j = 0;
	return rows.map((r) => ({ ...r, leftLine: r.left === undefined ? undefined : ++i, rightLine: r.right === undefined ? undefined : ++j }));
}
