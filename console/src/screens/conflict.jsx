// conflict.jsx - two people changed one function: what differs, and which shall be.
import { Button } from '../parts/button.jsx';
import { Dialog } from '../parts/dialog.jsx';
import { Diff } from '../parts/diff.jsx';
import { Failure } from '../parts/notice.jsx';

export function Conflict({ path, mine, theirs, save, onMine, onTheirs, onClose }) {
	return (
		<Dialog title="Someone else changed this function" onClose={onClose} wide>
			<p><code>{path}</code> {theirs === null ? 'was removed' : 'was deployed'} by someone else while you were editing it. Nothing of yours was saved yet.</p>
			{theirs !== null && <Diff before={theirs} after={mine} beforeName="Live now" afterName="Yours" />}
			<Failure error={save.error.value} />
			<footer>
				<Button onClick={onClose}>Go on editing</Button>
				<Button onClick={onTheirs}>{theirs === null ? 'Drop mine' : 'Take theirs, drop mine'}</Button>
				<Button kind="primary" busy={save.busy.value} onClick={onMine}>Deploy mine instead</Button>
			</footer>
		</Dialog>
	);
}
