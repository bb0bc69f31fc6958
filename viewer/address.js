// Addresses of pages behind the hash, so that the viewer works under any path of any static host.
//
// The pages believe that they stand at the root: `/sessions/a?tab=events`. The address bar says
// `/where/it/is/hosted/#/sessions/a?tab=events`, and a reload or a copied link leads to the same page.

const home = location.pathname;
const push = history.pushState.bind(history);
const replace = history.replaceState.bind(history);

/** The page's address, as the pages know it. */
export function here() {
  const at = location.hash.slice(1);
  return at.startsWith('/') ? at : '/';
}

function shown(url) {
  const { pathname, search, hash } = new URL(url, location.origin + here());
  return `${home}#${pathname}${search}${hash}`;
}

history.pushState = (state, title, url) => push(state, title, url == null ? url : shown(url));
history.replaceState = (state, title, url) => replace(state, title, url == null ? url : shown(url));

/** Runs something that reads the address from the browser. */
export function asRoot(run) {
  const at = here();
  replace(history.state, '', at);
  try {
    run();
  } finally {
    replace(history.state, '', `${home}#${at}`);
  }
}

/** Goes to a page before anything is shown. */
export function goTo(at) {
  replace(history.state, '', `${home}#${at}`);
}

// This listener is the first: the router's, which comes later, finds the page's own address.
addEventListener('popstate', () => {
  const at = here();
  replace(history.state, '', at);
  setTimeout(() => {
    if (location.pathname + location.search + location.hash === at) {
      replace(history.state, '', `${home}#${at}`);
    }
  });
});

// A link within the page leads to its target, and is no page of its own.
addEventListener(
  'click',
  (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    const target = document.getElementById(link.getAttribute('href').slice(1));
    target?.scrollIntoView();
    target?.focus();
  },
  true,
);
