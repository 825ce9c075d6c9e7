// @ts-check
import { element } from '../dom.js';

/** @param {HTMLElement} footer @param {HTMLElement} arrival the line about hoglet's core */
export function drawFooter(footer, arrival) {
  // In the inspector's own frame a second inspector would only be confusing.
  const framed = window.parent !== window;
  footer.append(
    element(
      'div',
      { class: 'wide' },
      element(
        'p',
        {},
        'Underhedge sells nothing: it is a demonstration of hoglet. Nothing leaves this machine. ',
        !framed && element('a', { href: '/inspector/?split' }, 'Watch the events as they arrive'),
        !framed && ', or see ',
        !framed && element('a', { href: '/bench' }, 'what it costs a page'),
      ),
      arrival,
    ),
  );
}
