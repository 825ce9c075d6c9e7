// @ts-check

/**
 * @typedef {object} Person
 * @property {string} name
 * @property {boolean} known whether anything but an anonymous id is known
 * @property {string[]} distinctIds
 * @property {number} hue 0 to 359
 */

/** Who is behind a distinct id, as far as the collector has joined them. */
export class People {
  /** @type {Map<string, Person>} */
  #byDistinctId = new Map();

  /** @param {import('./collector.js').StoredPerson[]} stored */
  replace(stored) {
    this.#byDistinctId.clear();
    for (const { distinct_ids: distinctIds, properties } of stored) {
      const person = describe(distinctIds, properties);
      for (const id of distinctIds) this.#byDistinctId.set(id, person);
    }
  }

  /** @param {string} distinctId */
  behind(distinctId) {
    let person = this.#byDistinctId.get(distinctId);
    if (!person) {
      // An event can be here before the list of persons that has it.
      person = describe([distinctId], {});
      this.#byDistinctId.set(distinctId, person);
    }
    return person;
  }
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** A v7 uuid begins with the time and tells two visitors apart only at its end. @param {string} id */
export function shortId(id) {
  return UUID.test(id) ? `…${id.slice(-8)}` : id;
}

/** @param {string[]} distinctIds @param {Record<string, unknown>} properties @returns {Person} */
function describe(distinctIds, properties) {
  const given = [properties?.name, properties?.email].find((value) => typeof value === 'string' && value);
  const chosen = distinctIds.find((id) => id.includes('@'));
  const name = /** @type {string | undefined} */ (given) ?? chosen;
  return {
    name: name ?? `Visitor ${shortId(distinctIds[0])}`,
    known: name !== undefined,
    distinctIds,
    hue: hueOf(distinctIds.find((id) => id !== chosen) ?? distinctIds[0]),
  };
}

/** @param {string} text */
export function hueOf(text) {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + character.charCodeAt(0)) % 36_000;
  // Steps of the golden angle keep neighbours apart.
  return Math.round((hash * 137.508) % 360);
}
