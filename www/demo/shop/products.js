// @ts-check

/**
 * @typedef {object} Product
 * @property {string} slug its address, and its drawing in /art/products.svg
 * @property {string} name
 * @property {'homes' | 'pantry' | 'comfort' | 'garden'} category
 * @property {number} price in euro cents
 * @property {string} summary
 * @property {string} description
 * @property {string[]} details
 */

/** The categories, and what they are called in the shop. */
export const categories = /** @type {const} */ ({
  homes: 'Homes',
  pantry: 'Pantry',
  comfort: 'Comfort',
  garden: 'Garden',
});

/** @type {Product[]} */
export const products = [
  {
    slug: 'hollow-log-house',
    name: 'Hollow log house',
    category: 'homes',
    price: 6400,
    summary: 'One room, southern exposure, moss on the roof.',
    description:
      'A fallen alder, hollowed by weather and finished by hand. The door is just wide enough for its owner and too narrow for the cat.',
    details: ['Alder, untreated', 'Sleeps one, or one and four hoglets', 'Entrance 13 cm'],
  },
  {
    slug: 'leaf-pile',
    name: 'Leaf pile, fully raked',
    category: 'homes',
    price: 1450,
    summary: 'Beech, maple and oak, delivered as a heap.',
    description:
      'Everybody else takes the leaves away. We bring them: dry, crisp and of mixed colour, heaped in a quiet corner and never touched again.',
    details: ['About 300 litres', 'Three kinds of leaf', 'Please do not rake'],
  },
  {
    slug: 'fence-gate',
    name: 'Fence gate no. 1',
    category: 'garden',
    price: 2300,
    summary: 'A small arch between your garden and the next.',
    description:
      'A hedgehog walks two kilometres in a night, and a fence ends the walk. One of these on each side of the garden, and the street is a park.',
    details: ['13 by 13 cm, the proper size', 'With enamel sign', 'Ask the neighbours first'],
  },
  {
    slug: 'water-dish',
    name: 'Stone water dish',
    category: 'pantry',
    price: 1800,
    summary: 'Shallow, heavy, and never milk.',
    description:
      'Turned from one piece of greywacke, low enough to drink from and too heavy to tip over. Water only: milk is a misunderstanding.',
    details: ['26 cm across, 4 cm deep', 'Frost-proof', 'Refill in the evening'],
  },
  {
    slug: 'beetle-biscuits',
    name: 'Beetle biscuits',
    category: 'pantry',
    price: 690,
    summary: 'Crunchy, nourishing, mostly beetle.',
    description:
      'Baked slowly from mealworm flour and oats, in the shape of what they are made of. A handful before a long walk is plenty.',
    details: ['400 g in a paper bag', '38 % protein', 'May contain traces of more beetle'],
  },
  {
    slug: 'moss-pillow',
    name: 'Moss pillow',
    category: 'comfort',
    price: 2100,
    summary: 'Soft on the nose, indifferent to spikes.',
    description:
      'Feather moss in a loosely knotted cover. It takes the shape of a rolled-up hedgehog within a week and keeps it for years.',
    details: ['30 by 24 cm', 'Feather moss', 'Air it; do not wash it'],
  },
  {
    slug: 'firefly-lantern',
    name: 'Firefly lantern',
    category: 'comfort',
    price: 3900,
    summary: 'Warm light for those who get up at dusk.',
    description:
      'A storm lantern with a dim amber glow, bright enough to find the slippers and dark enough for moths to fly on. No fireflies are kept in it.',
    details: ['Recharged by daylight', '9 lumens', 'Switches off by itself at dawn'],
  },
  {
    slug: 'acorn-flask',
    name: 'Acorn flask',
    category: 'pantry',
    price: 2750,
    summary: 'Keeps tea warm until four in the morning.',
    description:
      'Two walls of steel in the shape of something one might have found under an oak. The cap is a cup, and the cup has a handle that fits a paw.',
    details: ['0.2 litres', 'Eight hours warm', 'Cap in three sizes'],
  },
  {
    slug: 'winter-quilt',
    name: 'Winter quilt',
    category: 'comfort',
    price: 8900,
    summary: 'For one hundred and twenty days without getting up.',
    description:
      'Patchwork in brushed cotton, filled with thistledown and quilted in squares. Put it on in November and take it off when the crocuses are out.',
    details: ['60 by 60 cm', 'Thistledown, 400 g', 'Spike-proof seams'],
  },
  {
    slug: 'mushroom-stool',
    name: 'Mushroom stool',
    category: 'garden',
    price: 4200,
    summary: 'A seat, a table, a roof in the rain.',
    description:
      'Carved from one piece of lime wood, lacquered red, with dots in relief. Useful from above and from below.',
    details: ['Lime wood, 28 cm high', 'Carries 20 hedgehogs', 'Not edible'],
  },
  {
    slug: 'wildflower-seeds',
    name: 'Wildflower seeds',
    category: 'garden',
    price: 520,
    summary: 'Forty kinds of flower, four hundred kinds of beetle.',
    description:
      'Cornflower, mallow, field poppy and thirty-seven others. Sow it thinly, wait for two summers, and supper arrives on its own legs.',
    details: ['Enough for 10 m²', 'Native species only', 'Sow from March to May'],
  },
  {
    slug: 'four-rain-boots',
    name: 'Rain boots, set of four',
    category: 'comfort',
    price: 5600,
    summary: 'Because two would be silly.',
    description:
      'Natural rubber in a yellow that can be seen from a bicycle. Front and hind sizes differ, and the set remembers which is which.',
    details: ['Natural rubber', 'Sizes 1 to 4 cm', 'Left and right, front and hind'],
  },
];

/** @param {string} slug */
export function productAt(slug) {
  return products.find((product) => product.slug === slug);
}

/**
 * The products whose text has every one of the words.
 *
 * @param {string} words
 * @param {string} category empty for all
 */
export function findProducts(words, category) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return products.filter((product) => {
    const text = `${product.name} ${product.summary} ${product.description}`.toLowerCase();
    return (!category || product.category === category) && wanted.every((word) => text.includes(word));
  });
}
