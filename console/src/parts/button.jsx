// button.jsx - what a person presses.
export function Button({ kind = 'plain', busy = false, type = 'button', children, disabled, ...rest }) {
	return (
		<button type={type} class={`button ${kind}`} disabled={disabled || busy} aria-busy={busy} {...rest}>
			{busy && <span class="spinner" aria-hidden="true" />}
			{children}
		</button>
	);
}

export function LinkButton({ kind = 'plain', children, ...rest }) {
	return <a class={`button ${kind}`} {...rest}>{children}</a>;
}
