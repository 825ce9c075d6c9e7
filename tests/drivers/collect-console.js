/**
 * Keeps what a page writes to its console, and the errors that nobody caught, for engines whose
 * driver reports neither (WebKitGTK). The driver adds this script to every page it goes to. A page whose
 * first messages matter includes it as its first script as well; it does nothing the second time.
 */
(() => {
  const kept = Symbol.for('hoglet tests: console');
  if (window[kept]) return;
  const messages = [];
  Object.defineProperty(window, kept, { value: messages });

  const text = (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return `${value}\n${value.stack}`;
    try {
      return String(value);
    } catch {
      return Object.prototype.toString.call(value);
    }
  };
  for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
    const write = console[level];
    console[level] = function (...values) {
      messages.push({ level, text: values.map(text).join(' ') });
      return write.apply(this, values);
    };
  }
  addEventListener('error', (event) => {
    if (event.message) messages.push({ level: 'error', text: event.message });
  });
  addEventListener('unhandledrejection', (event) => {
    messages.push({ level: 'error', text: text(event.reason) });
  });
})();
