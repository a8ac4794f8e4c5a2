// dialog.jsx - the browser's own modal dialog: it keeps the focus inside and gives it back.
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button } from './button.jsx';
import { Failure } from './notice.jsx';

// onClose is called for Escape too; without it the dialog can only be left by what is in it.
export function Dialog({ title, onClose, wide, children }) {
	const ref = useRef();
	const opener = useRef(document.activeElement);
	const id = useId();
	useEffect(() => {
		const dialog = ref.current;
		dialog.showModal();
		return () => {
			dialog.close();
			if (opener.current?.isConnected) opener.current.focus();
		};
	}, []);
	const cancel = (e) => {
		e.preventDefault();
		onClose?.();
	};
	return (
		<dialog ref={ref} class={wide ? 'wide' : ''} aria-labelledby={id} onCancel={cancel}>
			<header>
				<h2 id={id}>{title}</h2>
				{onClose && <button type="button" class="button quiet close" aria-label="Close" onClick={onClose}>✕</button>}
			</header>
			{children}
		</dialog>
	);
}

// A form in a dialog. `deed` comes from useDeed; it closes when it went well.
export function FormDialog({ title, submit, deed, onClose, danger, disabled, children, wide }) {
	const send = async (e) => {
		e.preventDefault();
		if (await deed.run()) onClose();
	};
	return (
		<Dialog title={title} onClose={onClose} wide={wide}>
			<form onSubmit={send} class="form">
				{children}
				<Failure error={deed.error.value} />
				<footer>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" kind={danger ? 'danger' : 'primary'} busy={deed.busy.value} disabled={disabled}>{submit}</Button>
				</footer>
			</form>
		</Dialog>
	);
}
