// field.jsx - labels and what they label.
import { useId } from 'preact/hooks';

export function Field({ label, hint, error, wide, value, onInput, select, area, prefix, after, ...rest }) {
	const id = useId();
	const Tag = select ? 'select' : area ? 'textarea' : 'input';
	const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
	return (
		<div class={`field ${wide ? 'wide' : ''}`}>
			<label for={id}>{label}</label>
			<div class="field-line">
				{prefix && <span class="prefix" id={`${id}-prefix`}>{prefix}</span>}
				<Tag id={id} value={value} aria-describedby={described} aria-invalid={error ? 'true' : undefined}
					spellcheck={false} autocomplete="off" onInput={(e) => onInput?.(e.currentTarget.value)} {...rest}>
					{select}
				</Tag>
				{after}
			</div>
			{error && <p class="field-error" id={`${id}-error`}>{error}</p>}
			{hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
		</div>
	);
}

export function Check({ label, hint, checked, onChange, ...rest }) {
	const id = useId();
	return (
		<div class="check">
			<input type="checkbox" id={id} checked={checked} aria-describedby={hint ? `${id}-hint` : undefined}
				onChange={(e) => onChange(e.currentTarget.checked)} {...rest} />
			<label for={id}>{label}</label>
			{hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
		</div>
	);
}

export const options = (pairs) => pairs.map(([value, text]) => <option value={value} key={value}>{text}</option>);
