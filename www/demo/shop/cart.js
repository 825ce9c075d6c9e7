// @ts-check
import { productAt } from './products.js';
import { Stored } from './stored.js';

/** @typedef {{ slug: string, quantity: number }} Line */

const stored = new Stored('cart', /** @type {Line[]} */ ([]));

/** Says `change` whenever its content has changed. */
export const cart = new (class Cart extends EventTarget {
  /** Lines in the order in which they were added, with their products. */
  get lines() {
    return stored.value.flatMap(({ slug, quantity }) => {
      const product = productAt(slug);
      return product ? [{ product, quantity }] : [];
    });
  }

  /** How many pieces there are. */
  get size() {
    return this.lines.reduce((pieces, line) => pieces + line.quantity, 0);
  }

  /** In euro cents. */
  get total() {
    return this.lines.reduce((total, line) => total + line.quantity * line.product.price, 0);
  }

  /** @param {string} slug */
  add(slug) {
    const lines = stored.value;
    const known = lines.some((line) => line.slug === slug);
    this.#keep(
      known
        ? lines.map((line) => (line.slug === slug ? { slug, quantity: line.quantity + 1 } : line))
        : [...lines, { slug, quantity: 1 }],
    );
  }

  /** Takes one piece out. @param {string} slug */
  remove(slug) {
    this.#keep(
      stored.value
        .map((line) => (line.slug === slug ? { slug, quantity: line.quantity - 1 } : line))
        .filter((line) => line.quantity > 0),
    );
  }

  empty() {
    this.#keep([]);
  }

  /** @param {Line[]} lines */
  #keep(lines) {
    stored.value = lines;
    this.dispatchEvent(new Event('change'));
  }
})();
