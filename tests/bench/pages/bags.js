/**
 * What apps pass to `capture()`. Each is made anew for every call, as an app would, and outside of what is timed.
 *
 * @type {Record<string, (index: number) => object>}
 */
export const bags = {
  small: (index) => ({ plan: 'professional', price: 42.5, position: index }),

  wide: (index) => {
    const bag = {};
    for (let i = 0; i < 25; i += 1) {
      bag[`text_${i}`] = `the value of property ${i}`;
      bag[`count_${i}`] = index + i;
      bag[`share_${i}`] = (index + i) / 7;
      bag[`is_${i}`] = i % 2 === 0;
    }
    return bag;
  },

  nested: (index) => ({
    order: {
      id: `order-${index}`,
      currency: 'EUR',
      lines: [1, 2, 3].map((quantity) => ({
        sku: `sku-${quantity}`,
        quantity,
        price: { net: 9.5 * quantity, tax: 1.9 * quantity },
        tags: ['new', 'sale'],
      })),
    },
    coupons: [],
  }),

  awkward: (index) => ({
    plan: 'professional',
    position: index,
    due: new Date(1_700_000_000_000 + index),
    cause: new TypeError(`failure ${index}`),
  }),
};

const kinds = Object.values(bags);
/** One of each in turn. */
bags.mixed = (index) => kinds[index % kinds.length](index);
