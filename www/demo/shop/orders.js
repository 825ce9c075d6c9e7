// @ts-check
import { Stored } from './stored.js';

/**
 * @typedef {object} Order
 * @property {string} id
 * @property {string} placed ISO 8601
 * @property {string} email whose it is
 * @property {string} delivery
 * @property {number} total in euro cents, delivery included
 * @property {{ slug: string, quantity: number }[]} lines
 */

/** The ways of delivery; prices in euro cents. */
export const deliveries = /** @type {const} */ ({
  'on foot': { price: 0, promise: 'On foot, two to nine nights' },
  owl: { price: 450, promise: 'By owl, tonight' },
});

const stored = new Stored('orders', /** @type {Order[]} */ ([]));

/** Newest first. @param {string} email */
export function ordersOf(email) {
  return stored.value.filter((order) => order.email === email);
}

/** @param {Omit<Order, 'id' | 'placed'>} order @returns {Order} */
export function placeOrder(order) {
  const placed = { ...order, id: orderNumber(), placed: new Date().toISOString() };
  stored.value = [placed, ...stored.value];
  return placed;
}

function orderNumber() {
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  return `U-${number.toString(36).toUpperCase().padStart(7, '0')}`;
}
