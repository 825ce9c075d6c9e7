/** A page of the extension, which has the package's files beside it. */

window.refused = [];
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  refused.push(`${violatedDirective}: ${blockedURI}`);
});
const { default: hoglet } = await import(`./hoglet/${new URLSearchParams(location.search).get('entry')}.js`);
window.hoglet = hoglet;
