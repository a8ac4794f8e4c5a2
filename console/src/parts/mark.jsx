// mark.jsx - the name of the house.
export function Mark() {
	return <span class="mark"><img src="icon.svg" alt="" width="26" height="26" />Roomkey</span>;
}
