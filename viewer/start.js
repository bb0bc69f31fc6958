// Files in, by a choice or a drop; then the pages over what they hold.

import { asRoot, goTo, here } from './address.js';
import init, { openFile, show, theme } from './loopscope-viewer.js';

const root = document.documentElement;
const said = document.getElementById('landing-said');
const note = document.getElementById('viewer-note');
const input = document.getElementById('open-file');

// Browsers ask for it again when the address changes, by the address of then.
const icon = document.querySelector('link[rel="icon"]');
icon.href = icon.href;

const ready = init({ module_or_path: new URL('loopscope-viewer_bg.wasm', import.meta.url) });

/** Says something where it is seen: on the first page, or over the others. */
function say(text) {
  said.textContent = text;
  note.textContent = text;
  note.hidden = text === '' || !root.hasAttribute('data-shown');
}

/** Goes to a page as a press on a link does. */
function go(at) {
  const link = document.createElement('a');
  link.href = at;
  document.body.append(link);
  link.click();
  link.remove();
}

/** Shows the pages; where they are shown already, the one at an address, made anew. */
function showPages(address) {
  if (!root.hasAttribute('data-shown')) {
    root.setAttribute('data-shown', '');
    // A link to a page, opened before its file was there, leads to it now.
    if (here() === '/') goTo(address);
    asRoot(show);
    return;
  }
  // By way of another one: a page that is left and come back to asks for everything again.
  go(address === '/sessions' ? '/' : '/sessions');
  setTimeout(() => go(address), 100);
}

async function take(files) {
  if (files.length === 0) return;
  say('');
  root.setAttribute('data-busy', '');
  try {
    await ready;
    const troubles = [];
    let address = null;
    for (const file of files) {
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const [at, trouble] = openFile(file.name, bytes).split('\n');
        if (trouble) troubles.push(trouble);
        address = address === null ? at : '/sessions';
      } catch (error) {
        troubles.push(typeof error === 'string' ? error : `${file.name} could not be read.`);
      }
    }
    if (address !== null) showPages(address);
    say(troubles.join(' '));
  } finally {
    root.removeAttribute('data-busy');
  }
}

input.addEventListener('change', () => {
  const files = [...input.files];
  // The same file can be chosen again.
  input.value = '';
  take(files);
});

addEventListener('dragover', (event) => {
  event.preventDefault();
  root.setAttribute('data-over', '');
});
addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) root.removeAttribute('data-over');
});
addEventListener('drop', (event) => {
  event.preventDefault();
  root.removeAttribute('data-over');
  take([...event.dataTransfer.files]);
});

await ready.then(
  () => {
    const chosen = theme();
    if (chosen) root.setAttribute('data-theme', chosen);
    root.setAttribute('data-ready', '');
  },
  () => say('This browser cannot run the viewer: it needs WebAssembly, and a page that came over http or https.'),
);
