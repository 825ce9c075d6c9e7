// @ts-check
import { Stored } from './stored.js';

/** @typedef {{ email: string, name: string }} Visitor */

const stored = new Stored('visitor', /** @type {Visitor | null} */ (null));

/** Who is logged in, if anyone. Says `change` on login and logout. */
export const session = new (class Session extends EventTarget {
  get visitor() {
    return stored.value;
  }

  /** @param {Visitor | null} visitor */
  set visitor(visitor) {
    stored.value = visitor;
    this.dispatchEvent(new Event('change'));
  }
})();

/** The name that an e-mail address suggests: `ada.lovelace+shop@…` is Ada Lovelace. @param {string} email */
export function nameFrom(email) {
  return email
    .split(/[@+]/)[0]
    .split(/[._-]+/)
    .filter(Boolean)
    .map((part) => part[0].toUpperCase() + part.slice(1))
    .join(' ');
}
