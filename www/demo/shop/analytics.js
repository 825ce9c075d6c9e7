// @ts-check
import hoglet from 'hoglet';

/** @typedef {import('./products.js').Product} Product */

const TOKEN = 'phc_underhedge_demo';

/** The flag that has an offer shown on every page. Its payload is what the offer says; see www/demo/flags.json. */
const OFFER = 'moonlight-offer';

/**
 * Starts hoglet. Its core is fetched at the visitor's first click, key or touch; what is captured before that waits for
 * it, in order and with its own time.
 *
 * @param {() => void} whenLoaded called once the core is there
 */
export function startAnalytics(whenLoaded) {
  hoglet.init(TOKEN, {
    api_host: location.origin,
    load: 'interaction',
    capture_pageview: 'history_change',
    person_profiles: 'identified_only',
    // So that a flag switched in the inspector is seen here soon; five minutes are the default.
    remote_config_refresh_interval_ms: 5000,
    // The shop is also visited by driven browsers, which would otherwise be taken for bots.
    opt_out_useragent_filter: true,
    loaded: whenLoaded,
  });
}

/**
 * Watches the flag for the offer: what it says is known at once if an earlier page has asked, and told again when it
 * changes.
 *
 * @param {(offer: Offer | null) => void} show
 */
export function watchOffer(show) {
  hoglet.onFeatureFlags((_flags, _variants, { source }) => {
    const offer = hoglet.isFeatureEnabled(OFFER) ? hoglet.getFeatureFlagPayload(OFFER) : null;
    show(isOffer(offer) ? { ...offer, source } : null);
  });
}

/**
 * @typedef {object} Offer
 * @property {string} text
 * @property {string} link
 * @property {string} source where hoglet has it from: `server`, `cache`, …
 */

/**
 * A payload is whatever somebody has typed in the inspector.
 *
 * @param {any} payload
 * @returns {payload is { text: string, link: string }}
 */
function isOffer(payload) {
  return typeof payload?.text === 'string' && typeof payload.link === 'string';
}

/** @param {{ words: string, category: string, results: number }} search */
export function productsSearched({ words, category, results }) {
  hoglet.capture('products searched', { search_words: words, category: category || 'all', results });
}

/** @param {Product} product */
export function productViewed(product) {
  hoglet.capture('product viewed', described(product));
}

/** @param {Product} product @param {number} cartSize pieces in the cart, this one included */
export function addedToCart(product, cartSize) {
  hoglet.register({ cart_size: cartSize });
  hoglet.capture('added to cart', described(product));
}

/** @param {Product} product @param {number} cartSize pieces left in the cart */
export function removedFromCart(product, cartSize) {
  hoglet.register({ cart_size: cartSize });
  hoglet.capture('removed from cart', described(product));
}

/** @param {{ email: string, name: string }} visitor */
export function loggedIn({ email, name }) {
  hoglet.identify(email, { email, name });
}

export function loggedOut() {
  hoglet.capture('logged out');
  hoglet.reset();
}

/** @param {import('./orders.js').Order} order */
export function orderPlaced(order) {
  hoglet.register({ cart_size: 0 });
  hoglet.capture('order placed', {
    order_id: order.id,
    total: order.total / 100,
    currency: 'EUR',
    pieces: order.lines.reduce((pieces, line) => pieces + line.quantity, 0),
    products: order.lines.map((line) => line.slug),
    delivery: order.delivery,
  });
}

/** @param {Product} product */
function described({ slug, name, category, price }) {
  return { product: slug, product_name: name, category, price: price / 100, currency: 'EUR' };
}
