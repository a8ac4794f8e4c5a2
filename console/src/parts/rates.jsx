// rates.jsx - requests and errors per minute of the last hour, as bars.
export function Rates({ requests, errors }) {
	const most = Math.max(...requests, 1);
	const total = requests.reduce((a, b) => a + b, 0);
	const wrong = errors.reduce((a, b) => a + b, 0);
	const width = 600 / requests.length;
	return (
		<figure class="rates">
			<svg viewBox="0 0 600 96" preserveAspectRatio="none" role="img" aria-label={`${total} requests and ${wrong} errors in the last hour`}>
				{requests.map((n, i) => (
					<g key={i}>
						<rect class="good" x={i * width + 1} width={width - 2} y={96 - (n / most) * 92} height={(n / most) * 92} />
						<rect class="bad" x={i * width + 1} width={width - 2} y={96 - ((errors[i] ?? 0) / most) * 92} height={((errors[i] ?? 0) / most) * 92} />
					</g>
				))}
			</svg>
			<figcaption class="quiet small"><span>an hour ago</span><span>most: {most} a minute</span><span>now</span></figcaption>
		</figure>
	);
}
