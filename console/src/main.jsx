// main.jsx - where the console begins.
import { render } from 'preact';
import { App } from './app.jsx';
import { start } from './session.js';
import './theme.js';
import './style/base.css';
import './style/parts.css';
import './style/shell.css';
import './style/work.css';

render(<App />, document.getElementById('console'));
start();
