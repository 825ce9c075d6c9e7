/** What the page's policy has refused. */
window.refused = [];
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  refused.push(`${violatedDirective}: ${blockedURI}`);
});
