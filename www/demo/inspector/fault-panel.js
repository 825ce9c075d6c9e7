// @ts-check
import { element } from '../dom.js';
import { clearFaults, setFaults } from './collector.js';

/** @type {{ name: string, says: string, rules: import('./collector.js').Fault[] }[]} */
const TROUBLES = [
  { name: 'Server down', says: 'Every connection is cut, until cleared.', rules: [{ down: true }] },
  { name: '503, three times', says: 'Then it is well again.', rules: [{ path: '/e/', status: 503, times: 3 }] },
  { name: 'Two seconds late', says: 'Every answer takes its time.', rules: [{ delay_ms: 2000 }] },
  {
    name: 'Lose one answer',
    says: 'Stored, but hoglet is not told: it must send again, and nothing may count twice.',
    rules: [{ path: '/e/', after_commit: true, reset: 'before', times: 1 }],
  },
  {
    name: 'Nonsense for flags',
    says: 'Asked for flags, it answers a web page: what the shop knows already stays.',
    rules: [{ path: '/flags', body: '<!doctype html><title>Log in</title>', content_type: 'text/html' }],
  },
];

/** The buttons that break the collector on purpose, and what is broken now. */
export class FaultPanel {
  #state = element('p', { class: 'fault-state', role: 'status' });

  /** @param {HTMLElement} panel @param {() => void} changed */
  constructor(panel, changed) {
    /** @type {(name: string, says: string, act: () => Promise<unknown>) => HTMLElement} */
    const button = (name, says, act) =>
      element(
        'button',
        { type: 'button', class: 'fault', onclick: () => act().then(changed, (error) => this.#say(String(error))) },
        element('strong', {}, name),
        element('span', {}, says),
      );
    panel.append(
      this.#state,
      ...TROUBLES.map(({ name, says, rules }) => button(name, says, () => setFaults(rules))),
      button('Make it well', 'Takes every fault away.', clearFaults),
    );
    this.update([]);
  }

  /** @param {import('./collector.js').Fault[]} rules in force */
  update(rules) {
    const active = rules.filter(({ applied = 0, times }) => times === undefined || times === null || applied < times);
    this.#state.dataset.state = active.length > 0 ? 'broken' : 'well';
    this.#say(active.length > 0 ? active.map(told).join('; ') : 'The collector is well.');
  }

  /** @param {string} text */
  #say(text) {
    // Set only if it differs: a status region would be read aloud again.
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }
}

/** @param {import('./collector.js').Fault} rule */
function told(rule) {
  const applied = rule.applied ?? 0;
  const of = rule.times ? ` of ${rule.times}` : '';
  return `${effect(rule)}: ${applied}${of} ${applied === 1 ? 'request' : 'requests'} hit so far`;
}

/** @param {import('./collector.js').Fault} rule */
function effect(rule) {
  if (rule.down) return 'Down';
  if (rule.status) return `Answering ${rule.status}`;
  if (typeof rule.body === 'string') return 'Answering something else';
  if (rule.delay_ms) return `Answering ${Number(rule.delay_ms) / 1000} s late`;
  return rule.after_commit ? 'Losing the next answer' : 'Cutting connections';
}
