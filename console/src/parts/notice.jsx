// notice.jsx - words that stand out, and how a failure is told.
export function Notice({ kind = 'info', title, children }) {
	return (
		<div class={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
			{title && <strong>{title}</strong>}
			{children && <div>{children}</div>}
		</div>
	);
}

// An error as people read it: what happened, what to do, and the code to look up.
export function Failure({ error }) {
	if (!error) return null;
	const { code, todo, body } = error;
	return (
		<Notice kind="error" title={error.message}>
			{todo && <p>{todo}</p>}
			{code && <p class="quiet small">Code {code}{body?.request_id ? `, request ${body.request_id}` : ''}</p>}
		</Notice>
	);
}

// What a loading screen shows until it has data: nothing for a moment, a failure with a way to try again.
export function Pending({ of }) {
	if (of.error.value)
		return (
			<div class="pending">
				<Failure error={of.error.value} />
				<button type="button" class="button" onClick={of.reload}>Try again</button>
			</div>
		);
	return <p class="pending late" role="status">Loading…</p>;
}

export function Empty({ title, children, action }) {
	return (
		<div class="empty">
			<h2>{title}</h2>
			<p>{children}</p>
			{action}
		</div>
	);
}
