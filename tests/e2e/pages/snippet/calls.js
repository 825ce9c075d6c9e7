/** What a page asks of its snippet before the SDK is there. The address has the token; with `&late` there is no `init` yet. */
{
  const query = new URLSearchParams(location.search);
  const token = query.get('token');
  const config = {
    api_host: location.origin,
    load: 'eager',
    opt_out_useragent_filter: true,
    autocapture: false,
    capture_pageview: false,
    capture_pageleave: false,
  };
  window.start = () => {
    posthog.init(token, { ...config, loaded: (client) => client.register({ by_loaded: true }) });
    // One that older snippets keep as a call.
    posthog.init(`${token}_shop`, config, 'shop');
  };
  window.kept = posthog;
  if (!query.has('late')) start();
  posthog.capture?.('before', { a: 1 });
  posthog.push(['capture', 'by an array'], [['capture', 'by a chain']]);
  posthog.push(function () {
    this.register({ by_function: this === window.posthog });
  });
  posthog.people?.set({ plan: 'pro' });
  posthog.identify?.('ada');
  posthog.shop?.capture('sold');
  // A stub cannot load anything.
  Object.defineProperty(window, 'hoglet', { get: () => (window.posthog.load ? window.posthog : undefined) });
}
