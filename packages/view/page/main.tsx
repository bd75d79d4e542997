import { render } from 'preact';

const root = document.getElementById('page');
if (root) render(<h1>facepipe</h1>, root);
