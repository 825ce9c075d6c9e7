/**
 * What a visitor sees: `shown` has the text of the app's element whenever it is another one in a frame, as the frame is about to
 * be painted.
 */

window.shown = [];

requestAnimationFrame(function look(at) {
  const text = document.querySelector('#app')?.textContent;
  if (text && text !== shown.at(-1)?.text) shown.push({ text, at });
  requestAnimationFrame(look);
});

/** Waits until what is there now has been painted. */
window.painted = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

/**
 * When the browser painted something first, in milliseconds since the navigation: as it says so itself, or where it says nothing,
 * the first frame's time.
 */
window.firstPaint = async () => {
  if (!PerformanceObserver.supportedEntryTypes.includes('paint')) return shown[0].at;
  return new Promise((resolve) => {
    new PerformanceObserver((entries) => {
      const [paint] = entries.getEntriesByName('first-contentful-paint');
      if (paint) resolve(paint.startTime);
    }).observe({ type: 'paint', buffered: true });
  });
};
