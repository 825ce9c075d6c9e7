/**
 * What a visitor does in each of the apps.
 *
 * @typedef {object} Step The address is where the step ends; without `click` and `back` it is where the visit begins.
 * @property {string} [click] the element that is clicked
 * @property {boolean} [back] the browser's button
 * @property {string} address without the slash that some routers end a path with
 * @property {string} title
 * @property {string} [heading] where it is not the title
 * @property {string} [counts] the `navigation_type` of the pageview, if there is one
 */

/** Whether a redirect is a push, a replacement or both is the router's business. */
const EITHER = 'pushState or replaceState';

/** @type {Step[]} */
export const SCRIPT = [
  { address: '/', title: 'Home', counts: 'initial' },
  // The page that one is on.
  { click: '#home', address: '/', title: 'Home' },
  { click: '#products', address: '/products', title: 'Products', heading: 'Products by name', counts: 'pushState' },
  { click: '#products', address: '/products', title: 'Products', heading: 'Products by name' },
  { click: '#trailing', address: '/products', title: 'Products', heading: 'Products by name' },
  { click: '#products', address: '/products', title: 'Products', heading: 'Products by name' },
  // The same page, differently.
  { click: '#to-reviews', address: '/products#reviews', title: 'Products', heading: 'Products by name' },
  { click: '#sort', address: '/products?sort=price', title: 'Products', heading: 'Products by price' },
  { click: '#product-1', address: '/products/1', title: 'Product 1', counts: 'pushState' },
  { back: true, address: '/products?sort=price', title: 'Products', heading: 'Products by price', counts: 'popstate' },
  { click: '#home', address: '/', title: 'Home', counts: 'pushState' },
  // Redirects: by the address, and by who one is.
  { click: '#old', address: '/products', title: 'Products', heading: 'Products by name', counts: EITHER },
  { click: '#account', address: '/login', title: 'Login', counts: EITHER },
  // A page that takes its time, there and back.
  { click: '#slow', address: '/slow', title: 'Slow', counts: 'pushState' },
  { click: '#home', address: '/', title: 'Home', counts: 'pushState' },
  { back: true, address: '/slow', title: 'Slow', counts: 'popstate' },
  // A push, and at once a replacement.
  { click: '#detour', address: '/products/1', title: 'Product 1', counts: EITHER },
  { click: '#home', address: '/', title: 'Home', counts: 'pushState' },
  { back: true, address: '/products/1', title: 'Product 1', counts: 'popstate' },
];
