window.hoglet = {}; // There is no client in this page.
/** Has the extension's content script call a member of what it has, and resolves to what comes of it. */
window.ask = (path, ...args) =>
  new Promise((resolve) => {
    const id = String(Math.random());
    const hear = ({ detail }) => {
      const answer = JSON.parse(detail);
      if (answer.id !== id) return;
      removeEventListener('hoglet tests: answer', hear);
      resolve(answer.value);
    };
    addEventListener('hoglet tests: answer', hear);
    dispatchEvent(new CustomEvent('hoglet tests: ask', { detail: JSON.stringify({ id, path: path.split('.'), args }) }));
  });
