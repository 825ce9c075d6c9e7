import hoglet from 'hoglet';

/** Driven browsers count as bots, and tests do not like to wait. */
const TESTED = { opt_out_useragent_filter: true, batch_interval: 100 };

export function start(token, api_host) {
  hoglet.init(token, {
    api_host,
    load: 'interaction', // fetch the core at the visitor's first touch
    ...TESTED,
  });
  window.started = true;
}

export function addToCart() {
  hoglet.capture('added to cart', { product: 'acorns', price: 3 });
}

/** The other entry, by its own name, in an app that has the first already. */
export async function checkOut(token, api_host) {
  const { default: eager } = await import('hoglet/eager');
  eager.init(token, { api_host, capture_pageview: false, autocapture: false, ...TESTED });
  eager.capture('checked out', { items: 1 });
}
