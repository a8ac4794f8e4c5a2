// diff.jsx - two texts side by side. Long stretches that are equal are folded.
import { diff } from '../words/diff.js';

const AROUND = 3;

function fold(rows) {
	const near = rows.map((_, i) => rows.slice(Math.max(0, i - AROUND), i + AROUND + 1).some((r) => r.isChange));
	const out = [];
	rows.forEach((row, i) => {
		if (near[i]) out.push(row);
		else if (out.at(-1)?.folded) out.at(-1).folded++;
		else out.push({ folded: 1 });
	});
	return out;
}

function Row({ row }) {
	if (row.folded) return <tr class="folded"><td colSpan={4}>{row.folded} equal {row.folded === 1 ? 'line' : 'lines'}</td></tr>;
	return (
		<tr>
			<td class="line">{row.leftLine}</td>
			<td class={row.isChange && row.left !== undefined ? 'out' : ''}><code>{row.left}</code></td>
			<td class="line">{row.rightLine}</td>
			<td class={row.isChange && row.right !== undefined ? 'in' : ''}><code>{row.right}</code></td>
		</tr>
	);
}

export function Diff({ before, after, beforeName, afterName }) {
	const rows = diff(before, after);
	if (!rows.some((r) => r.isChange)) return <p class="quiet">The two are equal.</p>;
	return (
		<div class="diff" tabIndex={0} role="region" aria-label={`${beforeName} and ${afterName} side by side`}>
			<table>
				<colgroup><col class="line" /><col /><col class="line" /><col /></colgroup>
				<thead><tr><th colSpan={2}>{beforeName}</th><th colSpan={2}>{afterName}</th></tr></thead>
				<tbody>{fold(rows).map((row, i) => <Row key={i} row={row} />)}</tbody>
			</table>
		</div>
	);
}
