import { fileURLToPath } from 'node:url';

import { endTree, start } from '../drivers/processes.js';
import { required } from './environment.js';
import { eventually } from './eventually.js';
import { packageFolder } from './modes.js';

/**
 * Starts a collector on a free port, with an empty database in memory. It serves the package at `/hoglet`, posthog-js at
 * `/static`, and folders at the addresses that `mounts` names: `{ '/': 'pages' }`. Below the addresses that `fallbacks`
 * names, a file answers wherever there is none: `{ '/': 'pages/index.html' }`.
 */
export async function startCollector(mounts, fallbacks = {}) {
  const served = {
    '/hoglet': packageFolder(),
    '/static': fileURLToPath(new URL('../node_modules/posthog-js/dist', import.meta.url)),
    ...mounts,
  };
  const child = start(required('HOGLET_COLLECTOR'), [
    '--port=0',
    '--database=:memory:',
    ...Object.entries(served).flatMap(([prefix, folder]) => ['--mount', `${prefix}=${folder}`]),
    ...Object.entries(fallbacks).flatMap(([prefix, file]) => ['--spa', `${prefix}=${file}`]),
  ]);
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', () => {
      const [, url] = /^listening on (\S+)$/m.exec(child.output()) ?? [];
      if (url) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the collector ended at once:\n${child.output()}`)));
  });
  return new Collector(url, child);
}

function flagAddress(token, key) {
  return `flags/${encodeURIComponent(key)}?${new URLSearchParams({ token })}`;
}

/** How many events are asked for at a time. */
const PAGE = 1000;

/** What the collector has got, and what it is to do wrong. Rows are described in www/collector/src/schema.sql. */
export class Collector {
  #child;

  /**
   * @param {string} url
   * @param {object} [child] its process, if it is ours to stop
   */
  constructor(url, child) {
    this.url = url;
    this.#child = child;
  }

  /** Each event once, oldest first: of a project, of a visitor, or stored after the one with a given id. */
  async events(filter = {}) {
    const all = [];
    for (let after = filter.after ?? 0; ; after = all.at(-1).id) {
      const page = await this.#get('events', { ...filter, after, limit: PAGE });
      all.push(...page);
      if (page.length < PAGE) return all;
    }
  }

  /** Every arrival of every event. */
  async receipts(filter) {
    return this.#get('receipts', filter);
  }

  /** Every request to a PostHog route. */
  async requests(filter) {
    return this.#get('requests', filter);
  }

  /** Those of a project that asked for flags. */
  async flagRequests(token) {
    return (await this.requests({ token })).filter(({ path }) => path === '/flags/');
  }

  /** The distinct ids of a project, joined into persons. */
  async persons(filter) {
    return this.#get('persons', filter);
  }

  /**
   * Waits until a project has exactly so many events, with one accepted arrival each, and returns them. More
   * than that, or an event twice, fails.
   */
  async delivered(token, count) {
    const events = await eventually(
      () => this.events({ token }),
      (events) => events.length >= count,
      `${count} events of ${token}`,
    );
    const accepted = (await this.receipts({ token })).filter(({ status }) => status === 200);
    const names = (rows) => rows.map(({ event }) => event).join(', ');
    if (events.length !== count || accepted.length !== count) {
      throw new Error(
        `expected ${count} events, each once; stored are ${events.length} (${names(events)}), ` +
          `and ${accepted.length} arrivals were accepted (${names(accepted)})`,
      );
    }
    return events;
  }

  /** The flags of a project, each with its definition, `id` and `version`. */
  async flags(token) {
    return (await this.#get('flags', { token })).flags;
  }

  /** Makes a flag from a definition as PostHog writes it, or replaces its definition; `{}` is on for everybody. */
  async defineFlag(token, key, definition = {}) {
    return this.#ask('PUT', flagAddress(token, key), definition);
  }

  async deleteFlag(token, key) {
    await this.#ask('DELETE', flagAddress(token, key));
  }

  /**
   * Has requests fail by rules until `clearFaults`: with a status, late, cut off, or with any `body` and `content_type`
   * in place of the real ones. Rules are described in www/collector/src/faults.rs.
   */
  async faults(rules) {
    await this.#ask('PUT', 'faults', rules);
  }

  async clearFaults() {
    await this.#ask('DELETE', 'faults');
  }

  /** Forgets all that was sent; flags stay. */
  async clear() {
    await this.#ask('DELETE', 'events');
  }

  async stop() {
    await endTree(this.#child);
  }

  #get(table, filter = {}) {
    return this.#ask('GET', `${table}?${new URLSearchParams(filter)}`);
  }

  async #ask(method, address, body) {
    const response = await fetch(`${this.url}/_collector/${address}`, {
      method,
      headers: body && { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}
