// code.js - CodeMirror, set up for one function's file; a script of its own, loaded with the first file.
//
// It lives in a shadow root: there CodeMirror styles itself by adopted style sheets, which the Content-Security-Policy
// allows, and not by <style> elements, which it does not.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { linter, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, Transaction } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const CHECK_AFTER_MS = 500;
const PLAIN_FROM = 1_000_000; // characters: beyond, no colours and no checks

const colours = HighlightStyle.define([
	{ tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--code-keyword)' },
	{ tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--code-string)' },
	{ tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
	{ tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
	{ tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--code-function)' },
	{ tag: [tags.className, tags.definition(tags.typeName)], color: 'var(--code-type)' },
	{ tag: tags.invalid, color: 'var(--wrong)' },
]);

const theme = EditorView.theme({
	'&': { height: '100%', fontSize: '13.5px', color: 'var(--text)', backgroundColor: 'var(--code-back)' },
	'&.cm-focused': { outline: 'none' },
	'.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
	'.cm-content': { padding: '10px 0', caretColor: 'var(--text)' },
	'.cm-line': { padding: '0 14px 0 8px' },
	'.cm-cursor': { borderLeftColor: 'var(--text)', borderLeftWidth: '2px' },
	'.cm-gutters': { backgroundColor: 'var(--code-back)', color: 'var(--quiet)', border: 'none' },
	'.cm-lineNumbers .cm-gutterElement': { padding: '0 6px 0 12px', minWidth: '34px' },
	'.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--code-line)' },
	'&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--code-selection) !important' },
	'.cm-matchingBracket': { backgroundColor: 'var(--code-selection) !important', color: 'inherit' },
	'.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)', borderColor: 'var(--line)' },
	'.cm-panel input, .cm-panel button': { font: 'inherit', color: 'inherit', background: 'var(--back)', border: '1px solid var(--line-strong)', borderRadius: '5px' },
	'.cm-button': { backgroundImage: 'none' },
	'.cm-tooltip': { backgroundColor: 'var(--raised)', color: 'var(--text)', border: '1px solid var(--line)', borderRadius: '6px', maxWidth: '46em' },
	'.cm-diagnostic': { padding: '8px 12px', borderLeftWidth: '3px' },
	// The marks of the lint are drawn here: its own are data: images, which the policy forbids.
	'.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--wrong) 1px', textUnderlineOffset: '3px' },
	'.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--warn) 1px', textUnderlineOffset: '3px' },
	'.cm-gutter-lint': { width: '16px' },
	'.cm-lint-marker': { content: 'normal !important', width: '8px', height: '8px', margin: '6px auto 0', borderRadius: '50%', background: 'var(--wrong)' },
	'.cm-lint-marker-warning': { background: 'var(--warn)' },
	'.cm-searchMatch': { backgroundColor: 'var(--code-match)' },
});

function place(doc, { line, column }) {
	const row = doc.line(Math.min(Math.max(line || 1, 1), doc.lines));
	return Math.min(row.from + Math.max((column || 1) - 1, 0), row.to);
}

function toDiagnostic(doc, problem) {
	const from = place(doc, problem);
	const word = /^[\w$]+/.exec(doc.sliceString(from, from + 80));
	return { from, to: Math.min(from + (word ? word[0].length : 1), doc.length), severity: problem.severity === 'warning' ? 'warning' : 'error',
		message: [problem.message, problem.todo].filter(Boolean).join(' '), source: problem.code };
}

const carriesNoEdit = Transaction.remote;

// Typing over a selection is done here: Chromium's own way puts a style attribute on what is left, which the policy
// forbids, and says so.
const typeOver = EditorView.domEventHandlers({
	beforeinput(event, view) {
		if (event.inputType !== 'insertText' || view.composing || view.state.readOnly || view.state.selection.main.empty) return false;
		view.dispatch(view.state.replaceSelection(event.data ?? ''), { userEvent: 'input.type', scrollIntoView: true });
		return true;
	},
});

// The editor in `host`. check(text) gives problems; change(text) and save() tell what the person does.
export function openCode(host, { text, label, isReadOnly, check, change, save }) {
	const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
	const isPlain = text.length > PLAIN_FROM;
	const view = new EditorView({
		root, parent: root,
		state: EditorState.create({ doc: text, extensions: [
			lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), search({ top: true }), highlightSelectionMatches(),
			highlightActiveLine(), highlightActiveLineGutter(), typeOver, indentUnit.of('  '), EditorState.tabSize.of(2),
			EditorState.readOnly.of(!!isReadOnly), theme,
			EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
			keymap.of([{ key: 'Mod-s', preventDefault: true, run: () => (save(), true) }, ...searchKeymap, ...lintKeymap, ...historyKeymap, indentWithTab, ...defaultKeymap]),
			EditorView.updateListener.of((u) => u.docChanged && !u.transactions.some((t) => t.annotation(carriesNoEdit)) && change(u.state.doc.toString())),
			...(isPlain ? [] : [javascript(), syntaxHighlighting(colours), lintGutter(),
				linter(async (v) => (await check(v.state.doc.toString())).map((p) => toDiagnostic(v.state.doc, p)), { delay: CHECK_AFTER_MS })]),
		] }),
	});
	return {
		isPlain,
		put(now) {
			if (now !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: now }, annotations: carriesNoEdit.of(true) });
		},
		show(problems) {
			if (!isPlain) view.dispatch(setDiagnostics(view.state, problems.map((p) => toDiagnostic(view.state.doc, p))));
		},
		jump(problem) {
			const at = place(view.state.doc, problem);
			view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
			view.focus();
		},
		focus: () => view.focus(),
		close: () => view.destroy(),
	};
}
