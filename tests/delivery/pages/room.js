/** How much an app can store in localStorage. */

const SIZES = [100_000, 1_000, 10];

/** Stores texts of the app's own until no more is taken, and gives how many characters were. */
window.fillLocalStorage = () => {
  let characters = 0;
  let number = 0;
  for (const size of SIZES) {
    try {
      for (;;) {
        localStorage.setItem(`app ${number}`, 'x'.repeat(size));
        number += 1;
        characters += size;
      }
    } catch {
      // Perhaps there is room for a smaller one.
    }
  }
  return characters;
};

/** Removes what the app has stored. */
window.emptyLocalStorage = () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith('app ')) localStorage.removeItem(key);
};
