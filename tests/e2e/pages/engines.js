/**
 * A client of `?package=` (default hoglet) and `?entry=` (default index), and what the page hears meanwhile: what its policy
 * refuses, and errors that nobody caught.
 */

window.refused = [];
window.uncaught = [];
addEventListener('securitypolicyviolation', ({ violatedDirective }) => refused.push(violatedDirective));
addEventListener('error', ({ message }) => uncaught.push(message));
addEventListener('unhandledrejection', ({ reason }) => uncaught.push(String(reason)));

const query = new URLSearchParams(location.search);
const { default: hoglet } = await import(`/${query.get('package') ?? 'hoglet'}/${query.get('entry') ?? 'index'}.js`);
window.hoglet = hoglet;
